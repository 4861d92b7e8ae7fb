"""evaluate: scikit-learn's figures for a model's predictions, and looks at test rows counted."""

import csv
import io
import json
import sys
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from sklearn import metrics as oracle

from hpsearch.data.matching import read_like
from hpsearch.errors import DataError, ModelError
from hpsearch.models import calibration, seen
from hpsearch.models.evaluation import Confusion, Evaluation, evaluate
from hpsearch.models.saved import SavedModel
from hpsearch.plain.evaluation import lines
from hpsearch.view.format import cells
from tests.models.conftest import TASKS, write_table


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def _evaluated(houses, task, path):
    model = SavedModel.load(houses / task)
    frame = read_like(model.encoder, path)
    return model, frame, evaluate(model, frame, path.name)


@pytest.mark.parametrize("task", TASKS)
def test_figures_are_those_of_scikit_learn(houses, tmp_path, task):
    new = write_table(tmp_path / "new.csv", 90, seed=9)
    model, frame, found = _evaluated(houses, task, new)
    said = model.predict(frame).table(proba=model.task != "regression")
    true = frame.select(model.encoder.targets)
    figures = dict(found.figures)
    if model.task == "regression":
        y, p = true.cast(pl.Float64).to_numpy(), said.to_numpy()
        wanted = {
            "mae": oracle.mean_absolute_error(y, p),
            "mse": oracle.mean_squared_error(y, p),
            "rmse": oracle.root_mean_squared_error(y, p),
            "r2": oracle.r2_score(y, p),
        }
    else:
        ids = [[w.index(str(c)) for c in true[n]] for n, w in _words(model)]
        y = np.array(ids).T
        p = said.select(pl.col("^proba_.*$")).to_numpy()
        p = (
            p if model.task == "multilabel" else p / p.sum(axis=1, keepdims=True)
        )  # single: 1 ± 1e-7
        wanted = _classes(y if model.task == "multilabel" else y[:, 0], p, model.task)
    assert figures == pytest.approx(
        wanted | {n: figures[n] for n in ("ece",) if n in figures}, 1e-5
    )
    assert found.rows == 90


def _words(model):
    return zip(model.encoder.targets, model.encoder.labels, strict=True)


def _classes(y, p, task):
    said = (p > 0.5).astype(int) if task == "multilabel" else p.argmax(axis=1)
    average = "binary" if task == "binary" else "macro"
    score = p[:, 1] if task == "binary" else p
    several = {"multi_class": "ovr"} if task == "multiclass" else {}
    wanted = {
        name: getattr(oracle, f"{name}_score")(y, said, average=average)
        for name in ("precision", "recall", "f1")
    }
    wanted["roc_auc"] = oracle.roc_auc_score(y, score, average="macro", **several)
    if task == "multilabel":
        each = list(zip(y.T, said.T, p.T, strict=True))
        wanted["subset_accuracy"] = oracle.accuracy_score(y, said)
        wanted["accuracy"] = np.mean([oracle.accuracy_score(t, s) for t, s, _ in each])
        balanced = [oracle.balanced_accuracy_score(t, s) for t, s, _ in each]
        wanted["balanced_accuracy"] = np.mean(balanced)
        wanted["log_loss"] = np.mean([oracle.log_loss(t, q) for t, _, q in each])
        wanted["brier"] = np.mean([oracle.brier_score_loss(t, q) for t, _, q in each])
        return wanted
    wanted["accuracy"] = oracle.accuracy_score(y, said)
    wanted["balanced_accuracy"] = oracle.balanced_accuracy_score(y, said)
    wanted["log_loss"] = oracle.log_loss(y, p)
    brier = np.square(p - np.eye(p.shape[1])[y]).sum(axis=1).mean()
    wanted["brier"] = brier / 2 if task == "binary" else brier
    return wanted


def test_confusions_count_every_row_by_class(houses, tmp_path):
    new = write_table(tmp_path / "new.csv", 90, seed=9)
    model, frame, found = _evaluated(houses, "multiclass", new)
    words = [str(word) for word in model.predict(frame).table()["prediction"]]
    (mine,) = found.confusions
    wanted = oracle.confusion_matrix(frame["grade"].to_list(), words, labels=mine.classes)
    assert np.array(mine.counts).tolist() == wanted.tolist()
    for one, precision, recall, f1, rows in zip(
        mine.by_class(),
        *oracle.precision_recall_fscore_support(frame["grade"].to_list(), words),
        strict=True,
    ):
        assert (one.precision, one.recall, one.f1, one.rows) == pytest.approx(
            (precision, recall, f1, rows)
        )


