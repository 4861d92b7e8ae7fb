"""A trainer's side of a trial, with a made-up engine at the other end of the line."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load

from hpsearch.engine import working
from hpsearch.engine.calling import Address
from hpsearch.engine.conversation import Conversation, Job
from hpsearch.engine.frames import Frame, WireError
from hpsearch.study.recipe import Shape, cook
from nncore import generators, train_member
from nncore import train as nncore_train
from nncore.dataset import Dataset

CONFIG = {
    "network.layer_dims": (8,),
    "network.activation": "relu",
    "network.initializer": "he_normal",
    "training.learning_rate": 1.0,
    "training.epochs": 40,
    "training.mini_batch_size": 16,
    "training.optimizer": "gd",
}


class FakeLine:
    """Hears everything; says stop after a given epoch."""

    def __init__(self, stop_after=None):
        self.stop_after, self.bodies = stop_after, []

    def send(self, head, body=b""):
        self.bodies.append((head, body))

    @property
    def heads(self):
        return [head for head, _ in self.bodies]

    def readable(self, seconds=0.0):
        return False

    def receive(self):
        last = self.epochs[-1]["number"]
        verdict = "stop" if last == self.stop_after else "go on"
        return Frame({"kind": "verdict", "number": 0, "verdict": verdict})

    @property
    def epochs(self):
        return [
            epoch for head in self.heads if head["kind"] == "epochs" for epoch in head["epochs"]
        ]


@pytest.fixture
def dataset():
    x, y = generators["spiral"](0, 90)
    return Dataset(x[::2], y[::2], x[1::2], y[1::2])


@pytest.fixture
def folds(dataset):
    return [
        Dataset(np.roll(dataset.x, 9 * k, axis=0)[:30], np.roll(dataset.y, 9 * k)[:30], *judging)
        for k in range(3)
        for judging in [(dataset.x_valid, dataset.y_valid)]
    ]


def train(data, stop_after=None, checkpoint=b"", config=CONFIG, **judged):
    rungs = frozenset(range(1, 41))
    shape = Shape(data[0].x.shape[1], int(data[0].y.max()) + 1, "multiclass")
    job = Job(0, 7, config, "f", "d", shape, "val_cost", "minimize", (), 3, rungs, 0.0, **judged)
    line = FakeLine(stop_after)
    head, body = Conversation(line, job).train(data, checkpoint)
    figures = [(epoch["number"], epoch["figures"]) for epoch in line.epochs]
    return head, body, figures


@pytest.mark.parametrize("judged", [{}, {"folds": 3}, {"repeats": 2}])
def test_a_trial_stopped_at_any_epoch_ends_as_if_it_had_not_been(dataset, folds, judged):
    data = folds if "folds" in judged else [dataset]
    whole, _, figures = train(data, **judged)
    assert "stopped early" in whole["reason"]
    for cut in range(1, len(figures) + 1):
        head, checkpoint, first = train(data, stop_after=cut, **judged)
        if head["kind"] == "stopped":
            head, _, rest = train(data, checkpoint=checkpoint, **judged)
        else:
            rest = []
        assert first + rest == figures
        assert (head["state"], head["reason"]) == (whole["state"], whole["reason"])


def test_the_engine_hears_the_mean_over_folds_and_its_standard_error(folds):
    _, _, figures = train(folds, folds=3)
    recipe = cook(CONFIG, Shape(2, 3, "multiclass"))
    alone = [[epoch.figures for epoch in train_member(recipe, folds, 7, k)] for k in range(3)]
    for (number, told), *each in zip(figures, *alone, strict=False):
        costs = [figures["val_cost"] for figures in each]
        assert told["val_cost"] == pytest.approx(np.mean(costs), rel=1e-6)
        assert told["standard_error"] == pytest.approx(np.std(costs, ddof=1) / 3**0.5, rel=1e-4)
        assert number < 41


@pytest.mark.parametrize(
    ("judged", "said"), [({"folds": 3}, "In fold 2 of 3: The cost was"), ({}, "The cost was")]
)
def test_a_fold_that_diverges_ends_the_trial_and_is_named(dataset, folds, judged, said):
    wild = Dataset(folds[1].x * np.float32(1e18), folds[1].y, dataset.x_valid, dataset.y_valid)
    data = [folds[0], wild, folds[2]] if judged else [wild]
    head, _, _ = train(data, **judged)
    assert (head["kind"], head["state"]) == ("finished", "diverged")
    assert head["reason"].startswith(said)


@pytest.mark.parametrize(
    ("said", "optimizer", "rate", "scale"),
    [("nan", "gd", 1.0, 1e18), ("nan", "gd", 1e36, 1.0), ("inf", "adam", 1e20, 1e37)],
)
def test_a_cost_that_overflows_is_nan_or_infinite_and_either_diverges(
    dataset, said, optimizer, rate, scale
):
    config = {**CONFIG, "training.optimizer": optimizer, "training.learning_rate": rate}
    large = replace(dataset, x=dataset.x * np.float32(scale))
    head, body, _ = train([large], config=config)
    assert (head["state"], body) == ("diverged", b"")
    assert head["reason"].startswith(f"The cost was {said} after epoch 1 (learning_rate {rate:g})")


def test_a_trial_that_is_ended_is_complete_as_it_is(dataset, monkeypatch):
    monkeypatch.setattr(
        FakeLine, "receive", lambda self: Frame({"kind": "verdict", "number": 0, "verdict": "end"})
    )
    head, _, figures = train([dataset])
    assert (head["state"], len(figures)) == ("complete", 1)


@pytest.mark.parametrize("judged", [{}, {"folds": 3}])
def test_a_complete_trial_brings_the_weights_of_its_best_epoch(dataset, folds, judged):
    data = folds if judged else [dataset]
    head, body, figures = train(data, **judged)
    assert head["state"] == "complete"
    number = min(figures, key=lambda told: told[1]["val_cost"])[0]
    job_config = {**CONFIG, "training.epochs": number}
    recipe = cook(job_config, Shape(2, 3, "multiclass"))
    again = nncore_train(recipe, data if judged else data[0], 7)
    for _ in again:
        pass
    for name, array in load(body).items():
        assert np.array_equal(array, again.network.weights[name])


def test_checkpoints_on_the_way_lead_to_the_same_end(dataset):
    whole, weights, figures = train([dataset])
    line = FakeLine()
    rungs = frozenset(range(1, 41))
    shape = Shape(2, 3, "multiclass")
    job = Job(0, 7, CONFIG, "f", "d", shape, "val_cost", "minimize", (), 3, rungs, 0.0, every=0.0)
    Conversation(line, job).train([dataset], b"")
    saved = [body for head, body in line.bodies if head["kind"] == "checkpoint"]
    assert len(saved) == len(figures) - 1  # none after the last
    for number, checkpoint in enumerate(saved, start=1):
        head, body, rest = train([dataset], checkpoint=checkpoint)
        assert [*figures[:number], *rest] == figures
        assert (head["reason"], body) == (whole["reason"], weights)


def test_a_trainer_whose_owner_is_gone_ends_before_it_loads_anything():
    words = [sys.executable, "-P", "-X", "importtime", "-m", "hpsearch.engine.trainer"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0
    assert "hpsearch.system" in done.stderr
    assert "numpy" not in done.stderr


@pytest.mark.parametrize(
    "error", [WireError("no handshake"), TimeoutError(), ConnectionResetError()]
)
@pytest.mark.parametrize(("busy", "calls"), [(60.0, 3), (-1.0, 1)])
def test_an_engine_too_busy_to_shake_hands_is_called_again_for_a_while(
    monkeypatch, busy, calls, error
):
    called = []

    def call(engine):
        called.append(engine)
        if len(called) < 3:
            raise error

    monkeypatch.setattr(working, "Line", call)
    monkeypatch.setattr(working, "PATIENCE", 0.0)
    monkeypatch.setattr(working, "BUSY", busy)
    with suppress(type(error)):
        working._called(Address("127.0.0.1", 1, b""))
    assert len(called) == calls
