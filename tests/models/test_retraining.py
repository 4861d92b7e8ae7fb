"""From a study file without ranges to a model, and from the model to its own test metrics."""

import json
import math

import numpy as np
import polars as pl
import pytest

from hpsearch import data as tables
from hpsearch.data.matching import read_like
from hpsearch.errors import RunError, StudyFileError, UsageError
from hpsearch.models.retraining import FIGURES, measured, prepare
from hpsearch.models.saved import SavedModel
from hpsearch.study import studyfile
from nncore import losses, metrics
from tests.models.conftest import TARGETS, TASKS, write_study, write_table


def _test_rows(houses, task):
    """The rows of the table that were held out, as read for predicting."""
    study = studyfile.read(houses / f"{task.replace(' ', '-')}.toml")
    data = tables.load(study.data)
    model = SavedModel.load(houses / task)
    frame = read_like(model.encoder, houses / "houses.csv")
    return frame[data.split.test], data


@pytest.mark.parametrize("task", TASKS)
def test_predictions_on_the_table_agree_with_the_test_metrics(houses, task):
    frame, data = _test_rows(houses, task)
    model = SavedModel.load(houses / task)
    assert model.rows == {
        "train": data.rows["train"] + data.rows["validation"],
        "test": data.rows["test"],
    }
    told = model.metrics["test"]
    assert tuple(told) == FIGURES[model.task]
    predicted = model.predict(frame).table()
    names = (
        ["prediction"] if len(TARGETS[task]) == 1 else [f"prediction_{n}" for n in TARGETS[task]]
    )
    assert predicted.columns == names
    if model.task == "regression":
        true = np.stack([frame[name].cast(pl.Float64).to_numpy() for name in TARGETS[task]], axis=1)
        off = predicted.to_numpy() - true
        assert told["rmse"] == pytest.approx(float(np.sqrt((off**2).mean(axis=0)).mean()), rel=1e-5)
        assert told["mae"] == pytest.approx(float(np.abs(off).mean()), rel=1e-5)
        spread = ((true - true.mean(axis=0)) ** 2).sum(axis=0)
        assert told["r2"] == pytest.approx(float((1 - (off**2).sum(axis=0) / spread).mean()))
        assert told["r2"] > 0.8
    else:
        right = [
            (predicted[said].cast(pl.String) == frame[name].cast(pl.String)).mean()
            for said, name in zip(names, TARGETS[task], strict=True)
        ]
        assert told["accuracy"] == pytest.approx(float(np.mean(right)))
        whole = pl.all_horizontal(
            predicted[said].cast(pl.String) == frame[name].cast(pl.String)
            for said, name in zip(names, TARGETS[task], strict=True)
        )
        if model.task == "multilabel":
            subset = float(pl.select(whole).to_series().mean())
            assert told["subset_accuracy"] == pytest.approx(subset)
        assert told["accuracy"] > 0.8


@pytest.mark.parametrize("task", TASKS)
def test_two_retrains_give_the_same_bits(houses, task, tmp_path):
    study = studyfile.read(houses / f"{task.replace(' ', '-')}.toml")
    prepare(study).run().save(tmp_path / "again")
    for file in ("model.json", "model.safetensors"):
        assert (tmp_path / "again" / file).read_bytes() == (houses / task / file).read_bytes()


def test_a_saved_model_is_saved_again_as_it_was(houses, tmp_path):
    for task in TASKS:
        SavedModel.load(houses / task).save(tmp_path / task)
        for file in ("model.json", "model.safetensors"):
            assert (tmp_path / task / file).read_bytes() == (houses / task / file).read_bytes()


def test_every_epoch_is_heard_of_and_there_are_as_many_as_the_file_says(houses):
    retraining = prepare(studyfile.read(houses / "binary.toml"))
    heard = []
    retraining.run(heard.append)
    assert [epoch.number for epoch in heard] == list(range(1, 13))
    assert retraining.epochs == 12


def test_nothing_is_said_of_how_trials_are_judged(houses):
    said = []
    prepare(studyfile.read(houses / "regression.toml"), said.append)
    (rows,) = [note for note in said if note.startswith("Rows: ")]
    assert "for training" in rows
    assert "validation" not in rows
    assert not any("rial" in note or "fold" in note for note in said), said


def test_the_planned_epochs_shape_the_learning_rate(tmp_path):
    write_table(tmp_path / "houses.csv", 60)
    study = write_study(tmp_path, "binary", 'decay = "cosine"\nschedule_epochs = 24\n')
    rates = []
    prepare(studyfile.read(study)).run(lambda epoch: rates.append(epoch.learning_rate))
    assert len(rates) == 12
    assert rates[-1] > 0.009  # about half of the way down, not at the end of it


