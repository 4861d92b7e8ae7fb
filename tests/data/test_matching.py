"""New files that are written otherwise than the training file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.data import encoderjson, load
from hpsearch.data.encoder import Encoder
from hpsearch.data.matching import encode, read_like
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions

HEADER = "Größe;Preis;Rabatt;kauft"


def _row(at: int) -> str:
    whole, share = f"{1 + at % 7}.{100 + at}", f"{at % 20},5"
    return f"{'SML'[at % 3]};{whole},{10 + at % 90} EUR;{share} %;{('ja', 'nein')[at % 2]}"


def _encoder(folder: Path, encoding: str | None = None) -> Encoder:
    path = folder / "kunden.csv"
    path.write_bytes("\n".join([HEADER, *map(_row, range(80))]).encode("cp1252"))
    data = load(DataOptions(path=path, target=("kauft",), encoding=encoding))
    return encoderjson.from_json(encoderjson.to_json(data.final("standard").encoder))


def _asked(
    encoder: Encoder, path: Path, lines: list[str], encoding: str = "utf-8"
) -> tuple[np.ndarray, list[str]]:
    path.write_bytes("\n".join(lines).encode(encoding))
    said: list[str] = []
    x, notes = encode(encoder, read_like(encoder, path, said.append), path.name)
    return x, [*said, *notes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_new_file_may_be_encoded_otherwise_than_the_training_file(
    tmp_path: Path, encoding: str
) -> None:
    encoder = _encoder(tmp_path, encoding="cp1252")
    lines = [HEADER, *map(_row, range(5))]
    x, said = _asked(encoder, tmp_path / "new.csv", lines, encoding)
    same, _ = _asked(encoder, tmp_path / "same.csv", lines, "cp1252")
    np.testing.assert_array_equal(x, same)
    wanted = f"new.csv is {encoding} text, unlike the training file (cp1252)."
    assert said == ([] if encoding == "cp1252" else [wanted])


def test_only_the_cell_that_is_bad_is_blamed(tmp_path: Path) -> None:
    encoder = _encoder(tmp_path)
    lines = [HEADER, _row(0), _row(1), "S;12 Dollar;5 %;ja"]
    with pytest.raises(DataError, match=r"row 4, column 'Preis': '12 Dollar' is not a number"):
        _asked(encoder, tmp_path / "new.csv", lines)


def test_a_percent_sign_that_is_gone_is_said(tmp_path: Path) -> None:
    encoder = _encoder(tmp_path)
    _, said = _asked(encoder, tmp_path / "new.csv", [HEADER, "S;1.000,00 EUR;12,5;ja"])
    assert "column 'Rabatt' is written with no sign here, and in training with '%'" in said[0]
    assert "'Rabatt': 1 of 1 number, such as 12.5, far outside of 0.005 to 0.195" in said[1]
    assert len(said) == 2


def test_another_currency_is_said(tmp_path: Path) -> None:
    encoder = _encoder(tmp_path)
    _, said = _asked(encoder, tmp_path / "new.csv", [HEADER, "S;$1.200,00;5 %;ja"])
    assert said == [
        "WARNING: column 'Preis' is written with '$' here, and in training with 'EUR'; read as it"
        " is."
    ]


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_typed_files_are_read_whatever_the_training_file_s_decimal_mark(
    tmp_path: Path, kind: str
) -> None:
    encoder = _encoder(tmp_path, encoding="cp1252")
    x, _ = _asked(encoder, tmp_path / "same.csv", [HEADER, *map(_row, range(5))], "cp1252")
    whole = read_like(encoder, tmp_path / "same.csv")
    number = encoder.numbers[0].name
    as_number = pl.col(number).str.replace(",", ".", literal=True).cast(pl.Float64)
    for frame in (whole, whole.with_columns(as_number)):
        path = tmp_path / f"new.{kind}"
        frame.write_parquet(path) if kind == "parquet" else frame.write_ndjson(path)
        said: list[str] = []
        again = encode(encoder, read_like(encoder, path, said.append))[0]
        np.testing.assert_array_equal(again, x)
        assert not any("unlike the training file" in sentence for sentence in said)
