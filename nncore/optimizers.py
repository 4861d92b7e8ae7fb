"""Optimizers: one in-place step over one flat vector.

η is the learning rate, g the gradient of the cost, t the number of the step from 1. Where a
formula averages with 1 − β, the memory here is kept without that factor and the factor goes into
the step size (and ε): the same numbers in fewer passes over the vector.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from nncore.buffers import Slot
from nncore.registry import Registry


class Optimizer(Protocol):
    """A rule for moving parameters downhill. What it remembers is rows of floats.

    Its slot holds `theta`, shape (n,) or (members, n); `work`, two rows like theta: the gradient
    and room to calculate in, both spent by a step; `state`, as many rows like theta as `slots`,
    zeros at first; and `decayed`, the leading part of theta that weight decay applies to.
    """

    slots: ClassVar[int]
    """How many numbers it remembers per parameter."""

    def prepare(self, at: Slot) -> None:
        """Add to the slot, once, the views and constants that `step` uses."""
        ...

    def step(self, at: Slot, rate: float, t: int) -> None:
        """Move `at.theta` in place by the gradient in `at.work[0]`."""
        ...


optimizers: Registry[type[Optimizer]] = Registry("optimizer")


@optimizers("gd")
@dataclass(frozen=True)
class GradientDescent:
    """θ ← θ − ηg."""

    slots: ClassVar[int] = 0

    def prepare(self, at: Slot) -> None:
        at.g = at.work[0]
        at.size = np.zeros((), at.theta.dtype)

    def step(self, at: Slot, rate: float, t: int) -> None:
        at.size[...] = rate
        np.multiply(at.g, at.size, out=at.g)
        np.subtract(at.theta, at.g, out=at.theta)


@optimizers("momentum")
@dataclass(frozen=True)
class Momentum:
    """v ← β₁v + (1−β₁)g; θ ← θ − ηv.

    PyTorch's momentum lacks the factor 1 − β₁: its rate is η(1−β₁) in our terms.
    """

    beta1: float = 0.9
    slots: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _shares(self, "beta1")

    def prepare(self, at: Slot) -> None:
        at.g, at.v = at.work[0], at.state[0]
        at.size = np.zeros((), at.theta.dtype)
        at.beta1 = np.asarray(self.beta1, at.theta.dtype)

    def step(self, at: Slot, rate: float, t: int) -> None:
        at.size[...] = rate * (1.0 - self.beta1)
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

    beta1: float = 0.9
    epsilon: float = 1e-8
    slots: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _shares(self, "beta1")

    def prepare(self, at: Slot) -> None:
        (at.g, at.d), at.s = at.work, at.state[0]
        scale = (1.0 - self.beta1) ** 0.5
        at.size = np.zeros((), at.theta.dtype)
        at.beta1 = np.asarray(self.beta1, at.theta.dtype)
        at.epsilon = np.asarray(self.epsilon / scale, at.theta.dtype)
        at.scale = scale

    def step(self, at: Slot, rate: float, t: int) -> None:
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

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    slots: ClassVar[int] = 2

    def __post_init__(self) -> None:
        _shares(self, "beta1", "beta2")

    def prepare(self, at: Slot) -> None:
        dtype = at.theta.dtype
        at.vectors = (at.theta, *at.work, at.state, *at.state, at.work)
        betas = (np.asarray(beta, dtype) for beta in (self.beta1, self.beta2))
        at.scalars = (*betas, np.zeros((), dtype), np.zeros((), dtype))

    def step(self, at: Slot, rate: float, t: int) -> None:
        theta, g, d, moments, m, v, both = at.vectors  # from one attribute: it shows in the timing
        beta1, beta2, size, epsilon = at.scalars
        scale = ((1.0 - self.beta2) / (1.0 - self.beta2**t)) ** 0.5
        size[...] = rate * (1.0 - self.beta1) / (1.0 - self.beta1**t) / scale
        epsilon[...] = self.epsilon / scale
        np.multiply(g, g, out=d)
        np.multiply(m, beta1, out=m)
        np.multiply(v, beta2, out=v)
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

    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.weight_decay > 0.0:
            raise ValueError(
                f"adamw: weight_decay is {self.weight_decay:g}; it is above 0. "
                "Without decay it is adam."
            )

    def prepare(self, at: Slot) -> None:
        super().prepare(at)
        at.shrink = np.ones((), at.theta.dtype)

    def step(self, at: Slot, rate: float, t: int) -> None:
        at.shrink[...] = 1.0 - rate * self.weight_decay
        np.multiply(at.decayed, at.shrink, out=at.decayed)
        super().step(at, rate, t)


def _shares(optimizer: object, *names: str) -> None:
    """Refuse betas outside [0, 1)."""
    for name in names:
        beta = getattr(optimizer, name)
        if not 0.0 <= beta < 1.0:
            raise ValueError(
                f"{optimizers.name_of(optimizer)}: {name} is {beta:g}; it lies in [0, 1)."
            )
