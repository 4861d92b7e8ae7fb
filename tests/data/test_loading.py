"""From a messy table to arrays: what is used, what is left out, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.data import load
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions
from tests.data.tables import messy, numbers, report, table


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_messy_table_is_understood_and_every_decision_said(tmp_path: Path, encoding: str) -> None:
    heard: list[str] = []
    path = table(tmp_path, messy(), encoding)
    data = load(DataOptions(path=path, target=("Kauf",)), heard.append)
    kinds = {column.name: column.kind for column in data.columns}
    assert kinds == {
        "Nr_id": "left out",
        "Größe": "number",
        "Stadt": "category",
        "Datum": "left out",
        "Garten": "boolean",
        "leer": "left out",
        "Land": "left out",
        "Notiz": "left out",
        "Kauf": "target",
    }
    said = "\n".join(data.notes)
    for word in (
        "separator ';', decimal ',', encoding",
        "'N/A'",
        "5 rows without 'Kauf'",
        "first: row 7",
        "multiclass, since 'Kauf' holds 3 different words",
        "'Nr_id' is left out: an identifier",
        "'Datum' is left out: dates",
        "'leer' is left out: every cell is empty",
        "'Land' is left out: every row says 'DE'",
        "'Notiz' is left out: free text",
    ):
        assert word in said
    assert tuple(heard) == data.notes
    assert data.classes == ("hoch", "mittel", "tief")
    assert data.features == 2 + 4 + 1
    prepared = data.prepare("standard").dataset
    assert prepared.x.dtype == np.float32
    assert prepared.y.dtype == np.int64
    assert np.isfinite(prepared.x).all()


@pytest.mark.parametrize(
    ("column", "kind", "detail"),
    [
        (["1", "2.5", "", "4"] * 15, "number", "median"),
        (["yes", "no", "Yes", "NO"] * 15, "boolean", "no and yes"),
        (["a", "b", "c", ""] * 15, "category", "3 levels; empty is one more"),
        (["a"] * 40 + [f"r{at}" for at in range(20)], "category", "rest"),
        (["x", ""] * 30, "category", "1 levels; empty"),
        ([""] * 60, "left out", "every cell is empty"),
        (["7"] * 60, "left out", "every row says '7'"),
        ([f"u{at}" for at in range(60)], "left out", "identifier"),
        ([str(at + 1) for at in range(60)], "left out", "only counts the rows"),
        ([f"2020-01-{at % 28 + 1:02}" for at in range(60)], "left out", "dates"),
        ([f"{at % 24:02}:{at:02}" for at in range(60)], "left out", "dates"),
        ([f"see page {at} of it" for at in range(60)], "left out", "free text"),
        ([str(at) if at % 9 else f"n{at}" for at in range(60)], "left out", "neither numbers nor"),
        ([str(at // 2 * 2.5) for at in range(60)], "number", "scaled"),
    ],
)
def test_a_column_is_told_by_its_cells(
    tmp_path: Path, column: list[object], kind: str, detail: str
) -> None:
    data = load(DataOptions(path=numbers(tmp_path, c=column), target=("label",)))
    assert report(data, "c")[0] == kind
    assert detail in report(data, "c")[1]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("abc", "'abc' is not a number"),
        ("1e400", "too large"),
        ("-1e39", "too large"),
        ("1,5", "is not a number"),
        ("inf", "too large"),
        ("0x10", "is not a number"),
        ("1_000", "is not a number"),
        ("12 €", "is not a number"),
    ],
)
@pytest.mark.parametrize("row", [0, 31, 59])
def test_a_bad_cell_is_named_whichever_part_it_is_in(
    tmp_path: Path, cell: str, words: str, row: int
) -> None:
    column: list[object] = [f"{at * 0.37:.2f}" for at in range(60)]
    column[row] = cell
    with pytest.raises(DataError) as caught:
        load(DataOptions(path=numbers(tmp_path, c=column), target=("label",)))
    for word in (f"t.csv: row {row + 2}, column 'c'", words, "data.null_values"):
        assert word in str(caught.value)


def test_a_bad_cell_keeps_its_row_when_rows_before_it_have_no_target(tmp_path: Path) -> None:
    rows = [f"{at},{'yes' if at % 2 else 'no'}" for at in range(60)]
    rows[3] = "1,"
    rows[40] = "oops,no"
    path = table(tmp_path, "a,label\n" + "\n".join(rows))
    with pytest.raises(DataError, match="row 42, column 'a'"):
        load(DataOptions(path=path, target=("label",)))


def test_features_and_drop_choose_the_columns(tmp_path: Path) -> None:
    path = numbers(tmp_path, a=["1", "2", "3"] * 20, b=["4", "5", "6"] * 20)
    kept = load(DataOptions(path=path, target=("label",), features=("b",)))
    assert [column.name for column in kept.inputs] == ["b"]
    rest = load(DataOptions(path=path, target=("label",), drop=("b",)))
    assert [column.name for column in rest.inputs] == ["sound", "a"]
    assert report(rest, "b") == ("left out", "the study file leaves it out")


def test_an_identifier_asked_for_by_name_is_taken(tmp_path: Path) -> None:
    path = numbers(tmp_path, user_id=[str(9 * at) for at in range(60)])
    data = load(DataOptions(path=path, target=("label",), features=("user_id",)))
    assert data.features == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "which column is to be predicted"),
        ({"target": ("labl",)}, "no column 'labl'.*Did you mean 'label'"),
        ({"target": ("label",), "drop": ("sond",)}, "data.drop names.*Did you mean 'sound'"),
        ({"target": ("label",), "features": ("x",)}, "data.features names"),
        ({"target": ("label",), "drop": ("label",)}, "data.drop names 'label', which data.target"),
        ({"target": ("label",), "drop": ("sound", "when")}, "no column to learn from"),
        ({"target": ("label",), "features": ("when",)}, "cannot be used: dates"),
        ({"target": ("label",), "features": ("when",), "drop": ("when",)}, "both name"),
        ({"target": ("label", "label")}, "twice"),
        ({"target": ("label",), "task": "regression"}, "'label' holds words: 'no', 'yes'"),
        ({"target": ("sound",), "task": "binary"}, "60 classes"),
        ({"target": ("sound",), "task": "multiclass"}, "too many to learn"),
        ({"target": ("sound", "label")}, "several targets"),
        ({"target": ("sound", "label"), "task": "binary"}, "has one target"),
        ({"target": ("label",), "test": 0.5, "validation": 0.5}, "too few"),
        ({"target": ("label",), "fingerprint": "0123456789ab"}, "is not what it was"),
    ],
)
def test_a_mistake_in_the_data_table_is_named_with_the_way_out(
    tmp_path: Path, options: dict[str, object], words: str
) -> None:
    path = numbers(tmp_path, when=[f"2020-01-{at % 28 + 1:02}" for at in range(60)])
    with pytest.raises(DataError, match=words):
        load(DataOptions(path=path, **options))  # type: ignore[arg-type]  # one of the table above


def test_final_has_the_inputs_of_prepare_and_figures_of_more_rows(tmp_path: Path) -> None:
    data = load(DataOptions(path=table(tmp_path, messy()), target=("Kauf",)))
    final, prepared = data.final("standard"), data.prepare("standard")
    assert final.encoder.columns == prepared.encoder.columns
    assert final.encoder.scaler != prepared.encoder.scaler
    assert len(final.x) == data.rows["train"] + data.rows["validation"]
    assert final.x_test.shape == (data.rows["test"], data.features)