def test_calibration_is_0_where_shares_are_what_was_said_and_else_how_far_they_are_off():
    p = np.full((100, 1), 0.75)
    y = np.zeros((100, 1))
    y[:75] = 1.0
    assert calibration.ece(p, y) == pytest.approx(0.0)
    assert calibration.ece(p, np.ones((100, 1))) == pytest.approx(0.25)
    assert calibration.ece(p, 1.0 - y) == pytest.approx(0.5)
    (one,) = calibration.bins(p, y)
    assert (one.low, one.high, one.predictions, one.right) == (0.7, 0.8, 100, 0.75)
    ids = np.array([0, 1])
    assert calibration.brier(np.eye(2), ids) == 0.0
    assert calibration.brier(np.eye(2), 1 - ids) == 2.0


def test_rows_without_a_target_are_counted_and_left_out(houses, tmp_path):
    path = write_table(tmp_path / "new.csv", 40, seed=3)
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "gaps.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(
            {**row, "kind": "" if at < 7 else row["kind"]} for at, row in enumerate(rows)
        )
    _, _, found = _evaluated(houses, "binary", tmp_path / "gaps.csv")
    assert (found.rows, found.without_target) == (33, 7)
    assert "33 rows; 7 without a target left out" in next(lines(found))


@pytest.mark.parametrize(
    ("task", "change", "said"),
    [
        ("binary", lambda row: row.pop("kind"), "no column 'kind', the target"),
        ("binary", lambda row: row.update(kind=None), "'kind' is empty in every row"),
        ("binary", lambda row: row.update(kind="Vielleicht"), "'Vielleicht' is no class"),
        ("multiclass", lambda row: row.update(grade="15"), "'15' is no class"),
        ("regression", lambda row: row.update(price="dear"), "'dear'"),
    ],
)
def test_what_cannot_be_compared_is_named(houses, tmp_path, task, change, said):
    model = SavedModel.load(houses / task)
    rows = read_like(model.encoder, write_table(tmp_path / "new.csv", 5)).to_dicts()
    for row in rows:
        change(row)
    with pytest.raises(DataError, match=said):
        evaluate(model, pl.DataFrame(rows), "new.csv")


@pytest.mark.parametrize(("ending", "first"), [("csv", 2), ("jsonl", 1), ("parquet", 1)])
@pytest.mark.parametrize("column", ["kind", "area"])
def test_a_cell_is_named_by_the_row_of_its_file(houses, tmp_path, ending, first, column):
    model = SavedModel.load(houses / "binary")
    write_table(tmp_path / "t.csv", 20)
    frame = pl.read_csv(tmp_path / "t.csv", infer_schema=False).with_row_index("at")
    for name, row, cell in (("kind", 3, None), (column, 7, "odd")):
        here = pl.when(pl.col("at") == row).then(pl.lit(cell)).otherwise(name).alias(name)
        frame = frame.with_columns(here)
    path = tmp_path / f"t.{ending}"
    write = {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}
    write[ending](path)
    with pytest.raises(DataError, match=rf"row {7 + first}, column '{column}': 'odd'"):
        evaluate(model, read_like(model.encoder, path), path.name)


def test_classes_that_are_numbers_are_compared_as_numbers(houses, tmp_path):
    model = SavedModel.load(houses / "multiclass")
    frame = read_like(model.encoder, write_table(tmp_path / "new.csv", 30))
    floats = frame.with_columns(pl.col("grade").cast(pl.Float64))
    assert evaluate(model, floats).figures == evaluate(model, frame).figures


