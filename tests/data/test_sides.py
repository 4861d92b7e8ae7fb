"""Which rows train, judge and test: copies, groups, order, parts left out, the fingerprint."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from hpsearch.data import load
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions
from tests.data.tables import messy, numbers, report, table, visits


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
    retrained = load(DataOptions(path=path, target=("ill",), order="day"), judged=False)
    (said,) = [note for note in retrained.notes if note.startswith("By time")]
    assert f"training '{min(days)}' to '{max(days[parts.validation])}', testing" in said


def test_a_column_that_decides_the_split_is_offered_only_where_it_can_be_learnt_from(
    tmp_path: Path,
) -> None:
    rows = [f"2024-{1 + at % 12:02}-{1 + at % 28:02},{at},{at % 9},{at % 7}" for at in range(80)]
    path = table(tmp_path, "\n".join(["when,serial,a,y", *rows]))
    for order, way in (
        ("when", "add one of numbers made of it, as the month is."),
        ("serial", "name it in data.features."),
    ):
        notes = load(DataOptions(path=path, target=("y",), order=order)).notes
        assert any(f"'{order}' is left out: " in note and note.endswith(way) for note in notes)


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
