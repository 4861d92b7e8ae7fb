"""Whether probabilities mean what they say: of rows at 0.8, are eight in ten right?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hpsearch.study.options import Task
from nncore import activations
from nncore.arrays import Array, Targets

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Predictions of about the same confidence."""

    low: float
    high: float
    predictions: int
    confidence: float
    """What the network said on average that its predictions are right."""
    right: float
    """Which share of them is."""

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return asdict(self)


def probabilities(task: Task, z: Array) -> Array:
    """Of each class, or of each label's being on; float64, as z is. Of a regression, z itself."""
    z = z.astype(np.float64)
    p = np.empty_like(z)
    links = {"multiclass": "softmax", "regression": "linear"}
    with np.errstate(over="ignore", under="ignore"):
        link = activations[links.get(task, "sigmoid")]()
        link.f(z, p)
    return p


def brier(p: Array, y: Targets) -> float:
    """The mean squared difference of probabilities and truth; 0 is perfect.

    Of a class that is on or off (p − t)², the mean over labels; of several classes their sum, from
    0 to 2, as Brier 1950 has it.
    """
    if y.ndim == 1:
        true = np.zeros_like(p)
        true[np.arange(len(y)), y] = 1.0
        return float(np.square(p - true).sum(axis=1).mean())
    return float(np.square(p - y).mean())


def bins(p: Array, y: Targets) -> tuple[Bin, ...]:
    """Predictions by confidence, in ten steps from 0 to 1; those that are empty are left out.

    The confidence of a prediction is the probability of the class that is predicted.
    """
    sure, right = _predictions(p, y)
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    found = []
    for at in np.unique(place):
        here = place == at
        count = int(here.sum())
        means = float(sure[here].mean()), float(right[here].mean())
        found.append(Bin(int(at) / BINS, (int(at) + 1) / BINS, count, *means))
    return tuple(found)


def ece(p: Array, y: Targets) -> float:
    """The expected calibration error: by how much confidence and the share that is right differ.

    The mean of the ten bins' differences, each weighted by its predictions; 0 is perfect. Naeini,
    Cooper & Hauskrecht 2015. https://doi.org/10.1609/aaai.v29i1.9602
    """
    every = bins(p, y)
    apart = sum(one.predictions * abs(one.confidence - one.right) for one in every)
    return apart / sum(one.predictions for one in every)


def _predictions(p: Array, y: Targets) -> tuple[Array, Array]:
    """How sure each prediction is, and whether it is right: of each row, or row and label."""
    if y.ndim == 1:
        said = p.argmax(axis=1)
        return p[np.arange(len(p)), said], said == y
    on = p > 0.5
    return np.where(on, p, 1.0 - p).reshape(-1), (on == (y >= 0.5)).reshape(-1)
