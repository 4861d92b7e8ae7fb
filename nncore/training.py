"""The training loop, as a stream of epochs.

`train` gives an epoch each time it is asked for the next, so early stopping, pruning and logging
are loops over it, not hooks inside it, and stopping is not asking for more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from nncore.activations import Softmax
from nncore.arrays import Array, Figure
from nncore.batches import Batches
from nncore.buffers import Slot
from nncore.cohort import Cohort
from nncore.dataset import Dataset
from nncore.epochs import Diverged, Epoch, TrainingState
from nncore.evaluation import SAMPLE, Evaluation
from nncore.losses import Loss
from nncore.objective import Objective
from nncore.recipe import Recipe

FLUSH_EVERY = 256
"""Steps after which vanished numbers are set to zero."""
VANISHED = 1e-20
"""Below this no number here changes a result, and at β = 0.9 none reaches float32's denormal range
(1e-38, where arithmetic is 1.5 times slower and worse) before the next flush."""


def train(
    recipe: Recipe,
    data: Dataset | Sequence[Dataset],
    seed: int | Sequence[int],
    members: int | None = None,
) -> Training:
    """Train a new network, one epoch per item.

    >>> from nncore import Sequential, generators, losses
    >>> network = Sequential.from_dims([2, 16, 3], activation="tanh", output="softmax")
    >>> recipe = Recipe(network, losses["categorical_cross_entropy"](), learning_rate=0.02)
    >>> first, *_, last = train(recipe, Dataset(*generators["spiral"]()), seed=0)
    >>> bool(last.figures["train_cost"] < 0.8 * first.figures["train_cost"])
    True

    Args:
        data: rows for all, or with members a data set each: folds, say. They go at the pace of the
            shortest; a longer one leaves a few rows out of each epoch, others every time.
        seed: decides weights, shuffles and masks. The same recipe, data and seed give the same
            bits on the same machine. With members it may be a sequence: member k is then the
            network that seed k gives alone.
        members: how many networks of this shape to train together, each with generators of its
            own. Member 0 is the network that is trained alone. May be left out where the recipe,
            the data or the seeds say it.

    Raises:
        ValueError: the data does not fit the network or the loss; says how.
        Diverged: while iterating, when a cost or a weight is no longer finite.
    """
    return Training(Cohort.of(recipe, data, seed, members))


def train_member(
    recipe: Recipe,
    data: Dataset | Sequence[Dataset],
    seed: int | Sequence[int],
    member: int,
) -> Training:
    """Train alone the network that is `member` of `train(..., members=K)`: the same weights.

    Arguments and errors are those of `train`; `member` counts from 0.
    """
    return Training(Cohort.of(recipe, data, seed, None).alone(member))


class Training(Iterator[Epoch]):
    """A network being trained: an iterator of epochs, `recipe.epochs` in all."""

    def __init__(self, cohort: Cohort) -> None:
        self.recipe = recipe = cohort.recipe
        self._streams = cohort.streams()
        rows = tuple(one.rows for one in cohort.data)
        size = min(recipe.mini_batch_size, *rows)
        self.network = recipe.network.ending_in(recipe.loss.link).build(
            cohort.data[0].features,
            size,
            [streams.weights for streams in self._streams],
            cohort.members,
            masks=[streams.masks.bit_generator for streams in self._streams],
        )
        buffers, outputs = self.network.buffers, self.network.outputs
        dtype = buffers.theta.dtype
        n = rows[0] if len(set(rows)) == 1 else rows
        self._objective = Objective(self.network, recipe.loss, recipe.lambd, n)
        tables = [
            (
                np.ascontiguousarray(one.x, dtype),
                _like(recipe.loss.targets(np.asarray(one.y), outputs), dtype),
            )
            for one in cohort.data
        ]
        shuffles = [streams.shuffles for streams in self._streams]
        weights = [
            _weights(one.weights, recipe.loss, dtype)
            for one in cohort.data
            if one.weights is not None
        ]
        joined = self.network.joined
        self._batches = Batches(
            tables, outputs, size, shuffles, cohort.members, weights, joined=joined
        )
        self._evaluation = Evaluation.of(
            self.network,
            recipe.loss,
            recipe.metrics,
            cohort.data,
            cohort.seeds,
            recipe.measured or SAMPLE,
        )
        self._state = state = np.zeros((recipe.optimizer.slots, *buffers.theta.shape), dtype)
        if cohort.members == 1:  # it costs what a network without the axis costs
            buffers, state = buffers.member(0), state[:, 0]
        self._at = Slot(theta=buffers.theta, work=buffers.work, state=state)
        self._at.decayed = [buffers.theta[..., stretch] for stretch in buffers.decayed]
        recipe.optimizer.prepare(self._at)
        self._costs = np.zeros((len(self._batches.sizes), *self.network.lead, 1, 1))
        self.epoch = 0
        """Epochs done."""
        self._step = 0

    def __next__(self) -> Epoch:
        if self.epoch >= self.recipe.epochs:
            raise StopIteration
        began = perf_counter()
        with np.errstate(all="ignore"):  # what overflows is found below, and said as Diverged
            rate = self.learning_rate
            norm = self.learn()
            cost = self._costs.sum(axis=(0, -2, -1)) / self._batches.rows
            # a square that is not finite is a weight that ran off, be the cost as it may
            self._refuse(cost, _squares(self.network.buffers.theta), rate)
            figures = self._evaluation.figures()
            self._refuse(figures["train_cost"], figures.get("val_cost", 0.0), rate)
        return Epoch(
            number=self.epoch,
            figures=figures,
            cost=self._plain(cost),
            learning_rate=rate,
            gradient_norm=self._plain(norm),
            seconds=perf_counter() - began,
        )

    @property
    def learning_rate(self) -> Figure:
        """Of the next epoch: the base rate times what the schedule says."""
        recipe = self.recipe
        factor = recipe.schedule(self.epoch, recipe.schedule_epochs or recipe.epochs)
        if isinstance(recipe.learning_rate, tuple):
            return np.array([rate * factor for rate in recipe.learning_rate])
        return recipe.learning_rate * factor

    def learn(self) -> Array:
        """One pass over the training rows without measuring it; the length of the last gradient.

        An epoch begins with it. By itself it is for timing, and warns of overflow as NumPy does.
        """
        rate = self.learning_rate
        rate = rate[:, None] if isinstance(rate, np.ndarray) else rate
        gradient, step = self._objective.of_batch, self.recipe.optimizer.step
        at, costs, clip = self._at, self._costs, self.recipe.clip_norm
        last = len(costs) - 1
        norm = np.zeros(())
        for i, batch in enumerate(self._batches.dealt()):
            costs[i] = gradient(*batch)
            if clip is not None or i == last:
                norm = np.sqrt(_squares(self.network.buffers.grad))
                if clip is not None:
                    self._shorten(norm, clip)
            self._step = t = self._step + 1
            step(at, rate, t)
            if not t % FLUSH_EVERY:
                self._flush()
        self.epoch += 1
        return norm

    def _shorten(self, norm: Array, longest: float) -> None:
        """Scale the gradients that are longer down to `longest`."""
        grad = self.network.buffers.grad
        factor = np.asarray(longest / np.maximum(norm, longest), grad.dtype)
        np.multiply(grad, factor[..., None], out=grad)

    def _flush(self) -> None:
        """Set what has all but vanished to zero, before it slows everything down."""
        room = self.network.buffers.work[0]
        for numbers in (self.network.buffers.theta, *self._state):
            np.abs(numbers, out=room)
            np.greater_equal(room, VANISHED, out=room)
            np.multiply(numbers, room, out=numbers)  # a tenth of what copying where(...) takes

    def _refuse(self, cost: Figure, other: Figure, rate: Figure) -> None:
        """Raise if any of these is not finite; the first that is not is what is said."""
        for value in (np.atleast_1d(cost), np.atleast_1d(other)):
            bad = np.flatnonzero(~np.isfinite(value))
            if len(bad):
                k = int(bad[0])
                rates = np.broadcast_to(rate, value.shape)
                member = None if self.network.members is None else k
                raise Diverged(self.epoch, float(value[k]), float(rates[k]), member)

    def _plain(self, values: Array) -> Figure:
        members = self.network.members
        return float(values) if members is None else np.array(values).reshape(members)

    def state(self) -> TrainingState:
        """All that is needed to go on from here; copies, which further epochs leave alone."""
        return TrainingState(
            arrays={"theta": self.network.buffers.theta.copy(), "state": self._state.copy()},
            meta={
                "epoch": self.epoch,
                "step": self._step,
                "generators": [streams.state() for streams in self._streams],
            },
        )

    def restore(self, state: TrainingState) -> None:
        """Go on from `state`, with the bits an uninterrupted training would give.

        Raises:
            ValueError: it belongs to another recipe or other members.
        """
        mine = {"theta": self.network.buffers.theta, "state": self._state}
        for name, array in mine.items():
            if name not in state.arrays or state.arrays[name].shape != array.shape:
                raise ValueError(
                    f"The state's {name} does not fit this training: it was saved under another "
                    "recipe, or with other members."
                )
        for name, array in mine.items():
            array[...] = state.arrays[name]
        self.epoch, self._step = int(state.meta["epoch"]), int(state.meta["step"])
        for streams, saved in zip(self._streams, state.meta["generators"], strict=True):
            streams.restore(saved)


def _squares(vectors: Array) -> Array:
    """Each member's sum of squares, shape () or (members,)."""
    return np.matmul(vectors[..., None, :], vectors[..., :, None])[..., 0, 0]


def _like(y: Array, dtype: Any) -> Array:
    """Numbers in the network's own precision; class ids as they are."""
    return y if y.ndim == 1 else np.ascontiguousarray(y, dtype)


def _weights(weights: Array, loss: Loss, dtype: Any) -> Array:
    """Of rows, shape (rows, 1); or of units that are on or off, (rows, outputs)."""
    weights = weights.reshape(len(weights), -1)
    if weights.shape[1] > 1 and loss.link is Softmax:
        raise ValueError("A class is of its whole row: weights is (rows,), one number a row.")
    return np.ascontiguousarray(weights, dtype)
