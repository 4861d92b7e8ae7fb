"""Training without gradients: guess weights, measure, keep the best.

Two naive strategies, to be seen beside gradient descent. Both go down as long as luck is cheap and
then stop short: in n dimensions a random direction has a cosine of about 1/√n with the gradient,
so of a step that is large enough to matter nearly all goes sideways, and the better the weights
already are, the fewer guesses improve on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nncore.arrays import Array
from nncore.checks import positive, whole
from nncore.dataset import Dataset
from nncore.losses import Loss
from nncore.network import Network
from nncore.registry import Registry
from nncore.sequential import Sequential


class Strategy(Protocol):
    """A way to guess weights."""

    def __call__(self, rng: np.random.Generator, best: Array) -> Array:
        """A new guess of the shape of `best`, the best weights and biases so far: (n,)."""
        ...


strategies: Registry[type[Strategy]] = Registry("weight search")


def _spread(name: str, scale: float) -> None:
    positive(f"{name}: scale", scale)


@strategies("draw_anew")
@dataclass(frozen=True)
class DrawAnew:
    """Every weight and bias drawn again from a normal, whatever was found before.

    Guess 10,000 knows nothing that guess 1 did not.
    """

    scale: float = 0.5
    """The standard deviation of a weight."""

    def __post_init__(self) -> None:
        _spread("draw_anew", self.scale)

    def __call__(self, rng: np.random.Generator, best: Array) -> Array:
        return rng.normal(0.0, self.scale, best.shape)


@strategies("perturb")
@dataclass(frozen=True)
class Perturb:
    """The best weights so far, with a little normal noise on each.

    What was found is built upon, so it gets further than drawing anew. Also known as random
    local search, or a (1+1) evolution strategy with a fixed step.
    """

    scale: float = 0.05
    """The standard deviation of the noise."""

    def __post_init__(self) -> None:
        _spread("perturb", self.scale)

    def __call__(self, rng: np.random.Generator, best: Array) -> Array:
        return best + rng.normal(0.0, self.scale, best.shape)


@dataclass(frozen=True)
class Guess:
    """One guess, measured."""

    number: int
    """From 1."""
    cost: float
    """Its mean loss on the training rows; infinite where that is not a number."""
    best: float
    """The lowest cost so far, the starting weights' included."""
    kept: bool
    """Whether it is lower than any before it."""


class WeightSearch(Iterator[Guess]):
    """A stream of guesses without end; stopping is not asking for more.

    >>> from itertools import islice
    >>> from nncore import losses
    >>> from nncore.generated import bands
    >>> shape = Sequential.from_dims((2, 8, 3), output="softmax")
    >>> loss = losses["categorical_cross_entropy"]()
    >>> search = WeightSearch(shape, loss, Dataset(*bands()), Perturb(), seed=0)
    >>> guesses = list(islice(search, 200))
    >>> guesses[-1].best < guesses[0].best
    True
    """

    def __init__(
        self, network: Sequential, loss: Loss, data: Dataset, strategy: Strategy, seed: int
    ) -> None:
        """Args:
        seed: decides the weights it starts from (the network's own first ones) and all guesses.

        Raises:
            ValueError: the data does not fit the network or the loss; says how.
        """
        if isinstance(strategy, type) or not callable(strategy):
            raise ValueError(f"strategy is {strategy!r}; it is one that is made: Perturb().")
        self._rng = np.random.default_rng(whole("seed", seed, 0))
        self.network: Network = network.ending_in(loss.link).build(
            data.features, data.rows, self._rng
        )
        """With the best weights so far, whenever it is looked at."""
        self._loss, self._strategy, self._x = loss, strategy, data.x
        self._y = loss.targets(np.asarray(data.y), self.network.outputs)
        self._number = 0
        self.best = self._cost()
        """The lowest mean loss so far."""

    def __next__(self) -> Guess:
        theta = self.network.buffers.theta
        best = theta.copy()
        theta[...] = self._strategy(self._rng, best)
        cost, self._number = self._cost(), self._number + 1
        kept = cost < self.best
        if kept:
            self.best = cost
        else:
            theta[...] = best
        return Guess(self._number, cost, self.best, kept)

    def _cost(self) -> float:
        with np.errstate(all="ignore"):  # a guess that overflows is a bad guess, no more
            cost = self._loss.mean(self.network.logits(self._x), self._y)
        return cost if np.isfinite(cost) else float("inf")
