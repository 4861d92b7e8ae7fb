"""Data sets that are made, not read: small, seeded, and hard in one known way each.

Every generator takes a seed and a number of rows and gives (x, y): x of shape (rows, features),
float32; y class ids of shape (rows,), int64, or numbers of shape (rows, outputs), float32. The
same seed and rows give the same numbers every time. Rows come in random order.

>>> x, y = generators["spiral"](seed=0, rows=300)
>>> x.shape, y.shape, sorted(set(y.tolist()))
((300, 2), (300,), [0, 1, 2])
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from nncore.arrays import Array, Targets
from nncore.checks import whole
from nncore.registry import Registry

Made = tuple[Array, Targets]
"""x and y, as the module says."""


class Generator(Protocol):
    """Makes a data set."""

    def __call__(self, seed: int = 0, rows: int = ...) -> Made:
        """`rows` rows under `seed`; each generator has its own usual number of rows.

        Raises:
            ValueError: there are fewer rows than the set has kinds of rows.
        """
        ...


generators: Registry[Generator] = Registry("generated data set")


@generators("function")
def function(seed: int = 0, rows: int = 2000) -> Made:
    """y = sin(3x₁) + x₂² cos(3x₃), with x drawn evenly from (−1, 1)³: a smooth regression.

    Without noise, so that nothing but the network limits the error. x is (rows, 3), y (rows, 1),
    with a variance of about 0.6. The product of two features is what a linear model cannot say:
    the best one leaves a mean squared error of 0.25.
    """
    x = _rng(seed, rows, 1).uniform(-1.0, 1.0, (rows, 3))
    y = np.sin(3.0 * x[:, 0]) + x[:, 1] ** 2 * np.cos(3.0 * x[:, 2])
    return x.astype(np.float32), y[:, None].astype(np.float32)


@generators("five_features")
def five_features(seed: int = 0, rows: int = 1500) -> Made:
    """Five measurements and two yes-or-no answers a row, which may both be yes.

    For two sigmoid outputs. x is (rows, 5), standard normal; y is (rows, 2), 0 or 1. Each answer
    says on which side of a plane the row lies, the second of a slightly bent one, after a
    disturbance that turns about one answer in ninety: logistic regression gets some 98.6 % of fresh
    answers right, and nothing gets them all. The planes are the same under every seed.
    """
    rng = _rng(seed, rows, 2)
    x = rng.normal(0.0, 1.0, (rows, 5))
    planes = np.array([[1.0, -1.0], [-0.8, 0.5], [0.6, 0.9], [0.4, -0.3], [0.2, 0.7]])
    planes /= np.linalg.norm(planes, axis=0)
    height = x @ planes + [0.1, -0.2]
    height[:, 1] += 0.03 * (x[:, 2] ** 2 - 1.0)
    answers = height + rng.normal(0.0, 0.035, height.shape) > 0.0
    return x.astype(np.float32), answers.astype(np.float32)


@generators("spiral")
def spiral(seed: int = 0, rows: int = 300) -> Made:
    """Three classes, each an arm that winds out from the middle: no line parts them.

    x is (rows, 2) within the unit disc and a little beyond, y the arm, 0 to 2. Along an arm the
    radius grows evenly from 0 to 1 while the angle turns by 4 radians, with noise of 0.2 radians.
    The idea is the spiral of Stanford's course CS231n ("Putting it together: a minimal neural
    network case study").
    """
    rng = _rng(seed, rows, 3)
    arm = np.arange(rows) % 3
    radius = (np.arange(rows) // 3) / max(1, (rows - 1) // 3)
    angle = 4.0 * (arm + radius) + rng.normal(0.0, 0.2, rows)
    x = radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return _shuffled(rng, x, arm)


@generators("bands")
def bands(seed: int = 0, rows: int = 300) -> Made:
    """Three classes side by side in upright bands: what even a random search can do.

    x is (rows, 2), y the band, 0 to 2. Bands stand at 0, ⅓ and ⅔ with a spread of 0.1 both ways, so
    neighbours overlap a little: about 94 % is the most that can be right. The idea is
    "vertical data" of Kinsley & Kukieła, "Neural Networks from Scratch in Python", 2020.
    """
    rng = _rng(seed, rows, 3)
    band = np.arange(rows) % 3
    x = rng.normal(0.0, 0.1, (rows, 2)) + np.column_stack([band / 3.0, np.full(rows, 0.5)])
    return _shuffled(rng, x, band)


@generators("blobs")
def blobs(seed: int = 0, rows: int = 200) -> Made:
    """Two round clouds that a line always parts: what a perceptron can learn.

    x is (rows, 2), y the cloud, 0 or 1. The centres lie at ±(2, 1), 4.47 apart; noise has a spread
    of 0.8, and what would fall further than 2 from its centre is pulled back to that distance. So
    a gap at least 0.47 wide stays free between the clouds, and the line through the middle at a
    right angle to (2, 1) makes no mistake.
    """
    rng = _rng(seed, rows, 2)
    cloud = np.arange(rows) % 2
    away = rng.normal(0.0, 0.8, (rows, 2))
    length = np.linalg.norm(away, axis=1, keepdims=True)
    away *= np.minimum(1.0, 2.0 / length)
    centres = np.array([[-2.0, -1.0], [2.0, 1.0]])
    return _shuffled(rng, centres[cloud] + away, cloud)


def _rng(seed: int, rows: int, least: int) -> np.random.Generator:
    """The generator for `seed`, if there are enough rows to speak of."""
    whole("rows", rows, least)
    return np.random.default_rng(whole("seed", seed, 0))


def _shuffled(rng: np.random.Generator, x: Array, y: Array) -> Made:
    order = rng.permutation(len(x))
    return x[order].astype(np.float32), y[order].astype(np.int64)
