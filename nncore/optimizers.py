"""Optimizers: one in-place step over one flat vector.

η is the learning rate, g the gradient of the cost, t the number of the step from 1. Where a
formula averages with 1 − β, the memory here is kept without that factor and the factor goes into
the step size (and ε): the same numbers in fewer passes over the vector.

With members a setting may be one number for all or a tuple of one each, which becomes a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from nncore.arrays import Array, Figure
from nncore.buffers import Slot
from nncore.checks import positive
from nncore.members import Setting, column, each, exact, mapped, refuse
from nncore.registry import Registry


class Optimizer(Protocol):
    """A rule for moving parameters downhill. What it remembers is rows of floats.

    Its slot holds `theta`, shape (n,) or (members, n); `work`, two rows like theta: the gradient
    and room to calculate in, both spent by a step; `state`, as many rows like theta as `slots`,
    zeros at first; and `decayed`, views of those parts of theta that weight decay applies to.
    """

    slots: ClassVar[int]
    """How many numbers it remembers per parameter."""

    def prepare(self, at: Slot) -> None:
        """Add to the slot, once, the views and constants that `step` uses."""
        ...

    def step(self, at: Slot, rate: Figure, t: int) -> None:
        """Move `at.theta` in place by the gradient in `at.work[0]`.

        Args:
            rate: one for all, or a column of one a member, (members, 1), float64.
        """
        ...


optimizers: Registry[type[Optimizer]] = Registry("optimizer")


def place(at: Slot) -> Array:
    """Room for a number that changes from step to step, one a member."""
    return np.zeros((*at.theta.shape[:-1], 1) if at.theta.ndim > 1 else (), at.theta.dtype)


@optimizers("gd")
@dataclass(frozen=True)
class GradientDescent:
    """θ ← θ − ηg."""

    slots: ClassVar[int] = 0

    def prepare(self, at: Slot) -> None:
        at.g = at.work[0]
        at.size = place(at)

    def step(self, at: Slot, rate: Figure, t: int) -> None:
        at.size[...] = rate
        np.multiply(at.g, at.size, out=at.g)
        np.subtract(at.theta, at.g, out=at.theta)


@optimizers("momentum")
@dataclass(frozen=True)
class Momentum:
    """v ← β₁v + (1−β₁)g; θ ← θ − ηv.

    PyTorch's momentum lacks the factor 1 − β₁: its rate is η(1−β₁) in our terms.
    """

    beta1: Setting = 0.9
    slots: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _shares(self, "beta1")

    def prepare(self, at: Slot) -> None:
        at.g, at.v = at.work[0], at.state[0]
        at.size = place(at)
        at.beta1 = column(self.beta1, at.theta.dtype, 2)
        at.share = 1.0 - exact(self.beta1)

    def step(self, at: Slot, rate: Figure, t: int) -> None:
        at.size[...] = rate * at.share
        np.multiply(at.v, at.beta1, out=at.v)
        np.add(at.v, at.g, out=at.v)
        np.multiply(at.v, at.size, out=at.g)
        np.subtract(at.theta, at.g, out=at.theta)


@optimizers("rmsprop")
@dataclass(frozen=True)
class RmsProp:
    """s ← β₁s + (1−β₁)g²; θ ← θ − ηg / (√s + ε). Here β₁ is the decay of the squares.

    Hinton 2012, "Neural Networks for Machine Learning", lecture 6e.
    """

    beta1: Setting = 0.9
    epsilon: float = 1e-8
    slots: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _shares(self, "beta1")
        positive("rmsprop: epsilon", self.epsilon)

    def prepare(self, at: Slot) -> None:
        (at.g, at.d), at.s = at.work, at.state[0]
        # of numbers, not of a column: an array's root may differ in its last bit
        at.scale = scale = exact(mapped(lambda beta: (1.0 - beta) ** 0.5, self.beta1))
        at.size = place(at)
        at.beta1 = column(self.beta1, at.theta.dtype, 2)
        at.epsilon = np.asarray(self.epsilon / scale, at.theta.dtype)

    def step(self, at: Slot, rate: Figure, t: int) -> None:
        g, d, s = at.g, at.d, at.s
        at.size[...] = rate / at.scale
        np.multiply(g, g, out=d)
        np.multiply(s, at.beta1, out=s)
        np.add(s, d, out=s)
        np.sqrt(s, out=d)
        np.add(d, at.epsilon, out=d)
        np.divide(g, d, out=d)
        np.multiply(d, at.size, out=d)
        np.subtract(at.theta, d, out=at.theta)


@optimizers("adam")
@dataclass(frozen=True)
class Adam:
    """m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η m̂ / (√v̂ + ε), m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).

    Kingma & Ba 2015, Algorithm 1, with both bias corrections. They and the factors 1 − β are
    folded into the step size and ε, which leaves the result as it is: ε is divided by
    √((1−β₂)/(1−β₂ᵗ)) with the rest, not merely moved inside. https://arxiv.org/abs/1412.6980
    """

    beta1: Setting = 0.9
    beta2: Setting = 0.999
    epsilon: float = 1e-8
    slots: ClassVar[int] = 2

    def __post_init__(self) -> None:
        _shares(self, "beta1", "beta2")
        positive(f"{optimizers.name_of(self)}: epsilon", self.epsilon)

    def prepare(self, at: Slot) -> None:
        dtype = at.theta.dtype
        at.vectors = (at.theta, *at.work, at.state, *at.state, at.work)
        betas = np.empty((2, *place(at).shape) if at.theta.ndim > 1 else (2, 1), dtype)
        betas[0], betas[1] = (column(beta, dtype, 2) for beta in (self.beta1, self.beta2))
        at.scalars = (betas, place(at), place(at))
        at.betas = None  # members' own, where they have any
        if isinstance(self.beta1, tuple) or isinstance(self.beta2, tuple):
            count = len(at.theta)
            both = (each(beta) for beta in (self.beta1, self.beta2))
            at.betas = list(zip(*(b if len(b) == count else b * count for b in both), strict=True))

    def folded(self, beta1: Any, beta2: Any, rate: Any, t: int) -> tuple[Any, Any]:
        """The step size and ε with everything in them that is the same for all parameters."""
        scale = ((1.0 - beta2) / (1.0 - beta2**t)) ** 0.5
        return rate * (1.0 - beta1) / (1.0 - beta1**t) / scale, self.epsilon / scale

    def step(self, at: Slot, rate: Figure, t: int) -> None:
        theta, g, d, moments, m, v, both = at.vectors  # from one attribute: it shows in the timing
        betas, size, epsilon = at.scalars
        if at.betas is None:
            size[...], epsilon[...] = self.folded(self.beta1, self.beta2, rate, t)
        else:  # one by one, for the same reason as in RmsProp
            rates = np.broadcast_to(rate, size.shape)
            for k, (own1, own2) in enumerate(at.betas):
                size[k], epsilon[k] = self.folded(own1, own2, float(rates[k, 0]), t)
        np.multiply(g, g, out=d)
        np.multiply(moments, betas, out=moments)  # each by its own
        np.add(moments, both, out=moments)  # g onto m and g² onto v at once
        np.sqrt(v, out=d)
        np.add(d, epsilon, out=d)
        np.divide(m, d, out=d)
        np.multiply(d, size, out=d)
        np.subtract(theta, d, out=theta)


@optimizers("adamw")
@dataclass(frozen=True)
class AdamW(Adam):
    """Adam after θ ← θ − η · weight_decay · θ, biases left out.

    Loshchilov & Hutter 2019, Algorithm 2: the decay is decoupled from the gradient, so it is not
    divided by √v̂. https://arxiv.org/abs/1711.05101
    """

    weight_decay: Setting = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse(
            self.weight_decay,
            "adamw: weight_decay",
            lambda decay: 0.0 < decay < float("inf"),
            "it is above 0. Without decay it is adam.",
        )

    def prepare(self, at: Slot) -> None:
        super().prepare(at)
        at.shrink, at.decay = place(at), exact(self.weight_decay)

    def step(self, at: Slot, rate: Figure, t: int) -> None:
        at.shrink[...] = 1.0 - rate * at.decay
        for weights in at.decayed:
            np.multiply(weights, at.shrink, out=weights)
        super().step(at, rate, t)


def _shares(optimizer: object, *names: str) -> None:
    """Refuse betas outside [0, 1)."""
    for name in names:
        refuse(
            getattr(optimizer, name),
            f"{optimizers.name_of(optimizer)}: {name}",
            lambda beta: 0.0 <= beta < 1.0,
            "it lies in [0, 1).",
        )
