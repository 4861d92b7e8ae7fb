"""Layers: what they need, and how they run forward and backward.

A layer is a frozen description. It owns no arrays: `plan` says what it needs, and `forward` and
`backward` write into the views they are handed. A batch lies in them the other way up: all kernels
serve (width, rows) and (members, width, rows) alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from nncore.arrays import Array
from nncore.buffers import Param, Plan, Slot, turned
from nncore.checks import number, whole
from nncore.initializers import HeNormal, Initializer, Zeros
from nncore.members import Setting, each, mapped
from nncore.registry import Registry


class Layer(Protocol):
    """One stage of a network.

    Besides what its plan asked for, a slot holds `dot`, the matrix product, which writes into its
    third argument; `ones`, shape (1, rows); and `draws`, each member's source of random 64-bit
    words for masks. While training it holds `dyT`, a view of dy as (..., rows, width). A layer with
    `joint` parameters finds `joined`, whether its x ends in one more row, of ones; `jointT`, the
    parameters the other way up; `outer`, whether dx is an outer product for each member,
    quicker as one elementwise product; and, or else None, `upright`, room to copy dyT to, and
    `room` for its output as (..., rows, width) where x is a view of wide rows.
    """

    def plan(self, width: int) -> Plan:
        """What the layer needs when its input has `width` features."""
        ...

    def forward(self, at: Slot, x: Array, y: Array, training: bool) -> None:
        """Write the output for `x`, shape (..., width, rows), into `y`."""
        ...

    def backward(self, at: Slot, x: Array, y: Array, dy: Array, dx: Array | None) -> None:
        """Write dL/dparameters into the slot, and dL/dx into `dx`.

        `dx` is None for the first layer, whose input needs no gradient.
        """
        ...


layers: Registry[type[Layer]] = Registry("layer")


@layers("dense")
@dataclass(frozen=True)
class Dense:
    """y = xW + b, with W of shape (width, units) and b of shape (1, units)."""

    units: int
    initializer: Initializer = field(default_factory=HeNormal)

    def __post_init__(self) -> None:
        whole("Dense: units", self.units)
        if isinstance(self.initializer, type) or not callable(self.initializer):
            raise ValueError(
                f"Dense: initializer is {self.initializer!r}; it is one of those in "
                "nncore.initializers, made: initializers['he_normal']()."
            )

    def plan(self, width: int) -> Plan:
        return Plan(
            width=self.units,
            params={
                "W": Param((width, self.units), self.initializer),
                "b": Param((1, self.units), Zeros(), decay=False),
            },
            joint=True,
        )

    def forward(self, at: Slot, x: Array, y: Array, training: bool) -> None:
        if at.joined:  # the row of ones under x meets b, the row under W
            at.dot(at.jointT, x, y)
        elif at.room is None:
            at.dot(turned(at.W), x, y)
            np.add(y, turned(at.b), out=y)
        else:  # wide rows are dearer to turn over than what comes of them
            at.dot(turned(x), at.W, at.room)
            np.add(turned(at.room), turned(at.b), out=y)

    def backward(self, at: Slot, x: Array, y: Array, dy: Array, dx: Array | None) -> None:
        if at.joined:
            dyT = at.dyT
            if at.upright is not None:
                dyT = at.upright
                np.copyto(dyT, at.dyT)
            at.dot(x, dyT, at.djoint)
        else:
            at.dot(x, at.dyT, at.dW)
            at.dot(at.ones, at.dyT, at.db)  # twice as fast as a sum over the rows
        if dx is None:
            return
        if at.outer:
            np.multiply(at.W, dy, out=dx)
        else:
            at.dot(at.W, dy, dx)


@layers("dropout")
@dataclass(frozen=True)
class Dropout:
    """Zero each number with probability 1 − keep_prob, and divide the rest by keep_prob.

    Inverted dropout: nothing to do when predicting. The mask that falls on y falls on dy too.
    keep_prob is met exactly to 1/65536, and the scale is that of the probability really used.
    Srivastava et al. 2014. https://jmlr.org/papers/v15/srivastava14a.html
    """

    keep_prob: Setting

    def __post_init__(self) -> None:
        if isinstance(self.keep_prob, list):  # as JSON has it
            object.__setattr__(self, "keep_prob", tuple(self.keep_prob))
        for keep_prob in each(self.keep_prob):
            if not 0.0 < number("Dropout: keep_prob", keep_prob) < 1.0:
                raise ValueError(
                    f"Dropout: keep_prob is {keep_prob:g}; it is the share that is kept, "
                    "between 0 and 1. To keep everything, leave the layer out."
                )

    @property
    def thresholds(self) -> tuple[int, ...]:
        """16-bit numbers below this are kept: one for all members, or one each."""
        return tuple(_threshold(keep_prob) for keep_prob in each(self.keep_prob))

    def plan(self, width: int) -> Plan:
        scale = mapped(lambda keep_prob: 65536 / _threshold(keep_prob), self.keep_prob)
        return Plan(width, scratch={"mask": width}, constants={"scale": scale})

    def forward(self, at: Slot, x: Array, y: Array, training: bool) -> None:
        if not training:
            np.copyto(y, x)
            return
        mask, thresholds = at.mask, self.thresholds
        rows = mask.reshape(len(at.draws), -1)
        if len(thresholds) == 1:
            thresholds *= len(rows)
        count = rows.shape[1]
        # a fair coin from 16 random bits is 2–4 times faster than from a uniform float
        for draw, row, threshold in zip(at.draws, rows, thresholds, strict=True):
            np.less(draw(-(-count // 4)).view(np.uint16)[:count], threshold, out=row)
        np.multiply(mask, at.scale, out=mask)
        np.multiply(x, mask, out=y)

    def backward(self, at: Slot, x: Array, y: Array, dy: Array, dx: Array | None) -> None:
        if dx is not None:
            np.multiply(dy, at.mask, out=dx)


def _threshold(keep_prob: float) -> int:
    return min(max(round(keep_prob * 65536), 1), 65535)
