"""The training loop, as a stream of epochs.

`train` gives an epoch each time it is asked for the next, so early stopping, pruning and logging
are loops over it, not hooks inside it, and stopping is not asking for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np

from nncore.activations import Linear, Softmax
from nncore.arrays import Array, Figure
from nncore.buffers import Slot
from nncore.checks import number, whole
from nncore.cohort import Cohort
from nncore.dataset import Batches, Dataset
from nncore.evaluation import Evaluation
from nncore.losses import Loss
from nncore.members import Setting, member_of, refuse
from nncore.metrics import Direction, metrics
from nncore.network import Sequential
from nncore.objective import Objective
from nncore.optimizers import Adam, Optimizer
from nncore.schedules import Constant, Schedule

FLUSH_EVERY = 256
"""Steps after which vanished numbers are set to zero."""
VANISHED = 1e-20
"""Below this no number here changes a result, and at β = 0.9 none reaches float32's denormal range
(1e-38, where arithmetic is 1.5 times slower and worse) before the next flush."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a network is made and trained, the data and the seed apart.

    With members, `learning_rate`, `lambd`, the optimizer's settings and a `Dropout`'s keep_prob
    may each be a tuple, of one number a member.
    """

    network: Sequential
    loss: Loss
    optimizer: Optimizer = field(default_factory=Adam)
    learning_rate: Setting = 1e-3
    """η₀, before the schedule."""
    schedule: Schedule = field(default_factory=Constant)
    epochs: int = 200
    mini_batch_size: int = 32
    lambd: Setting = 0.0
    """λ of the L2 penalty λ/(2N) Σ‖W‖², N the number of training rows."""
    clip_norm: float | None = None
    """The longest gradient (over all parameters together) a step may use; None: any."""
    schedule_epochs: int | None = None
    """What the schedule takes for `epochs`, when only the first of them are run; None: `epochs`."""
    metrics: tuple[str, ...] = ()
    """Which figures beside the cost are measured after each epoch, by name."""

    def __post_init__(self) -> None:
        refuse(
            self.learning_rate,
            "learning_rate",
            lambda rate: 0.0 < rate < float("inf"),
            "it is a number above 0.",
        )
        for name in ("epochs", "mini_batch_size", "schedule_epochs"):
            value = getattr(self, name)
            if value is not None or name != "schedule_epochs":
                whole(name, value)
        refuse(
            self.lambd,
            "lambd",
            lambda lambd: 0.0 <= lambd < float("inf"),
            "it is 0 (no penalty) or more.",
        )
        if self.clip_norm is not None and not number("clip_norm", self.clip_norm) > 0.0:
            raise ValueError(f"clip_norm is {self.clip_norm:g}; it is above 0, or None.")
        self._refuse_names()
        object.__setattr__(self, "metrics", tuple(self.metrics))
        numbers = self.loss.link is Linear
        for name in self.metrics:  # refused here, not after an epoch
            if metrics[name].classification is numbers:
                kinds = ("numbers", "classes") if numbers else ("classes", "numbers")
                raise ValueError(
                    f"The loss is about {kinds[0]}, but the metric {name} is about {kinds[1]}."
                )

    def _refuse_names(self) -> None:
        """Refuse a name, or a class, where the thing itself is wanted."""
        wanted = {
            "network": ("ending_in", "Sequential.from_dims([…])"),
            "loss": ("targets", "losses['mse']()"),
            "optimizer": ("step", "optimizers['adam']()"),
            "schedule": ("__call__", "schedules['cosine']()"),
        }
        for name, (verb, example) in wanted.items():
            thing = getattr(self, name)
            if isinstance(thing, type) or not hasattr(thing, verb):
                raise ValueError(f"{name} is {thing!r}; it is one that is made: {example}.")
        if isinstance(self.metrics, str):
            raise ValueError(f"metrics is {self.metrics!r}; it is a list of names.")

    def member(self, member: int) -> Recipe:
        """As it is for one member."""
        return replace(
            member_of(self, member),
            network=self.network.member(member),
            optimizer=member_of(self.optimizer, member),
        )


@dataclass(frozen=True)
class Epoch:
    """One pass over the training rows, measured. With members every figure is an array (K,)."""

    number: int
    """From 1."""
    figures: dict[str, Figure]
    """`train_cost` and `val_cost`: mean losses after the epoch, no penalty, dropout off; and the
    recipe's metrics as `train_accuracy`, `val_accuracy`, …; `val_` only with validation rows."""
    cost: Figure
    """The mean over the epoch of the penalised cost the optimizer saw, dropout on."""
    learning_rate: Figure
    """One for all, or where members have rates of their own one each."""
    gradient_norm: Figure
    """Length of the last mini-batch's gradient, penalty included, before any clipping."""
    seconds: float
    """Wall time of the epoch, its measuring included."""


