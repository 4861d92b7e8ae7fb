"""A range as a person reads it, and where in it a value lies."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from hpsearch.study.space import Value
from hpsearch.view.format import Glyphs, clean, parameter

CELLS = 8
"""Of the strip that shows where a value lies."""


def range_text(range_: object) -> str:
    """A range from the store, in short.

    >>> range_text({"float": [1e-4, 0.1], "log": True}), range_text({"choice": ["gd", [64, 32]]})
    ('1.0e-04 to 0.1 log', 'gd, 64-32')
    >>> range_text({"depth": [1, 3], "width": [16, 64], "shape": "free"})
    '1 to 3 of 16 to 64'
    """
    table: Mapping[str, Any] = range_ if isinstance(range_, Mapping) else {}
    match table:
        case {"float": [low, high]} | {"int": [low, high]}:
            text = f"{parameter(low)} to {parameter(high)}"
            text += f" by {parameter(table['step'])}" if table.get("step") else ""
            return text + (" log" if table.get("log") else "")
        case {"choice": [*options]}:
            return ", ".join(parameter(_value(option)) for option in options)
        case {"depth": depth, "width": width}:
            text = f"{_ends(depth)} of {_ends(width)}" + (" log" if table.get("log") else "")
            shape = table.get("shape", "free")
            return text if shape == "free" else f"{text} {shape}"
    return clean(range_ if isinstance(range_, str) else json.dumps(range_))


def position(range_: object, value: Value | None) -> float | None:
    """Where a number lies between the ends of its range, from 0 to 1; None for other values.

    >>> position({"float": [1e-4, 1e-2], "log": True}, 1e-3)
    0.5
    """
    table: Mapping[str, Any] = range_ if isinstance(range_, Mapping) else {}
    ends = table.get("float", table.get("int"))
    if not isinstance(ends, list) or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = ends
    if table.get("log"):
        if min(low, value) <= 0:
            return None
        low, high, value = math.log(low), math.log(high), math.log(value)
    share = (value - low) / (high - low) if high > low else 0.5
    return round(min(max(share, 0.0), 1.0), 12)


def strip(range_: object, value: Value | None, glyphs: Glyphs) -> str:
    """The same as a strip of cells with one of them raised; blank for other values."""
    share = position(range_, value)
    if share is None:
        return " " * CELLS
    at = min(int(share * CELLS), CELLS - 1)
    low, high = glyphs.bars[0], glyphs.bars[-1]
    return low * at + high + low * (CELLS - 1 - at)


def _ends(ends: Any) -> str:
    low, high = ends
    return str(low) if low == high else f"{low} to {high}"


def _value(option: object) -> Any:
    return tuple(option) if isinstance(option, list) else option
