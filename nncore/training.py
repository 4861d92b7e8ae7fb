"""The training loop, as a stream of epochs.

`train` gives an epoch each time it is asked for the next, so early stopping, pruning and logging
are loops over it, not hooks inside it, and stopping is not asking for more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import numpy as np

from nncore.arrays import Array, Figure
from nncore.cohort import Cohort
from nncore.dataset import Dataset
from nncore.epochs import Diverged, Epoch, TrainingState
from nncore.evaluation import SAMPLE, Evaluation
from nncore.learner import Learner, Rows, squares
from nncore.recipe import Recipe

WIDE = 1 << 16
"""Parameters from which on members learn one by one: the vectors of one fill a core's cache, and
those of all would be fetched anew at every step (stacked, five take 5.4 to 6.0 times as long as one
from 90,000 parameters on, and 4.5 at 50,000)."""


def train(
    recipe: Recipe,
    data: Dataset | Sequence[Dataset],
    seed: int | Sequence[int],
    members: int | None = None,
    threads: int = 1,
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
        threads: how many members learn at once, where they are so large that each learns by
            itself; smaller ones learn together on one. It changes no number.

    Raises:
        ValueError: the data does not fit the network or the loss; says how.
        Diverged: while iterating, when a cost or a weight is no longer finite.
    """
    return Training(Cohort.of(recipe, data, seed, members), threads)


def train_member(
    recipe: Recipe,
    data: Dataset | Sequence[Dataset],
    seed: int | Sequence[int],
    member: int,
) -> Training:
    """Train alone the network that is `member` of `train(..., members=K)`: the same weights.

    Arguments and errors are those of `train`; `member` counts from 0. One beyond what recipe, data
    or seeds say of how many there are is a ValueError.
    """
    return Training(Cohort.of(recipe, data, seed, None).alone(member))


class Training(Iterator[Epoch]):
    """A network being trained: an iterator of epochs, `recipe.epochs` in all."""

    def __init__(self, cohort: Cohort, threads: int = 1) -> None:
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
        network = self.network
        self._evaluation = Evaluation.of(
            network,
            recipe.loss,
            recipe.metrics,
            cohort.data,
            cohort.seeds,
            recipe.measured or SAMPLE,
        )
        theta = network.buffers.theta
        self._state = np.zeros((recipe.optimizer.slots, *theta.shape), theta.dtype)
        self._learners = self._made_learners(cohort, size)
        self._threads = min(threads, len(self._learners))
        self.epoch = 0
        """Epochs done."""
        self._step = 0

    def _made_learners(self, cohort: Cohort, size: int) -> list[Learner]:
        """One for all members, or where they are large one each."""
        recipe, network, state = self.recipe, self.network, self._state
        dtype = network.buffers.theta.dtype
        rows = Rows.of(cohort.data, recipe.loss, network.outputs, dtype)
        shuffles = [streams.shuffles for streams in self._streams]
        if not network.lead or network.parameters <= WIDE:
            return [Learner(recipe, network, rows, shuffles, state)]
        return [
            Learner(
                recipe.member(k), network.member(k, size), rows.member(k), [shuffle], state[:, k]
            )
            for k, shuffle in enumerate(shuffles)
        ]

    def __next__(self) -> Epoch:
        if self.epoch >= self.recipe.epochs:
            raise StopIteration
        began = perf_counter()
        with np.errstate(all="ignore"):  # what overflows is found below, and said as Diverged
            rate = self.learning_rate
            norm = self.learn()
            cost = self._joined([learner.cost for learner in self._learners])
            # a square that is not finite is a weight that ran off, be the cost as it may
            self._refuse(cost, squares(self.network.buffers.theta), rate)
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
        done, rate, warned = self._step, self.learning_rate, np.geterr()
        rates: Sequence[Figure] = [rate] * len(self._learners)
        if isinstance(rate, np.ndarray):
            rates = [rate[:, None]] if len(self._learners) == 1 else rate.tolist()

        def learn(learner: Learner, rate: Figure) -> Array:
            with np.errstate(**warned):  # which a thread does not know by itself
                return learner.learn(rate, done)

        if self._threads > 1:
            with ThreadPoolExecutor(self._threads) as pool:
                norms = list(pool.map(learn, self._learners, rates))
        else:
            norms = list(map(learn, self._learners, rates))
        self._step += self._learners[0].steps
        self.epoch += 1
        return self._joined(norms)

    def _joined(self, figures: Sequence[Array]) -> Array:
        """What learners say, one for all members or one each: shape () or (members,)."""
        return figures[0] if len(figures) == 1 else np.array(figures)

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
