"""What is predicted: its task, its classes and which one is looked for, its units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.data import load
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions
from tests.data.tables import numbers, report, table


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


def test_words_that_differ_in_case_only_are_said_of_a_category(tmp_path: Path) -> None:
    cells = ["ja", "nein", "Ja", "Jan"] * 15
    notes = load(DataOptions(path=numbers(tmp_path, c=cells), target=("label",))).notes
    assert [note for note in notes if "kept apart" in note] == [
        "Column 'c': words that differ in case only are kept apart: 'Ja', 'ja'; write them alike in"
        " the file if they are one."
    ]


def test_words_are_no_quantity_and_classes_are_offered_instead(tmp_path: Path) -> None:
    path = numbers(tmp_path, slips=["1.5"] * 58 + ["low", "high"])
    with pytest.raises(DataError, match=r"holds words: 'no', 'yes'.*leave data.task out"):
        load(DataOptions(path=path, target=("label",), task="regression"))
    with pytest.raises(DataError, match="row 60, column 'slips': 'low' and 1 more such"):
        load(DataOptions(path=path, target=("slips",), task="regression"))


def test_numbers_that_differ_in_no_digit_that_counts_are_left_out(tmp_path: Path) -> None:
    cells = [str(2**60 + 1000 * (at * 7 % 60)) for at in range(60)]
    data = load(DataOptions(path=numbers(tmp_path, c=cells), target=("label",)))
    kind, why = report(data, "c")
    assert (kind, why[:28]) == ("left out", "numbers such as 1.15292e+18 ")


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
