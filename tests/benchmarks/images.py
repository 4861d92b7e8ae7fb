"""Known results on images that are not ours to ship: read from a folder that is named.

Neither setting was searched for: both are what one would try first, and what came out is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np

from hpsearch.data import readers
from nncore import Model, fit


@dataclass(frozen=True, eq=False)
class Images:
    """Images as rows of numbers from 0 to 1, and the classes they belong to."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    @classmethod
    def read(cls, folder: Path, one: str | None = None) -> Images:
        """The files in a folder, with the test rows they set aside.

        Args:
            one: the class that is 1, where there are two; None: class ids in their order.

        Raises:
            DataError: the files are not there, or not sound; says which and why.
        """
        table = readers.read(folder)
        target = table.frame[table.targets[0]].to_numpy()
        x = table.frame.drop(table.targets).to_series(0).to_numpy()
        x = np.reshape(x, (len(x), -1)).astype(np.float32) / 255
        y = np.unique(target, return_inverse=True)[1] if one is None else target == one
        cut = len(x) - table.held
        return cls(x[:cut], y[:cut].astype(int), x[cut:], y[cut:].astype(int))


class Cats:
    """Cat or not, 209 images of 64×64×3 to learn from and 50 to judge by: 12288-20-7-5-1.

    Plain gradient descent, the learning rate and the batches are `fit`'s defaults; weights start
    with LeCun's variance 1/fan_in, as with the course the images come from, and 1,000 epochs go
    on until the training images are known by heart (500 leave one seed of ten at 98.6 %). With He's
    or Glorot's variance, adam, a cosine or an L2 penalty the medians were 68 to 74 %: 50 images do
    not tell such settings apart.
    """

    def __init__(self, folder: Path, epochs: int = 1000) -> None:
        self._images, self._epochs = Images.read(folder, "cat"), epochs
        self._fitted = cache(self._fit)

    def _fit(self, seed: int) -> Model:
        x, y = self._images.x, self._images.y
        dims = [x.shape[1], 20, 7, 5, 1]
        return fit(dims, x, y, seed=seed, initializer="lecun_normal", epochs=self._epochs)

    def train(self, seed: int) -> float:
        """The share of training images that are named rightly."""
        return self._fitted(seed).evaluate(self._images.x, self._images.y)["accuracy"]

    def test(self, seed: int) -> float:
        """The share of test images."""
        return self._fitted(seed).evaluate(self._images.x_test, self._images.y_test)["accuracy"]

    def interval(self, share: float) -> str:
        """What 50 images leave open, in words."""
        rows = len(self._images.y_test)
        low, high = wilson(share, rows)
        return f"{low:.0%} to {high:.0%} with 95 % (Wilson, {rows} images)"


class Digits:
    """MNIST's official test: 784-512-256-10, adam, dropout 0.2, a cosine over 30 epochs."""

    def __init__(self, folder: Path, epochs: int = 30) -> None:
        self._images, self._epochs = Images.read(folder), epochs

    def test(self, seed: int) -> float:
        """The share of test images that are named rightly, by the last epoch's weights."""
        images = self._images
        model = fit(
            [images.x.shape[1], 512, 256, 10],
            images.x,
            images.y,
            seed=seed,
            optimizer="adam",
            learning_rate=1e-3,
            decay="cosine",
            regularization="dropout",
            mini_batch_size=128,
            epochs=self._epochs,
        )
        return model.evaluate(images.x_test, images.y_test)["accuracy"]


def wilson(share: float, rows: int, z: float = 1.96) -> tuple[float, float]:
    """The interval in which a share lies that was seen among so many rows, by default with 95 %.

    Wilson 1927. https://doi.org/10.1080/01621459.1927.10502953
    """
    middle = share + z * z / (2 * rows)
    reach = z * sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    below = 1 + z * z / rows
    return (middle - reach) / below, (middle + reach) / below
