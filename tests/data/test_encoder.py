"""Encoders: the same bits after a trip through JSON, and nothing learnt from rows kept back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.data import Encoder, load
from hpsearch.data.encoderjson import from_json, to_json
from hpsearch.data.matching import encode, read_like
from hpsearch.data.scaling import normalizer, scaler_from_json
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions


def table(rows: int = 80) -> pl.DataFrame:
    rng = np.random.default_rng(1)
    gaps = [
        None if at % 9 == 0 else round(float(v), 3) for at, v in enumerate(rng.normal(size=rows))
    ]
    return pl.DataFrame(
        {
            "gaps": gaps,
            "whole": rng.integers(0, 50, rows).astype(float) / 8,
            "town": rng.choice(["Köln", "Ulm", "Graz"], rows).tolist(),
            "flag": rng.choice(["true", "false"], rows).tolist(),
            "label": rng.choice(["01", "02", "3"], rows).tolist(),
        }
    )


def fitted(folder: Path, normalize: str = "standard") -> Encoder:
    table().write_csv(folder / "train.csv")
    options = DataOptions(path=folder / "train.csv", target=("label",))
    return load(options).prepare(normalize).encoder


@pytest.mark.parametrize("name", normalizer)
def test_a_normalizer_is_the_same_after_json(name: str) -> None:
    rng = np.random.default_rng(0)
    columns = [rng.normal(5, 3, 50), np.full(50, 7.0), rng.integers(0, 3, 50).astype(float)]
    scaler = normalizer[name](columns)
    again = scaler_from_json(json.loads(json.dumps(scaler.to_json())))
    assert again == scaler
    x = np.stack(columns, axis=1)
    assert np.isfinite(scaler.apply(x)).all()
    assert np.array_equal(again.apply(x), scaler.apply(x))
    order = np.argsort(x[:, 0])
    assert (np.diff(scaler.apply(x)[order, 0]) >= 0).all()


@pytest.mark.parametrize("name", normalizer)
def test_an_encoder_is_the_same_after_json(tmp_path: Path, name: str) -> None:
    encoder = fitted(tmp_path, name)
    again = from_json(json.loads(json.dumps(to_json(encoder), allow_nan=False)))
    assert again == encoder
    assert np.array_equal(encode(again, table())[0], encode(encoder, table())[0])


_tables = st.builds(
    lambda a, b, c: pl.DataFrame({"a": a, "b": b, "label": c}),
    st.lists(st.floats(-1e30, 1e30) | st.none(), min_size=30, max_size=30),
    st.lists(st.sampled_from(["x", "y", "z", "q", ""]), min_size=30, max_size=30),
    st.just(["no", "yes"] * 15),
)


@settings(max_examples=40)
@given(_tables, st.sampled_from(sorted(normalizer)))
def test_any_table_encodes_alike_before_and_after_json_and_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, frame: pl.DataFrame, normalize: str
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    frame.write_csv(path)
    try:
        data = load(DataOptions(path=path, target=("label",)))
    except DataError:
        return
    encoder = data.prepare(normalize).encoder
    again = from_json(json.loads(json.dumps(to_json(encoder), allow_nan=False)))
    read = read_like(again, path)
    x, _ = encode(again, read)
    assert np.array_equal(x, encoder.encode_clean(data.clean))
    assert np.isfinite(x).all()
    backwards, _ = encode(encoder, read.reverse().select(reversed(read.columns)))
    assert np.array_equal(backwards[::-1], x)


@pytest.mark.parametrize("change", ["numbers", "words", "gaps"])
def test_rows_kept_back_do_not_change_the_encoder(tmp_path: Path, change: str) -> None:
    frame = table()
    options = DataOptions(path=tmp_path / "t.csv", target=("label",))
    frame.write_csv(tmp_path / "t.csv")
    before = load(options)
    kept_back = np.concatenate([before.split.test, before.split.validation])
    name, value = {"numbers": ("whole", 999.5), "words": ("town", "Oslo"), "gaps": ("whole", None)}[
        change
    ]
    frame = frame.with_columns(frame[name].scatter(kept_back, value))
    frame.write_csv(tmp_path / "t.csv")
    after = load(options)
    assert (after.split.train == before.split.train).all()
    assert after.prepare("quantile").encoder == before.prepare("quantile").encoder
    assert np.array_equal(after.prepare("standard").dataset.x, before.prepare("standard").dataset.x)


def test_columns_are_found_by_name_and_others_said(tmp_path: Path) -> None:
    encoder = fitted(tmp_path)
    frame = table().drop("label").select("flag", "town", "gaps", "whole")
    x, notes = encode(encoder, frame.with_columns(pl.lit(1).alias("more")))
    assert np.array_equal(x, encode(encoder, table())[0])
    assert notes == (
        "The columns stand in another order than in training; found by their names.",
        "Ignored, as the model was trained without: 'more'.",
    )
    assert encode(encoder, table())[1] == ()


def test_a_missing_column_counts_as_empty_and_is_said_loudly(tmp_path: Path) -> None:
    encoder = fitted(tmp_path)
    nothing = pl.Series([None] * 80, dtype=pl.String)
    for name in ("whole", "town", "gaps", "flag"):
        x, notes = encode(encoder, table().drop(name), "new.csv")
        empty, _ = encode(encoder, table().with_columns(nothing.alias(name)))
        assert np.array_equal(x, empty)
        (said,) = notes
        assert said.startswith(f"WARNING: new.csv has no column {name!r}: read as empty in every")
    assert "filled with 'false', the median" in said
    _, notes = encode(encoder, table().rename({"whole": "Whole"}), "new.csv")
    assert "'whole' (is it 'Whole'?)" in notes[0]


@pytest.mark.parametrize(
    ("missing", "strict"), [(("town", "flag"), False), (("town",), True), (("gaps",), True)]
)
def test_missing_columns_are_refused_by_name_when_half_are_or_none_may_be(
    tmp_path: Path, missing: tuple[str, ...], strict: bool
) -> None:
    words = ", ".join(f"'{name}'" for name in missing)
    with pytest.raises(DataError, match=rf"new\.csv lacks {words}, which"):
        encode(fitted(tmp_path), table().drop(missing), "new.csv", strict)


def test_new_categories_and_new_gaps_are_counted_and_said(tmp_path: Path) -> None:
    encoder = fitted(tmp_path)
    frame = table().with_columns(
        table()["town"].scatter([0, 1], "Oslo"), table()["whole"].scatter([3], None)
    )
    x, notes = encode(encoder, frame)
    assert x.shape == (80, encoder.width)
    assert any("'town': 2 cells" in note and "'Oslo'" in note for note in notes)
    assert any("'whole': 1 cell empty" in note for note in notes)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("gaps", "abc", "new.csv: row 5, column 'gaps': 'abc' is not a number"),
        ("flag", "maybe", "new.csv: row 5, column 'flag': 'maybe' is not false or true"),
        ("whole", "1e400", "new.csv: row 5, column 'whole': '1e400' is too large"),
    ],
)
def test_a_bad_cell_to_predict_from_is_named(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    frame = table()
    frame = frame.with_columns(frame[column].cast(pl.String).scatter([3], value))
    with pytest.raises(DataError, match=words):
        encode(fitted(tmp_path), frame, "new.csv")
    with pytest.raises(DataError, match="Mend it, or empty it"):  # no key of a study file helps
        encode(fitted(tmp_path), frame, "new.csv")


def test_labels_come_back_as_they_were_written(tmp_path: Path) -> None:
    encoder = fitted(tmp_path)
    found = encoder.predictions(np.array([[0.1, 0.8, 0.1], [0.6, 0.2, 0.2], [0, 0, 1]]))
    assert found["prediction"].to_list() == ["02", "01", "3"]
    shares = encoder.probabilities(np.array([[0.1, 0.8, 0.1]]))
    assert shares.columns == ["proba_01", "proba_02", "proba_3"]


@pytest.mark.parametrize(
    "content",
    [
        "gaps;whole;town;flag\r\n0,5;1,25;Köln;true\r\n;2;Ulm;false\r\n",
        "flag,town,whole,gaps\ntrue,Köln,1.25,0.5\nfalse,Ulm,2,\n",
    ],
)
def test_a_file_written_otherwise_is_read_all_the_same(tmp_path: Path, content: str) -> None:
    encoder = fitted(tmp_path)
    for encoding in ("utf-8", "cp1252", "utf-16"):
        path = tmp_path / "new.csv"
        path.write_bytes(content.encode(encoding))
        x, _ = encode(encoder, read_like(encoder, path))
        expected, _ = encode(
            encoder,
            pl.DataFrame(
                {
                    "gaps": [0.5, None],
                    "whole": [1.25, 2.0],
                    "town": ["Köln", "Ulm"],
                    "flag": [True, False],
                }
            ),
        )
        assert np.array_equal(x, expected)


def test_a_model_of_arrays_predicts_from_csv_and_npz(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 17, (40, 3)).astype(float)
    np.savez(tmp_path / "t.npz", x=x, y=np.arange(40) % 2)
    data = load(DataOptions(path=tmp_path / "t.npz"))
    encoder = data.prepare("standard").encoder
    np.savez(tmp_path / "new.npz", x=x)
    pl.DataFrame(x, schema=["x0", "x1", "x2"]).write_csv(tmp_path / "new.csv")
    for name in ("new.npz", "new.csv"):
        found, notes = encode(encoder, read_like(encoder, tmp_path / name))
        assert np.array_equal(found, encoder.encode_clean(data.clean))
        assert notes == ()


@pytest.mark.parametrize("damage", ["columns", "scaler", "dialect"])
def test_a_damaged_encoder_is_refused(tmp_path: Path, damage: str) -> None:
    saved = to_json(fitted(tmp_path))
    del saved[damage]
    with pytest.raises(DataError, match="damaged"):
        from_json(saved)


def test_cells_are_kept_in_single_precision_only_where_nothing_is_lost(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "small": [at % 7 for at in range(60)],
            "fine": [at / 10 for at in range(60)],
            "large": [2**24 + at * at for at in range(60)],
            "label": ["a", "b"] * 30,
        }
    )
    frame.write_csv(tmp_path / "t.csv")
    clean = load(DataOptions(path=tmp_path / "t.csv", target=("label",))).clean
    assert clean.schema == {"small": pl.Float32, "fine": pl.Float64, "large": pl.Float64}
    assert clean["fine"].to_list() == frame["fine"].to_list()
