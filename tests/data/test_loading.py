"""From a messy table to arrays: what is used, what is left out, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.data import Data, load
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions


def messy(rows: int = 300) -> str:
    """Semicolons, decimal commas, umlauts, blanks, N/A, an id, dates, rare levels, a constant."""
    rng = np.random.default_rng(7)
    lines = ["Nr_id;Größe;Stadt;Datum;Garten;leer;Land;Notiz;Kauf"]
    for at in range(rows):
        size = f"{rng.normal(100, 20):.2f}".replace(".", ",")
        words = " ".join(rng.choice(list("abcdefgh"), 7))
        cells = [
            str(90000 - 7 * at),
            size if at % 10 else str(rng.choice(["", "N/A"])),
            f"Dorf{at}" if at % 50 == 3 else str(rng.choice(["Köln", "Ulm", "Graz"])),
            f"{at % 28 + 1:02}.03.2020",
            str(rng.choice(["ja", "nein"])).replace("ja", "yes").replace("nein", "no"),
            "",
            "DE",
            words,
            "" if at % 60 == 5 else str(rng.choice(["hoch", "mittel", "tief"])),
        ]
        lines.append(";".join(cells))
    return "\r\n".join(lines) + "\r\n"


def table(folder: Path, content: str, encoding: str = "utf-8", name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def numbers(folder: Path, rows: int = 60, **columns: list[object]) -> Path:
    """A table with a sound number, a target of two classes, and the columns given."""
    rng = np.random.default_rng(0)
    base = {"sound": rng.normal(size=rows).round(3), "label": ["no", "yes"] * (rows // 2)}
    frame = pl.DataFrame({**base, **{n: pl.Series(c, dtype=pl.String) for n, c in columns.items()}})
    path = folder / "t.csv"
    frame.write_csv(path)
    return path


def report(data: Data, name: str) -> tuple[str, str]:
    (found,) = [column for column in data.columns if column.name == name]
    return found.kind, found.detail


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
        ({"target": ("label",), "task": "regression"}, "row 2, column 'label': 'no'"),
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
        load(DataOptions(path=path, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "task", "classes"),
    [
        (["no", "yes"] * 30, "binary", ("no", "yes")),
        (["True", "False"] * 30, "binary", ("False", "True")),
        (["0", "1"] * 30, "binary", ("0", "1")),
        (["10", "9", "1.0", "1"] * 15, "multiclass", ("1.0", "9", "10")),
        ([str(at % 20) for at in range(60)], "multiclass", tuple(map(str, range(20)))),
        ([str(at % 21) for at in range(60)], "regression", ()),
        (["0.5", "1"] * 30, "regression", ()),
        (["1", "2", "many"] * 20, "multiclass", ("1", "2", "many")),
    ],
)
def test_the_task_is_guessed_from_the_target_and_said(
    tmp_path: Path, target: list[object], task: str, classes: tuple[str, ...]
) -> None:
    data = load(DataOptions(path=numbers(tmp_path, y=target), target=("y",)))
    assert (data.task, data.classes) == (task, classes)
    assert any(f"Task: {task}" in note and "data.task" in note for note in data.notes)


@pytest.mark.parametrize(
    ("positive", "order"), [("ill", ("well", "ill")), ("well", ("ill", "well"))]
)
def test_the_class_that_is_looked_for_comes_second_and_is_said(
    tmp_path: Path, positive: str, order: tuple[str, str]
) -> None:
    path = table(tmp_path, "a,label\n" + "1,ill\n2,well\n3,well\n" * 20)
    data = load(DataOptions(path=path, target=("label",), positive=positive))
    assert (data.target.classes, data.target.labels) == (order, (order,))
    assert int(data.target.values.sum()) == (20 if positive == "ill" else 40)
    assert (
        f"Precision, recall and F1 are those of '{positive}', as data.positive says." in data.notes
    )
    assert data.prepare("none").encoder.classes == order
    usual = load(DataOptions(path=path, target=("label",)))
    assert "those of 'well', unless data.positive names the other" in " ".join(usual.notes)
    assert (usual.fingerprint == data.fingerprint) == (positive == "well")


@pytest.mark.parametrize(
    ("cells", "said"),
    [("ill\nwell\n", "names 'sick', but 'label' says 'ill', 'well'"), ("a\nb\nc\n", "take it out")],
)
def test_a_class_that_is_none_cannot_be_looked_for(tmp_path: Path, cells: str, said: str) -> None:
    path = table(tmp_path, "label,a\n" + cells.replace("\n", ",1\n") * 20)
    with pytest.raises(DataError, match=said):
        load(DataOptions(path=path, target=("label",), positive="sick"))


def test_classes_that_a_person_would_take_for_one_are_said(tmp_path: Path) -> None:
    classes = {"yes": 90, "no": 80, "YES": 3, "yess": 2, "noo": 30, "class 1": 80, "class 10": 2}
    words = [word for word, rows in classes.items() for _ in range(rows)]
    rows = [f"{at * 37 % 101}.5,{word}" for at, word in enumerate(words)]
    (tmp_path / "t.csv").write_text("\n".join(["a,y", *rows]))
    notes = load(DataOptions(path=tmp_path / "t.csv", target=("y",))).notes
    assert [note for note in notes if "kept apart" in note] == [
        "Classes that differ in case only are kept apart: 'YES', 'yes';"
        " write them alike in the file if they are one.",
        "Class 'yess' (2 rows) is spelt nearly as 'yes' (90) and kept apart:"
        " mend it if it is a slip.",
    ]


@pytest.mark.parametrize(
    ("words", "known", "told"),
    [
        (("unknown",), 60, "--null-value 'unknown'"),
        (("unknown", "gone"), 60, "--null-value 'gone' --null-value 'unknown'"),
        (("a", "b", "c", "d"), 60, ""),  # as codes are
        (("crew",), 3, ""),  # as classes are
    ],
)
def test_a_few_words_that_make_words_of_numbers_are_said(
    tmp_path: Path, words: tuple[str, ...], known: int, told: str
) -> None:
    ages = [str(18 + at % known) for at in range(400)]
    ages[::4] = [words[at % len(words)] for at in range(100)]
    data = load(DataOptions(path=numbers(tmp_path, 400, age=ages), target=("label",)))
    assert report(data, "age")[0] == "category"
    said = [note for note in data.notes if "so that each of them is taken" in note]
    assert [told in note for note in said] == ([True] if told else [])


def test_binary_targets_are_one_column_with_the_second_class_as_one(tmp_path: Path) -> None:
    data = load(DataOptions(path=numbers(tmp_path), target=("label",)))
    y = data.prepare("none").dataset.y
    assert (y.dtype, y.shape) == (np.float32, (data.rows["train"], 1))
    assert (y[:, 0] == data.split.train % 2).all()


def test_a_regression_target_is_standardised_and_comes_back(tmp_path: Path) -> None:
    data = load(DataOptions(path=numbers(tmp_path), target=("sound",)))
    prepared = data.prepare("standard")
    assert prepared.dataset.y.mean() == pytest.approx(0, abs=1e-6)
    assert prepared.dataset.y.std() == pytest.approx(1, abs=1e-6)
    truth = data.target.values[data.split.train, 0]
    assert prepared.dataset.y_scale == pytest.approx([truth.std()])
    back = prepared.encoder.predictions(prepared.dataset.y)["prediction"].to_numpy()
    assert back == pytest.approx(truth, abs=1e-6)


def test_several_targets_of_two_values_are_multilabel(tmp_path: Path) -> None:
    path = numbers(tmp_path, b=["0", "0", "1"] * 20)
    data = load(DataOptions(path=path, target=("label", "b")))
    assert (data.task, data.outputs, data.classes) == ("multilabel", 2, ("label", "b"))
    found = data.prepare("none").encoder.predictions(np.array([[0.9, 0.1], [0.2, 0.8]]))
    assert found.to_dict(as_series=False) == {
        "prediction_label": ["yes", "no"],
        "prediction_b": [0, 1],
    }


def test_columns_in_one_word_are_told_apart(tmp_path: Path) -> None:
    path = numbers(tmp_path, b=[str(at) for at in range(60)])
    with pytest.raises(DataError, match="Name each by itself: 'sound', 'b'"):
        load(DataOptions(path=path, target=("sound, b",)))


def test_several_numeric_targets_are_a_regression(tmp_path: Path) -> None:
    path = numbers(tmp_path, b=[str(at) for at in range(60)], c=["1", "2", "3"] * 20)
    data = load(DataOptions(path=path, target=("sound", "b")))
    assert (data.task, data.outputs) == ("regression", 2)
    assert data.prepare("none").dataset.y.shape == (data.rows["train"], 2)


def test_copies_across_the_split_are_counted(tmp_path: Path) -> None:
    path = table(tmp_path, "a,label\n" + "1,no\n2,yes\n3,no\n4,yes\n" * 20)
    data = load(DataOptions(path=path, target=("label",)))
    assert any("16 of 16 test rows have an exact copy" in note for note in data.notes)
    folds = load(DataOptions(path=path, target=("label",), folds=4))
    assert any("copy in another fold" in note for note in folds.notes)
    retrained = load(DataOptions(path=path, target=("label",), folds=4), judged=False)
    said = [note for note in retrained.notes if "exact copy" in note]
    assert len(said) == 1
    assert "16 of 16 test rows have an exact copy among the training rows, target" in said[0]


def test_one_copy_is_one_and_an_identifier_with_one_double_still_is_one(tmp_path: Path) -> None:
    rows = [f"{at * 7 % 83}.5,k{at},{('no', 'yes')[at % 2]}" for at in range(80)]
    free = load(DataOptions(path=table(tmp_path, "\n".join(["a,key,l", *rows])), target=("l",)))
    test, train = int(free.split.test[0]), free.split.train
    twin = next(int(row) for row in train if row % 2 == test % 2)
    rows[twin] = rows[test]
    data = load(DataOptions(path=table(tmp_path, "\n".join(["a,key,l", *rows])), target=("l",)))
    assert any("1 of 16 test rows has an exact copy" in note for note in data.notes)
    assert any("'key' is left out: an identifier: " in note for note in data.notes)


def test_the_fingerprint_is_of_content_selection_and_split(tmp_path: Path) -> None:
    content = messy()
    same = DataOptions(path=table(tmp_path, content, "cp1252"), target=("Kauf",))
    other_name = DataOptions(
        path=table(tmp_path, content, "utf-16", "other.csv"), target=("Kauf",), normalize="minmax"
    )
    print_ = load(same).fingerprint
    assert load(other_name).fingerprint == print_
    changed = content.replace("Ulm", "Bonn", 1)
    assert load(DataOptions(path=table(tmp_path, changed), target=("Kauf",))).fingerprint != print_
    for change in ({"split_seed": 1}, {"drop": ("Garten",)}, {"test": 0.25}):
        options = DataOptions(path=other_name.path, target=("Kauf",), **change)
        assert load(options).fingerprint != print_
    load(DataOptions(path=other_name.path, target=("Kauf",), fingerprint=print_))


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_parts_may_be_left_out(tmp_path: Path, share: float) -> None:
    data = load(DataOptions(path=numbers(tmp_path), target=("label",), validation=share, test=0.0))
    prepared = data.prepare("standard").dataset
    assert (prepared.x_valid is None) == (share == 0)
    final = data.final("standard")
    assert len(final.x_test) == 0
    assert len(final.x) == 60


def test_final_has_the_inputs_of_prepare_and_figures_of_more_rows(tmp_path: Path) -> None:
    data = load(DataOptions(path=table(tmp_path, messy()), target=("Kauf",)))
    final, prepared = data.final("standard"), data.prepare("standard")
    assert final.encoder.columns == prepared.encoder.columns
    assert final.encoder.scaler != prepared.encoder.scaler
    assert len(final.x) == data.rows["train"] + data.rows["validation"]
    assert final.x_test.shape == (data.rows["test"], data.features)


def visits(folder: Path, rows: int = 240, **more: list[object]) -> Path:
    """A table of visits: a patient makes some of them, and each has its day."""
    rng = np.random.default_rng(3)
    patient = rng.integers(0, 60, rows)
    days = rng.integers(0, 700, rows)
    frame = pl.DataFrame(
        {
            "patient": [f"p{number:03}" for number in patient],
            "day": [str(np.datetime64("2021-01-01") + int(day)) for day in days],
            "pulse": rng.normal(70, 9, rows).round(1),
            "ill": np.where((patient + rng.integers(0, 3, rows)) % 4 == 0, "yes", "no"),
            **more,
        }
    )
    path = folder / "visits.csv"
    frame.write_csv(path)
    return path


def test_rows_of_one_group_stay_on_one_side_and_the_column_is_no_feature(tmp_path: Path) -> None:
    path = visits(tmp_path)
    data = load(DataOptions(path=path, target=("ill",), drop=("day",), group="patient"))
    patients = pl.read_csv(path)["patient"].to_numpy()
    sides = [set(patients[rows]) for rows in vars(data.split).values()]
    assert all(sides)
    assert len(set.union(*sides)) == sum(map(len, sides))
    assert data.features == 1
    assert report(data, "patient") == ("left out", "it says which rows belong together")
    said = "\n".join(data.notes)
    assert "Whole groups, as data.group says: 'patient' makes" in said
    assert "name it in data.features" in said
    listed = load(
        DataOptions(path=path, target=("ill",), features=("pulse", "patient"), group="patient")
    )
    assert listed.features > 1
    assert "name it in data.features" not in "\n".join(listed.notes)


def test_by_time_the_newest_rows_are_tested_on(tmp_path: Path) -> None:
    path = visits(tmp_path)
    data = load(DataOptions(path=path, target=("ill",), drop=("patient",), order="day"))
    days = pl.read_csv(path)["day"].to_numpy()
    parts = data.split
    assert max(days[parts.train]) < min(days[parts.validation])
    assert max(days[parts.validation]) < min(days[parts.test])
    (said,) = [note for note in data.notes if note.startswith("By time")]
    assert f"testing '{min(days[parts.test])}' to '{max(days)}'" in said
    assert report(data, "day") == ("left out", "it says which rows came first")


def test_a_row_without_its_group_or_day_is_left_out_and_said(tmp_path: Path) -> None:
    path = visits(tmp_path)
    lines = path.read_text().splitlines()
    lines[4] = "," + lines[4].partition(",")[2]
    path.write_text("\n".join(lines))
    data = load(DataOptions(path=path, target=("ill",), group="patient"))
    assert sum(data.rows.values()) == 239
    assert (
        "1 row without 'patient', which decides the split: left out (first: row 5)." in data.notes
    )


def test_folds_know_groups_and_order(tmp_path: Path) -> None:
    path = visits(tmp_path)
    grouped = load(DataOptions(path=path, target=("ill",), group="patient")).ties
    assert grouped.groups is not None
    assert len(grouped.groups) == 240
    assert grouped.order is None
    ordered = load(DataOptions(path=path, target=("ill",), order="day")).ties
    assert ordered.order is not None
    assert len(ordered.order) == 240


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"group": "pateint"}, "Did you mean 'patient'"),
        ({"group": "ill"}, "data.target names too"),
        ({"order": "ill"}, "data.target names too"),
        ({"order": "patient"}, "neither dates nor numbers"),
        ({"order": "day", "group": "patient"}, "cannot both"),
    ],
)
def test_a_column_that_cannot_decide_the_split_is_refused(
    tmp_path: Path, options: dict[str, str], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        load(DataOptions(path=visits(tmp_path), target=("ill",), **options))


def test_the_fingerprint_knows_groups_and_order(tmp_path: Path) -> None:
    path = visits(tmp_path)
    prints = {
        load(DataOptions(path=path, target=("ill",), drop=("patient", "day"), **how)).fingerprint
        for how in ({}, {"group": "patient"}, {"order": "day"})
    }
    assert len(prints) == 3


@pytest.mark.parametrize("group", [None, "patient"])
def test_copies_are_counted_after_the_split_however_it_was_made(
    tmp_path: Path, group: str | None
) -> None:
    """Test rows are held against validation rows too: `retrain` learns from both."""
    path = visits(tmp_path)
    lines = path.read_text().splitlines()
    data = load(DataOptions(path=path, target=("ill",), drop=("day",), group=group))
    tested, validated = int(data.split.test[0]), int(data.split.validation[0])
    cells, others = lines[tested + 1].split(","), lines[validated + 1].split(",")
    lines[tested + 1] = ",".join([*cells[:2], "199.5", "yes"])
    lines[validated + 1] = ",".join([*others[:2], "199.5", "yes"])
    path.write_text("\n".join(lines))
    features = ("pulse",)
    again = load(DataOptions(path=path, target=("ill",), features=features, group=group))
    values = pl.read_csv(path).select("pulse", "ill").rows()
    train, valid, test = ([values[row] for row in rows] for rows in vars(again.split).values())
    copies = sum(row in {*train, *valid} for row in test)
    among = f"{copies:,} of {len(test):,} test rows have an exact copy among the training and"
    assert any(note.startswith(among) for note in again.notes) == (copies > 0)
    assert copies > 0
