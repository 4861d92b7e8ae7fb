"""Every format: what is read from it, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.data import load
from hpsearch.data.blocks import Features
from hpsearch.data.matching import encode, read_like
from hpsearch.data.readers import endings, read
from hpsearch.data.table import Dialect
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions
from tests.data import samples

TABLES = ("t.csv", "t.tsv", "t.tab", "t.jsonl", "t.ndjson", "t.parquet", "t.pq")
ARRAYS = ("t.npz", "t.h5", "t-images.idx3-ubyte", "t-images.idx3-ubyte.gz")


def test_there_is_a_sample_of_every_format() -> None:
    assert {end for end in endings() if any(one.endswith(end) for one in samples.FILES)} == set(
        endings()
    )


@pytest.mark.parametrize("name", samples.FILES)
def test_every_format_is_read_and_says_what_it_held(tmp_path: Path, name: str) -> None:
    table = read(samples.written(tmp_path, name))
    assert table.frame.height == {"t.h5": 69, "t.hdf5": 69}.get(
        name, 1 if table.asides else samples.ROWS
    )
    assert table.notes[0].startswith(f"{name}: ")


@pytest.mark.parametrize("name", TABLES)
def test_the_same_table_is_the_same_data_in_every_format(tmp_path: Path, name: str) -> None:
    data = load(DataOptions(path=samples.written(tmp_path, name), target=("target",)))
    same = load(DataOptions(path=samples.written(tmp_path, "t.csv"), target=("target",)))
    assert (data.prepare("standard").dataset.x == same.prepare("standard").dataset.x).all()
    assert data.classes == same.classes


@pytest.mark.parametrize("name", ARRAYS)
def test_bytes_of_images_stay_bytes_until_they_are_scaled(tmp_path: Path, name: str) -> None:
    table = read(samples.written(tmp_path, name))
    assert table.frame.schema["x"] == pl.Array(pl.UInt8, 30)
    assert (table.dialect.image_size, table.dialect.channels) == ((6, 5), 1)
    data = load(DataOptions(path=tmp_path / name))
    x, _ = samples.images()
    scaled = data.prepare("scale255").dataset.x
    assert (scaled == x.reshape(len(x), -1)[data.split.train].astype(np.float32) / 255).all()


@pytest.mark.parametrize("normalize", ["standard", "minmax", "quantile", "robust", "scale255"])
def test_an_array_is_scaled_as_its_numbers_would_be_in_columns(
    tmp_path: Path, normalize: str
) -> None:
    x, y = samples.images()
    np.savez(tmp_path / "block.npz", x=x, y=y)
    columns = {f"x{at}": column for at, column in enumerate(x.reshape(len(x), -1).T)}
    pl.DataFrame({**columns, "target": y}).write_parquet(tmp_path / "columns.parquet")
    block = load(DataOptions(path=tmp_path / "block.npz"))
    apart = load(DataOptions(path=tmp_path / "columns.parquet", target=("target",)))
    assert block.inputs[0].width == 30 == len(apart.inputs)
    assert np.array_equal(block.prepare(normalize).dataset.x, apart.prepare(normalize).dataset.x)
    encoder = block.prepare(normalize).encoder
    table = read(tmp_path / "columns.parquet")
    assert np.array_equal(encode(encoder, table.frame)[0], encoder.encode_clean(block.clean))


def test_a_gap_in_an_array_is_filled_and_said_and_infinity_is_named(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(40, 300))
    x[5, 7] = np.nan
    np.savez(tmp_path / "t.npz", x=x, y=np.arange(40) % 2)
    data = load(DataOptions(path=tmp_path / "t.npz"))
    encoder = data.prepare("none").encoder
    encoded, notes = encode(encoder, read_like(encoder, tmp_path / "t.npz"))
    assert encoded[5, 7] == np.float32(np.nanmedian(x[data.split.train, 7]))
    assert any("1 number missing" in note for note in notes)
    x[6, 8] = np.inf
    np.savez(tmp_path / "t.npz", x=x, y=np.arange(40) % 2)
    with pytest.raises(DataError, match=r"t\.npz: row 6, column 'x', number 8 is inf"):
        load(DataOptions(path=tmp_path / "t.npz"))


def test_arrays_of_another_size_are_refused_with_both_sizes(tmp_path: Path) -> None:
    data = load(DataOptions(path=samples.written(tmp_path, "t.npz")))
    encoder = data.prepare("none").encoder
    with pytest.raises(DataError, match="holds 20 numbers in 'x', but the model was trained on 30"):
        encode(encoder, pl.DataFrame({"x": np.zeros((3, 20))}), "new.npz")
    with pytest.raises(DataError, match="one value a row"):
        encode(encoder, pl.DataFrame({"x": [1.0, 2.0]}), "new.csv")


def test_the_target_cannot_be_a_column_of_arrays(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds arrays, not one value"):
        load(DataOptions(path=samples.written(tmp_path, "t.npz"), target=("x",)))


def test_types_that_a_table_has_no_use_for_are_turned_or_left_out_and_said(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "level": pl.Series(["a", "b"] * 10, dtype=pl.Categorical),
            "price": pl.Series([1, 2] * 10).cast(pl.Decimal(10, 2)),
            "took": pl.Series([1500, 250] * 10).cast(pl.Duration("ms")),
            "when": pl.Series([1, 2] * 10).cast(pl.Date),
            "raw": [b"\xff\xfe", b""] * 10,
            "tags": [["x"], ["y", "z"]] * 10,
            "uneven": [[1.0], [1.0, 2.0]] * 10,
            "record": [{"a": 1}] * 20,
            "vector": [[1.0, None, 3.0], [4.0, 5.0, 6.0]] * 10,
            "target": [" low ", "N/A"] * 10,
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    table = read(tmp_path / "t.parquet")
    assert table.frame.columns == ["level", "price", "took", "when", "vector", "target"]
    assert table.frame["took"].to_list()[:2] == [1.5, 0.25]
    assert table.frame.schema["vector"] == pl.Array(pl.Float64, 3)
    assert np.isnan(table.frame["vector"].to_numpy()[0, 1])
    assert table.frame["target"].to_list()[:2] == ["low", None]
    said = " ".join(table.notes)
    for word in (
        "'raw' is left out: it holds bytes",
        "'tags'",
        "'uneven'",
        "'record'",
        "'N/A' (10)",
    ):
        assert word in said


def test_a_parquet_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    rows = 20_000_000
    pl.select(pl.repeat(7, rows).alias("a")).write_parquet(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 500_000
    with pytest.raises(DataError, match="declares"):
        read(tmp_path / "t.parquet")


def test_json_lines_may_lack_keys_and_mix_kinds(tmp_path: Path) -> None:
    lines = [
        '{"a": 1, "b": "x", "v": [1, 2]}',
        '{"a": NaN, "v": [3, 4.5]}',
        '{"b": 3, "c": true, "v": [5, 6]}',
    ]
    (tmp_path / "t.jsonl").write_text("\r\n".join(lines) + "\n\n")
    frame = read(tmp_path / "t.jsonl").frame
    assert frame["a"].to_list() == [1, None, None]
    assert frame["b"].to_list() == ["x", None, "3"]
    assert frame["c"].to_list() == [None, None, True]
    assert frame["v"].to_numpy().tolist() == [[1, 2], [3, 4.5], [5, 6]]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1]", "row 2 holds a list"),
        ("", "row 2, character 1: the line is empty"),
        ('{"a": }', "row 2, character 7"),
        ('{"a": 1, "a": 2}', "row 2, column 'a': the key stands there twice"),
        ('{"a": Infinity}', "row 2, Infinity is too large"),
        ('{"": 1}', "row 2: a key is empty"),
        ('{"a": "\\ud800"}', "row 2, column 'a': half of a character"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "number too long"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "t.jsonl").write_text(f'{{"a": 1}}\n{line}\n{{"a": 3}}\n')
    with pytest.raises(DataError, match=words):
        read(tmp_path / "t.jsonl")


def test_a_cell_of_json_that_does_not_fit_is_named_by_row_and_column(tmp_path: Path) -> None:
    lines = [f'{{"a": {at / 7}, "y": {at % 2}}}' for at in range(60)]
    lines[40] = '{"a": "oops", "y": 1}'
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"t\.jsonl: row 41, column 'a': 'oops'"):
        load(DataOptions(path=tmp_path / "t.jsonl", target=("y",)))


def test_the_features_of_arrays_and_columns_are_one_sequence() -> None:
    array = np.arange(390).astype(np.uint8).reshape(3, 130)
    gaps = np.array([[1.0, np.nan], [3.0, np.nan]])
    features = Features()
    features.add(np.array([5.0, 6.0]))
    assert features.add_array(array) == [0.0] * 130
    assert features.add_array(gaps) == [2.0, 0.0]
    assert len(features) == 133
    listed = list(features)
    assert all(np.array_equal(features[at], one) for at, one in enumerate(listed))
    assert np.array_equal(listed[130], array[:, 129])
    assert listed[131].tolist() == [1.0, 3.0]
    assert listed[132].tolist() == [0.0]


@pytest.mark.parametrize("ending", ["parquet", "jsonl", "csv"])
def test_a_number_for_nothing_is_empty_whatever_the_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    frame = pl.DataFrame({"a": [1, -999, 3, None], "b": [0.5, 2.0, -999.0, -99.9], "c": ["x"] * 4})
    write = {"parquet": frame.write_parquet, "jsonl": frame.write_ndjson, "csv": frame.write_csv}
    write[ending](path)
    table = read(path, Dialect(null_values=("-999", "-999.0", "nan")))
    assert table.frame["a"].is_null().to_list() == [False, True, False, True]
    assert table.frame["b"].is_null().to_list() == [False, False, True, False]
    usual = read(path)
    assert usual.frame["a"].null_count() == 1


def test_a_number_for_nothing_is_found_in_single_precision(tmp_path: Path) -> None:
    single = pl.Series("a", [1.5, -999.9, None], dtype=pl.Float32)
    pl.DataFrame([single]).write_parquet(tmp_path / "t.parquet")
    table = read(tmp_path / "t.parquet", Dialect(null_values=("-999.9",)))
    assert table.frame["a"].is_null().to_list() == [False, True, True]


def test_infinity_is_read_as_empty_where_that_is_asked_for(tmp_path: Path) -> None:
    inf = float("inf")
    pl.DataFrame({"a": [1.0, inf, -inf, None]}).write_parquet(tmp_path / "t.parquet")
    table = read(tmp_path / "t.parquet", Dialect(null_values=("inf",)))
    assert table.frame["a"].to_list() == [1.0, None, -inf, None]
    assert "Read as empty: 'inf' (1); data.null_values overrides." in table.notes