def test_ranges_are_refused_with_the_commands_that_lead_here(tmp_path):
    path = tmp_path / "wide.toml"
    path.write_text('[data]\nsource = "sklearn:iris"\n')
    with pytest.raises(UsageError) as refused:
        prepare(studyfile.read(path))
    assert "has ranges (training.optimizer" in str(refused.value)
    assert "hpsearch export wide -o best.toml" in str(refused.value)


def test_other_data_than_the_trial_saw_is_refused_with_the_difference(tmp_path):
    table = write_table(tmp_path / "houses.csv", 80)
    plain = studyfile.read(write_study(tmp_path, "binary"))
    seen = tables.load(plain.data).fingerprint
    text = plain.text.replace("[data]", f'[data]\nfingerprint = "{seen}"')
    exported = tmp_path / "best.toml"
    exported.write_text(text)
    prepare(studyfile.read(exported))
    for change in ("split_seed = 3", "test = 0.3"):
        exported.write_text(text.replace("[data]", f"[data]\n{change}"))
        with pytest.raises(StudyFileError, match="test rows would differ"):
            prepare(studyfile.read(exported))
    exported.write_text(text)
    with table.open("a", encoding="utf-8") as file:
        file.write("Ulm,50.0,2,Nein,10,off,1,50000,7.1\n")
    with pytest.raises(StudyFileError) as refused:
        prepare(studyfile.read(exported))
    assert f'data.fingerprint: "{seen}" → ' in str(refused.value)
    assert "take data.fingerprint out of the file, if" in str(refused.value)
    trial = studyfile.parse(text, tmp_path / "houses-trial-2.toml")  # as `retrain houses` has it
    with pytest.raises(StudyFileError, match="out of the file that `hpsearch export` writes of it"):
        prepare(trial)


def test_early_stopping_has_nothing_to_judge_by_and_that_is_said(tmp_path):
    write_table(tmp_path / "houses.csv", 60)
    study = write_study(tmp_path, "binary")
    study.write_text(study.read_text().replace("early_stopping = 0", "early_stopping = 3"))
    retraining = prepare(studyfile.read(study))
    assert "all 12 epochs are trained" in retraining.notes[0]


def test_a_training_that_diverges_is_a_sentence(tmp_path):
    path = tmp_path / "wild.toml"
    path.write_text(
        '[data]\nsource = "sklearn:diabetes"\n[network]\nlayer_dims = [8]\n'
        '[training]\noptimizer = "gd"\nlearning_rate = 1e5\n'
    )
    with pytest.raises(RunError, match=r"training diverged.*lower learning_rate") as refused:
        prepare(studyfile.read(path)).run()
    assert refused.value.code == 1


def test_figures_without_a_value_are_null_and_never_nan(houses):
    model, loss = SavedModel.load(houses / "binary"), losses["binary_cross_entropy"]()
    x, y = np.ones((3, model.encoder.width), np.float32), np.zeros((3, 1), np.float32)
    one_class = measured(model, loss, x, y, None)
    assert one_class["roc_auc"] is None  # one class alone has no order
    nothing = measured(model, loss, x[:0], y[:0], None)
    assert set(nothing.values()) == {None}
    for figures in (one_class, nothing):
        json.dumps(figures, allow_nan=False)
        assert all(value is None or math.isfinite(value) for value in figures.values())


def test_every_figure_that_is_told_is_a_known_metric():
    for names in FIGURES.values():
        assert set(names) - {"cost"} <= set(metrics)


def test_a_balanced_model_calls_a_rare_class_more_often(tmp_path):
    rng = np.random.default_rng(0)
    rare = rng.random(400) < 0.15
    x = rng.normal(size=400) + 0.7 * rare
    table = pl.DataFrame({"x": x, "rare": np.where(rare, "yes", "no")})
    table.write_csv(tmp_path / "t.csv")
    called = {}
    for weight in ("none", "balanced"):
        study = tmp_path / f"{weight}.toml"
        study.write_text(
            f'[data]\npath = "t.csv"\ntarget = "rare"\nclass_weight = "{weight}"\n'
            "[network]\nlayer_dims = [4]\n[training]\nepochs = 20\nlearning_rate = 0.02\n"
            "early_stopping = 0\n"
        )
        model = prepare(studyfile.read(study)).run()
        said = model.predict(table.with_columns(pl.col("x").cast(pl.String))).table()
        called[weight] = (said["prediction"] == "yes").mean()
    assert called["none"] < 0.1 < 0.2 < called["balanced"]
