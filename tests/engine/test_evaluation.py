"""Trials judged in folds and by repeats: the whole way, with everything real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.data import load
from hpsearch.engine import arrays
from hpsearch.engine.conversation import Job
from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.study import studyfile
from hpsearch.study.scores import scored
from hpsearch.study.studyfile import differences
from nncore import Dataset
from tests.chaos.processes import engine_of, kill, trainers_of
from tests.chaos.recompute import Recomputer
from tests.conftest import PATIENCE, wait_for

EPOCHS = 100


def story(place, name):
    """All that a study found, but for how long it took."""
    with Reader(RunFolder(place.path / "runs" / name)) as reader:
        trials = sorted(reader.leaderboard("minimize"), key=lambda trial: trial.number)
        return [
            (t.state, t.params, t.value, t.best_epoch, t.epochs, dict(t.figures)) for t in trials
        ]


def recomputed(place):
    """The values that numbers, parameters and seeds give by themselves."""
    again = Recomputer(place.folder)
    return [again.value(trial) for trial in place.trials()]


def test_folds_go_all_the_way(place):
    place.write(trials=2, workers=1, epochs=EPOCHS, judged="folds = 3")
    assert place.command("run", "small.toml").returncode == 0
    whole = story(place, "small")
    assert [trial[2:5] for trial in whole] == recomputed(place)
    assert all(trial[-1]["standard_error"] > 0 for trial in whole)
    interrupted_it_finds_the_same(place, whole)

    best = min(trial[2] for trial in whole)
    assert place.command("export", "small", "-o", "best.toml").returncode == 0
    place.command("run", "best.toml", "--name", "once")
    (once,) = story(place, "once")
    assert once[2] == best
    retrained = place.command("retrain", "best.toml", "-o", "model", "--no-baselines")
    assert f"{once[4]} epochs on 120 rows, tested on 30" in retrained.stdout


def interrupted_it_finds_the_same(place, whole):
    """Run once more under another name; stop it, go on, and kill its trainer."""
    again = RunFolder(place.path / "runs" / "again")

    def epochs():
        try:
            with Reader(again) as reader:
                return sum(trial.epochs for trial in reader.leaderboard("minimize"))
        except RunError:  # the store is only just being made
            return 0

    place.epoch_seconds = 0.2  # a trial is not over before it is interrupted
    command = place.start("run", "small.toml", "--name", "again")
    wait_for(epochs)
    assert place.command("stop", "again").returncode == 0
    command.communicate(timeout=PATIENCE)
    before = epochs()
    command = place.start("run", "small.toml", "--name", "again")
    wait_for(lambda: epochs() > before)
    engine = engine_of(again)
    for pid in trainers_of(engine) if engine else []:
        kill(pid)
    place.hurry()
    command.communicate(timeout=PATIENCE)
    assert story(place, "again") == whole


def test_repeats_give_what_their_seeds_give_by_a_metric_that_is_better_high(place):
    place.write(trials=3, workers=2, judged="repeats = 3")
    text = place.study.read_text().replace("[data]", 'metric = "val_f1"\n\n[data]')
    place.study.write_text(text)
    assert place.command("run", "small.toml").returncode == 0
    best = place.status()["best"]
    assert best["value"] == max(trial.value for trial in place.trials() if trial.value)
    found = story(place, "small")
    assert [trial[2:5] for trial in found] == recomputed(place)
    assert all(trial[-1]["standard_error"] > 0 for trial in found)


def test_what_auto_chose_is_meant_and_may_be_written_out():
    def meaning(judged):
        study = studyfile.parse(f'[data]\nsource = "sklearn:iris"\n{judged}\n', Path("study.toml"))
        meant = {**study.meaning(), **load(study.data).meaning()}
        return {key: value for key, value in meant.items() if value is not None}

    auto = meaning("")
    assert auto == meaning("folds = 5")
    changes = differences(auto, meaning("folds = 4"))
    assert changes[0] == "data.folds: 5 → 4"
    changes = differences(auto, meaning("repeats = 3"))
    assert {"data.folds: 5 → not set", "data.repeats: not set → 3"} < set(changes)
    assert "data.validation: not set → 0.2" in changes


# The arrays --------------------------------------------------------------------------------


def folds(sliced=False):
    rng = np.random.default_rng(0)
    whole = rng.normal(size=(60, 3)).astype(np.float32)
    made = []
    for k in range(3):
        train, valid = slice(10 * k, 10 * k + 20), slice(10 * k + 20, 10 * k + 30)
        x, x_valid = (
            (whole[train], whole[valid]) if sliced else (whole[train] + k, whole[valid] - k)
        )
        y = rng.normal(size=(30, 1)).astype(np.float32)
        made.append(Dataset(x, y[:20], x_valid, y[20:], np.array([k + 1.0])))
    return made


@pytest.mark.parametrize("sliced", [False, True])
def test_the_arrays_of_folds_come_back_as_they_were(tmp_path, sliced):
    place = arrays.write(tmp_path, "f", lambda: folds(sliced))
    assert (place / "rows.npy").exists() == sliced
    assert arrays.write(tmp_path, "f", lambda: folds(sliced)) == place
    for mine, found in zip(folds(sliced), arrays.read(place, 3), strict=True):
        for name in ("x", "y", "x_valid", "y_valid", "y_scale"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(found, name))


@pytest.mark.parametrize("broken", ["x-1.npy", "y_valid-2.npy", "y_scale-1.npy"])
def test_arrays_of_folds_that_are_damaged_are_written_again(tmp_path, broken):
    place = arrays.write(tmp_path, "f", folds)
    (place / broken).unlink()
    arrays.write(tmp_path, "f", folds)
    assert (place / broken).exists()
    (place / broken).write_bytes(b"\x93NUMPY junk")
    arrays.write(tmp_path, "f", folds)
    arrays.read(place, 3)


# Scores ------------------------------------------------------------------------------------


def test_a_score_is_the_mean_and_its_standard_error():
    figures = {"val_cost": np.array([1.0, 3.0]), "train_cost": np.array([0.5, np.inf])}
    assert scored(figures, "val_cost") == {"val_cost": 2.0, "standard_error": 1.0}
    assert scored({"val_cost": 0.25}, "val_cost") == {"val_cost": 0.25}
    assert set(scored(figures, "val_f1")) == {"val_cost"}


def test_members_have_generators_of_their_own(dataset, job):
    alone = [list(job(repeats=0, number=0).training([dataset]))]
    several = list(job(repeats=3).training([dataset]))
    for one, epoch in zip(alone[0], several, strict=True):
        assert epoch.figures["val_cost"][0] == one.figures["val_cost"]
        assert len(set(epoch.figures["val_cost"])) == 3


@pytest.fixture
def dataset():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 4)).astype(np.float32)
    return Dataset(x[:40], x[:40, :1], x[40:], x[40:, :1])


@pytest.fixture
def job():
    def made(**changes):
        config = {
            "network.layer_dims": [8],
            "network.activation": "relu",
            "network.initializer": "he_normal",
            "training.learning_rate": 0.01,
            "training.epochs": 3,
            "training.mini_batch_size": 16,
        }
        fields = {
            "number": 0,
            "seed": 7,
            "config": config,
            "fingerprint": "f",
            "folder": "d",
            "shape": {"features": 4, "outputs": 1, "task": "regression"},
            "metric": "val_cost",
            "direction": "minimize",
            "metrics": [],
            "patience": 0,
            "rungs": [],
            "seconds": 0.0,
            "every": 5.0,
            "keep": False,
            "folds": 0,
            "repeats": 0,
        }
        return Job.from_json({**fields, **changes})

    return made
