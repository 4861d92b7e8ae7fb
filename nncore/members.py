"""Members: independent networks of one shape, trained together along a leading axis.

A `Setting` is one number for all of them, or a tuple of one a member. Kernels never see the
difference: a number is a 0-d array there, and a tuple a column that broadcasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from numbers import Real
from typing import Any, TypeVar

import numpy as np

from nncore.arrays import Array, Shape

Setting = float | tuple[float, ...]
"""A number for all members, or one each."""

T = TypeVar("T")


def lead(members: int | None) -> Shape:
    """The axes in front of (rows, width) in what kernels see.

    One member alone has none, so that it costs what a network without the axis costs.
    """
    return () if members in (None, 1) else (members,)


def each(setting: Setting) -> tuple[float, ...]:
    """Every number there is in it."""
    return setting if isinstance(setting, tuple) else (setting,)


def mapped(f: Callable[[float], float], setting: Setting) -> Setting:
    """What `f` makes of the number, or of each."""
    return tuple(map(f, setting)) if isinstance(setting, tuple) else f(setting)


def refuse(setting: Setting, name: str, fits: Callable[[float], bool], wanted: str) -> None:
    """Raise a ValueError for the first number that does not fit."""
    for number in each(setting):
        if not isinstance(number, Real):
            raise ValueError(f"{name} is {number!r}; {wanted}")
        if not fits(number):
            raise ValueError(f"{name} is {number:g}; {wanted}")


def column(setting: Setting, dtype: Any, axes: int) -> Array:
    """A 0-d array; or the members' numbers along the first of `axes`, to broadcast."""
    numbers = np.asarray(setting, dtype)
    return numbers.reshape(-1, *(1,) * (axes - 1)) if isinstance(setting, tuple) else numbers


def exact(setting: Setting) -> Any:
    """A number as it is; the members' own as a float64 column (members, 1)."""
    return column(setting, np.float64, 2) if isinstance(setting, tuple) else setting


def member_of(thing: T, member: int) -> T:
    """A frozen dataclass as it is for one member: each tuple of numbers gives way to its own."""
    return replace(thing, **{name: told[member] for name, told in told_apart(thing)})  # type: ignore[type-var]  # a dataclass


def told_apart(thing: Any) -> Iterator[tuple[str, tuple[float, ...]]]:
    """The settings of a dataclass that differ from member to member."""
    if is_dataclass(thing):
        for one in fields(thing):
            value = getattr(thing, one.name)
            if isinstance(value, tuple) and value and isinstance(value[0], int | float):
                yield one.name, value
