"""One flat vector of parameters, and named views into it.

Every weight of a network lives in `theta`, every derivative in `grad`, and a layer sees only the
slices it asked for. So an optimizer step is a handful of passes over one vector, weight decay is
one slice, a checkpoint is one array, and nothing is allocated while training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as np

from nncore.arrays import Array, Shape
from nncore.initializers import Initializer
from nncore.members import Setting, lead


@dataclass(frozen=True)
class Param:
    """A parameter a layer will need: its shape and its first values."""

    shape: Shape
    """Two numbers: (width, units) for weights, (1, units) for biases."""
    init: Initializer
    decay: bool = True
    """Whether weight decay applies. Biases and norms say no."""


@dataclass(frozen=True)
class Plan:
    """What a layer needs, said before any of it exists."""

    width: int
    """Features per row coming out."""
    params: Mapping[str, Param] = field(default_factory=dict)
    joint: bool = False
    """Whether its parameters, which lie under each other, also come as one: `joint`, `djoint`.
    They are as wide as each other then."""
    scratch: Mapping[str, int] = field(default_factory=dict)
    """Working space while training, as features per row: a dropout mask, say."""
    constants: Mapping[str, Setting] = field(default_factory=dict)
    """Numbers the kernels use, kept as 0-d arrays so that no ufunc has to cast; where members
    have their own, as a column."""
    fills: Mapping[str, float] = field(default_factory=dict)
    """Arrays like the output that hold one number throughout, never written to."""


class Slot(SimpleNamespace):
    """The views one layer asked for: `at.W`, its gradient `at.dW`, `at.mask`."""


@dataclass(frozen=True, eq=False)
class Buffers:
    """The parameters behind a network, and the room an optimizer step needs."""

    theta: Array
    """Every parameter, shape (n,) or (members, n), layer by layer."""
    work: Array
    """Two rows like theta: the gradient, and one to calculate in."""
    decayed: tuple[slice, ...]
    """The stretches of theta that weight decay applies to."""
    slots: tuple[Slot, ...]
    """One per layer, with its parameters and their gradients."""

    @property
    def grad(self) -> Array:
        """The cost's derivative by each parameter, like theta."""
        return self.work[0]

    @property
    def decays(self) -> Array:
        """Of each parameter, whether weight decay applies to it: booleans, shape (n,)."""
        decays = np.zeros(self.theta.shape[-1], bool)
        for stretch in self.decayed:
            decays[stretch] = True
        return decays

    @classmethod
    def lay_out(
        cls,
        plans: Sequence[Plan],
        rngs: Sequence[np.random.Generator],
        members: int | None,
        dtype: Any,
    ) -> Buffers:
        """Allocate the parameters the plans ask for, and draw the first values.

        Args:
            rngs: one generator a member; one alone without members.
        """
        axes = lead(members)
        size = sum(prod(param.shape) for plan in plans for param in plan.params.values())
        shape = (size,) if members is None else (members, size)
        theta, work = np.zeros(shape, dtype), np.zeros((2, *shape), dtype)

        def view(flat: Array, start: int, stop: int, shape: Shape) -> Array:
            return flat[..., start:stop].reshape(*axes, *shape)

        slots: list[Slot] = []
        decayed: list[slice] = []
        stop = 0
        for plan in plans:
            slots.append(slot := Slot())
            first = stop
            for name, param in plan.params.items():
                start, stop = stop, stop + prod(param.shape)
                weights = view(theta, start, stop, param.shape)
                for rng, member in zip(rngs, weights.reshape(-1, *param.shape), strict=True):
                    member[...] = param.init(rng, param.shape)
                setattr(slot, name, weights)
                setattr(slot, f"d{name}", view(work[0], start, stop, param.shape))
                decayed += [slice(start, stop)] if param.decay else []
            if plan.joint:
                slot.joint = view(theta, first, stop, (-1, plan.width))
                slot.djoint = view(work[0], first, stop, (-1, plan.width))
                slot.jointT = turned(slot.joint)
        return cls(theta, work, tuple(decayed), tuple(slots))

    def member(self, member: int) -> Buffers:
        """One member's own, as views: what it learns is seen here."""
        slots = tuple(
            Slot(
                **{name: view[member] if view.ndim > 2 else view for name, view in vars(s).items()}
            )
            for s in self.slots
        )
        return Buffers(self.theta[member], self.work[:, member], self.decayed, slots)


def carve(memory: Array, *shape: int) -> Array:
    """The front of a flat `memory` as one contiguous array."""
    return memory[: prod(shape)].reshape(shape)


def turned(array: Array) -> Array:
    """A view with rows and features the other way up, members in front as they were."""
    return array.swapaxes(-1, -2)
