"""What is kept of trials: checkpoints on the way, weights of the best."""

from __future__ import annotations

import math

import numpy as np
import pytest
from safetensors.numpy import load

from hpsearch.engine.keeping import BestWeights
from hpsearch.store.past import Past
from hpsearch.study.events import Trial
from tests.chaos.processes import kill, trainers_of
from tests.chaos.recompute import Recomputer
from tests.conftest import PATIENCE, wait_for


def on_disk(folder):
    return sorted(int(path.stem.partition("-")[2]) for path in folder.glob("*.safetensors"))


@pytest.mark.parametrize(("direction", "best"), [("minimize", [1, 4]), ("maximize", [0, 2])])
def test_the_weights_of_the_best_are_kept(tmp_path, direction, best):
    kept = BestWeights(tmp_path, 2, direction, [])
    for number, value in enumerate([5.0, 1.0, 9.0, 4.0, 2.0, math.e]):
        kept.offer(number, value, b"weights")
    assert on_disk(tmp_path) == best


@pytest.mark.parametrize(("most", "left"), [(None, [0, 1, 2]), (0, []), (1, [1])])
def test_all_or_none_may_be_kept_and_a_later_run_may_ask_for_fewer(tmp_path, most, left):
    values = [3.0, 1.0, 2.0]
    kept = BestWeights(tmp_path, most, "minimize", [])
    for number, value in enumerate(values):
        kept.offer(number, value, b"weights")
    assert on_disk(tmp_path) == left
    history = [
        Past(Trial(n, {}, 0), "complete", {}, value, {}, 1, 0, 0.0, n)
        for n, value in enumerate(values)
    ]
    BestWeights(tmp_path, 1, "minimize", history)
    assert on_disk(tmp_path) == ([] if most == 0 else [1])


def test_weights_of_a_trial_that_was_cut_off_at_its_end_are_swept(tmp_path):
    BestWeights(tmp_path, 5, "minimize", []).offer(3, 1.0, b"weights")
    BestWeights(tmp_path, 5, "minimize", [])
    assert on_disk(tmp_path) == []


def test_kept_weights_are_those_of_the_value_on_the_leaderboard(place):
    place.write(trials=5, epochs=8)
    text = place.study.read_text()
    place.study.write_text(text.replace("trials = 5", 'trials = 5\nkeep = "best:2"'))
    assert place.command("run", "small.toml").returncode == 0
    complete = sorted(
        (trial for trial in place.trials() if trial.state == "complete"),
        key=lambda trial: trial.value,
    )
    assert on_disk(place.folder.models) == sorted(trial.number for trial in complete[:2])
    best = complete[0]
    again = Recomputer(place.folder).weights(best)
    kept = load((place.folder.models / f"trial-{best.number:05d}.safetensors").read_bytes())
    assert kept.keys() == again.keys()
    assert all(np.array_equal(kept[name], again[name]) for name in kept)


def test_a_trial_whose_trainer_is_killed_goes_on_from_its_last_checkpoint(place):
    place.epoch_seconds = 0.1  # a checkpoint comes after five seconds, the end after a minute
    place.write(trials=1, workers=1, epochs=600)
    command = place.start("run", "small.toml")
    engine = place.engine()
    wait_for(lambda: on_disk(place.folder.checkpoints) == [0])
    (reached,) = [trial.epochs for trial in place.trials()]
    kill(trainers_of(engine)[0])
    wait_for(lambda: [trial.attempt for trial in place.trials()] == [2])
    (went_on,) = [trial.epochs for trial in place.trials()]
    assert went_on > reached / 2  # not from the start
    place.hurry()
    command.communicate(timeout=PATIENCE)
    (trial,) = place.trials()
    assert trial.state == "complete"
    assert Recomputer(place.folder).value(trial) == (trial.value, trial.best_epoch, trial.epochs)
    assert on_disk(place.folder.checkpoints) == []