def test_looks_at_the_test_rows_are_counted_and_rows_learnt_from_are_told(houses, typed, tmp_path):
    model = SavedModel.load(houses / "binary")
    assert model.seen.test_read == 1
    model.save(tmp_path / "model")
    code, out, err = typed("evaluate", "model", houses / "houses.csv", "--format", "json")
    assert code == 0, err
    told = json.loads(out)
    assert told["share_of_test_rows"] == 1.0
    assert "100% of the rows that the model learnt from" in told["notes"][-1]
    assert "read 2 times" in err
    again = SavedModel.load(tmp_path / "model")
    assert again.seen.test_read == 2
    assert again.seen.marks == model.seen.marks
    write_table(tmp_path / "new.csv", 150, seed=77)
    code, out, err = typed("evaluate", "model", "new.csv")
    assert (code, "learnt from" in err) == (0, False)
    assert SavedModel.load(tmp_path / "model").seen.test_read == 2


def test_a_look_that_cannot_be_noted_is_told_and_the_figures_come_all_the_same(
    houses, typed, tmp_path, monkeypatch
):
    def refuse(*_):
        raise ModelError("model.json cannot be written: no.")

    SavedModel.load(houses / "binary").save(tmp_path / "model")
    monkeypatch.setattr(SavedModel, "count_look", refuse)
    code, out, err = typed("evaluate", "model", houses / "houses.csv")
    assert code == 0
    assert "accuracy" in out
    assert "is not counted: model.json cannot be written" in err


def test_marks_tell_rows_apart_and_shares_are_about_right():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(5000, 3)).astype(np.float32), rng.integers(0, 2, 5000)
    found = seen.marks(x, y)
    assert len(np.unique(found)) == 5000
    assert len(np.unique(seen.marks(x, 1 - y)[:, None] == found)) == 1
    whole = seen.Seen({"test": seen.smallest(found)}, 1)
    assert whole.share("test", found) == 1.0
    assert whole.share("test", found[:2500]) == pytest.approx(0.5, abs=0.25)
    assert whole.share("train", found) == 0.0
    assert (seen.marks(np.zeros((1, 3), np.float32), y[:1]) == seen.marks(-x[:1] * 0, y[:1])).all()
    assert seen.Seen.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_rows_come_through_a_pipe_too(houses, typed, tmp_path, monkeypatch):
    new = write_table(tmp_path / "new.csv", 60, seed=9)
    code, wanted, _ = typed("evaluate", houses / "binary", "new.csv", "--format", "json")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(new.read_bytes())))
    again = typed("evaluate", houses / "binary", "-", "--format", "json")
    assert (code, again[0]) == (0, 0)
    assert {**json.loads(again[1]), "data": "new.csv"} == json.loads(wanted)
    one = "".join(new.read_text().splitlines(keepends=True)[:2])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(one.encode())))
    assert typed("evaluate", houses / "binary", "-")[1].splitlines()[0].endswith("stdin.csv: 1 row")


@pytest.mark.parametrize("task", TASKS)
def test_the_text_keeps_to_80_columns_and_names_every_figure(houses, typed, tmp_path, task):
    write_table(tmp_path / "new.csv", 60, seed=9)
    code, out, _ = typed("evaluate", houses / task, "new.csv")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    for name in _evaluated(houses, task, tmp_path / "new.csv")[2].figures:
        assert f"  {name} " in out


def test_many_classes_are_told_by_their_confusions():
    counts = np.full((40, 40), 0)
    np.fill_diagonal(counts, 9)
    counts[3, 5], counts[7, 1] = 4, 2
    names = tuple(f"class {at}" for at in range(40))
    confusion = Confusion("kind", names, tuple(map(tuple, counts.tolist())))
    figures = {"accuracy": 0.98, "precision": 0.9, "recall": 0.9, "f1": None}
    found = Evaluation("m", "d", "multiclass", 366, 0, figures, {}, (confusion,), (), (), 0.0)
    text = list(lines(found))
    assert max(map(len, text)) <= 80
    slip = next(line for line in text if "class 3 " in line)
    assert slip.split()[-3:] == ["class", "5", "4"]
    assert "  … 10 better ones, in --format json" in text
    assert not any(one == two == "" for one, two in pairwise(text))


def test_names_of_wide_signs_stand_in_line():
    confusion = Confusion("kind", ("犬", "cat"), ((8, 1), (2, 9)))
    figures = {"accuracy": 0.85, "precision": 0.9, "recall": 0.9, "f1": None}
    found = Evaluation("m", "d", "binary", 20, 0, figures, {}, (confusion,), (), (), 0.0)
    rows = [line for line in lines(found) if line.endswith(("1", "9"))]
    assert len({cells(line) for line in rows}) == 1