@dataclass(frozen=True, eq=False)
class TrainingState:
    """All that a training needs to go on as if it had never stopped."""

    arrays: dict[str, Array]
    """`theta` and the optimizer's `state`."""
    meta: dict[str, Any]
    """Epoch, step and every generator's state, as plain values."""


class Diverged(ArithmeticError):
    """Training ran off to infinity. The text says what was seen and what to try."""

    def __init__(
        self, epoch: int, cost: float, learning_rate: float, member: int | None = None
    ) -> None:
        super().__init__(epoch, cost, learning_rate, member)
        self.epoch, self.cost, self.learning_rate = epoch, cost, learning_rate
        self.member = member
        """Which of several members it was."""

    def __str__(self) -> str:
        whose = "" if self.member is None else f" of member {self.member}"
        return (
            f"The cost{whose} was {self.cost:.4g} after epoch {self.epoch} (learning_rate "
            f"{self.learning_rate:.4g}). Try a lower learning_rate, or set clip_norm."
        )


def train(
    recipe: Recipe,
    data: Dataset | Sequence[Dataset],
    seed: int | Sequence[int],
    members: int | None = None,
) -> Training:
    """Train a new network, one epoch per item.

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
    """Train alone the network that is `member` of `train(..., members=K)`: the same weights."""
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
        self._batches = Batches(tables, outputs, size, shuffles, cohort.members, weights)
        self._evaluation = Evaluation.of(
            self.network, recipe.loss, recipe.metrics, cohort.data, cohort.seeds
        )
        self._state = state = np.zeros((recipe.optimizer.slots, *buffers.theta.shape), dtype)
        if cohort.members == 1:  # it costs what a network without the axis costs
            buffers, state = buffers.member(0), state[:, 0]
        self._at = Slot(theta=buffers.theta, work=buffers.work, state=state)
        self._at.decayed = buffers.theta[..., : buffers.decayed]
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
        gradient, step = self._objective.gradient, self.recipe.optimizer.step
        at, costs, clip = self._at, self._costs, self.recipe.clip_norm
        last = len(costs) - 1
        norm = np.zeros(())
        for i, batch in enumerate(self._batches.shuffled()):
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
        room = self.network.buffers.work
        for numbers in (self.network.buffers.theta, *self._state):
            np.abs(numbers, out=room[0])
            np.copyto(numbers, 0.0, where=np.less(room[0], VANISHED))

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


def until_stale(
    epochs: Iterable[Epoch], name: str, patience: int, direction: Direction | None = None
) -> Iterator[Epoch]:
    """The epochs until a figure has not improved for `patience` of them.

    Args:
        name: a figure, such as `val_cost`; with members their mean is judged.
        direction: which way is better; None: what the metric says of itself.

    Raises:
        ValueError: patience is no whole number from 1.
        LookupError: the epochs have no such figure.
    """
    whole("patience", patience)
    if direction not in (None, "minimize", "maximize"):
        raise ValueError(f"direction is {direction!r}; it is 'minimize' or 'maximize'.")
    sign = 1.0 if (direction or metrics.direction(name)) == "maximize" else -1.0
    best, waited = -np.inf, 0
    for epoch in epochs:
        yield epoch
        if name not in epoch.figures:
            known = ", ".join(epoch.figures)
            raise LookupError(
                f"The epochs have no figure {name!r}, only {known}: those of val_ need validation "
                "rows."
            )
        score = sign * float(np.mean(epoch.figures[name]))
        waited = 0 if score > best else waited + 1
        best = max(best, score)
        if waited >= patience:
            return


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
