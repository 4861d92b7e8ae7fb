"""Activations: a function and its gradient, side by side."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nncore.arrays import ONE, ZERO, Array
from nncore.buffers import Plan, Slot, turned
from nncore.registry import Registry


class Activation(ABC):
    """A layer without parameters that leaves the shape as it is.

    `f` may be asked of anything, rows of features; `forward` and `backward` run inside a network,
    where a batch lies the other way up.
    """

    kinks: ClassVar[tuple[float, ...]] = ()
    """Where it has no derivative. A gradient check steps around them."""

    def plan(self, width: int) -> Plan:
        return Plan(width)

    @abstractmethod
    def f(self, z: Array, y: Array) -> None:
        """Write f(z) into `y`; both are (..., rows, width)."""

    def forward(self, at: Slot, x: Array, y: Array, training: bool) -> None:
        self.f(x, y)

    @abstractmethod
    def backward(self, at: Slot, x: Array, y: Array, dy: Array, dx: Array | None) -> None:
        """Write dL/dx into `dx`, from the input, the output and dL/dy."""


class Elementwise(Activation):
    """An activation that maps each number on its own."""

    @abstractmethod
    def df(self, z: Array, y: Array, d: Array) -> None:
        """Write f'(z) into `d`. `y` still holds f(z), if that is cheaper."""

    def backward(self, at: Slot, x: Array, y: Array, dy: Array, dx: Array | None) -> None:
        if dx is not None:
            self.df(x, y, dx)
            np.multiply(dx, dy, out=dx)


activations: Registry[type[Activation]] = Registry("activation")


@activations("relu")
@dataclass(frozen=True)
class Relu(Elementwise):
    """max(z, 0), with slope 0 at 0. Nair & Hinton 2010."""

    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    def plan(self, width: int) -> Plan:
        return Plan(width, fills={"zeros": 0.0})

    def f(self, z: Array, y: Array) -> None:
        np.maximum(z, ZERO, out=y)

    def forward(self, at: Slot, x: Array, y: Array, training: bool) -> None:
        np.maximum(x, at.zeros, out=y)  # two to three times faster than with a scalar

    def backward(self, at: Slot, x: Array, y: Array, dy: Array, dx: Array | None) -> None:
        if dx is not None:  # without a call of df in between, which shows in small networks
            np.greater(x, ZERO, out=dx)  # as y would say, but x has no row of ones between members
            np.multiply(dx, dy, out=dx)

    def df(self, z: Array, y: Array, d: Array) -> None:
        np.greater(y, ZERO, out=d)


@activations("leaky_relu")
@dataclass(frozen=True)
class LeakyRelu(Elementwise):
    """z where it is positive, else slope · z. Maas et al. 2013."""

    slope: float = 0.01
    kinks: ClassVar[tuple[float, ...]] = (0.0,)

    def __post_init__(self) -> None:
        if not 0.0 <= self.slope < 1.0:
            raise ValueError(f"leaky_relu: slope is {self.slope:g}; it lies in [0, 1).")

    def f(self, z: Array, y: Array) -> None:
        np.multiply(z, self.slope, out=y)
        np.maximum(z, y, out=y)

    def df(self, z: Array, y: Array, d: Array) -> None:
        np.greater(z, ZERO, out=d)
        np.maximum(d, self.slope, out=d)


@activations("tanh")
@dataclass(frozen=True)
class Tanh(Elementwise):
    """tanh(z), with derivative 1 − y²."""

    def f(self, z: Array, y: Array) -> None:
        np.tanh(z, out=y)

    def df(self, z: Array, y: Array, d: Array) -> None:
        np.multiply(y, y, out=d)
        np.subtract(ONE, d, out=d)


@activations("sigmoid")
@dataclass(frozen=True)
class Sigmoid(Elementwise):
    """1 / (1 + exp(−z)), with derivative y (1 − y).

    Exact in both tails: far below zero exp overflows to infinity, whose reciprocal is the right 0.
    """

    def f(self, z: Array, y: Array) -> None:
        np.negative(z, out=y)
        np.exp(y, out=y)
        np.add(y, ONE, out=y)
        np.divide(ONE, y, out=y)

    def df(self, z: Array, y: Array, d: Array) -> None:
        np.subtract(ONE, y, out=d)
        np.multiply(d, y, out=d)


@activations("softmax")
@dataclass(frozen=True)
class Softmax(Activation):
    """exp(zᵢ) / Σⱼ exp(zⱼ) over the features of a row, shifted by the row's largest z.

    Nearly always the output, where the loss takes it in with a gradient of p − target. Inside a
    network dL/dzᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ).
    """

    def f(self, z: Array, y: Array) -> None:
        np.subtract(z, np.max(z, axis=-1, keepdims=True), out=y)
        np.exp(y, out=y)
        np.divide(y, np.sum(y, axis=-1, keepdims=True), out=y)

    def forward(self, at: Slot, x: Array, y: Array, training: bool) -> None:
        self.f(turned(x), turned(y))

    def backward(self, at: Slot, x: Array, y: Array, dy: Array, dx: Array | None) -> None:
        if dx is not None:
            np.multiply(dy, y, out=dx)
            np.subtract(dy, np.sum(dx, axis=-2, keepdims=True), out=dx)
            np.multiply(dx, y, out=dx)


@activations("linear")
@dataclass(frozen=True)
class Linear(Elementwise):
    """z itself: the output of a regression."""

    def f(self, z: Array, y: Array) -> None:
        np.copyto(y, z)

    def df(self, z: Array, y: Array, d: Array) -> None:
        d.fill(1.0)
