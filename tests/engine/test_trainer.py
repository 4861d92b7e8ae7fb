"""A trainer's side of a trial, with a made-up engine at the other end of the line."""

import pytest

from hpsearch.engine.conversation import Conversation, Job
from hpsearch.engine.wire import Frame
from hpsearch.study.recipe import Shape
from nncore import generators
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
        self.stop_after, self.heads = stop_after, []

    def send(self, head, body=b""):
        self.heads.append(head)

    def readable(self, seconds=0.0):
        return False

    def receive(self):
        last = self.heads[-1]["epochs"][-1]["number"]
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


def train(dataset, stop_after=None, checkpoint=b""):
    rungs = frozenset(range(1, 41))
    shape = Shape(dataset.x.shape[1], int(dataset.y.max()) + 1, "multiclass")
    job = Job(0, 7, CONFIG, "f", "d", shape, "val_cost", "minimize", (), 3, rungs, 0.0)
    line = FakeLine(stop_after)
    head, body = Conversation(line, job).train([dataset], checkpoint)
    figures = [(epoch["number"], epoch["figures"]) for epoch in line.epochs]
    return head, body, figures


def test_a_trial_stopped_at_any_epoch_ends_as_if_it_had_not_been(dataset):
    whole, _, figures = train(dataset)
    assert "stopped early" in whole["reason"]
    for cut in range(1, len(figures) + 1):
        head, checkpoint, first = train(dataset, stop_after=cut)
        if head["kind"] == "stopped":
            head, _, rest = train(dataset, checkpoint=checkpoint)
        else:
            rest = []
        assert first + rest == figures
        assert (head["state"], head["reason"]) == (whole["state"], whole["reason"])
