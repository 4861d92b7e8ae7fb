"""What may stand at a key: one small class a kind.

A kind reads a value as tomllib gives it, and either returns it checked or raises `Wrong` with a
sentence that says what to write instead. Booleans are not integers here, and nothing is converted
but whole numbers where any number may stand.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeGuard

from pydantic_core import CoreSchema, core_schema

from hpsearch.study.families import unknown
from hpsearch.study.options import NAME

WIDEST = 65_536
"""Units a layer may have."""
DEEPEST = 64
"""Hidden layers a list may have."""


class Wrong(ValueError):
    """A value does not fit its key. One sentence a mistake."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Kind(ABC):
    """What may stand at a key."""

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What fits, to go on from "write"."""

    @abstractmethod
    def read(self, value: object) -> Any:
        """The value, checked.

        Raises:
            Wrong: it does not fit.
        """

    def refuse(self, value: object) -> Wrong:
        """The usual sentence."""
        return Wrong(f"{shown(value)} does not fit; write {self.wanted}.")

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number."""

    low: int
    high: int

    @property
    def wanted(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def read(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(value)
        if not self.low <= value <= self.high:
            raise self.refuse(value)
        return value


@dataclass(frozen=True)
class Number(Kind):
    """A number, as a float."""

    low: float
    high: float
    low_fits: bool = False
    high_fits: bool = False
    because: str = ""
    """What is said to someone outside, such as why an end does not fit."""

    @property
    def wanted(self) -> str:
        begin = f"from {self.low:g}" if self.low_fits else f"above {self.low:g}"
        end = f"up to {self.high:g}" if self.high_fits else f"below {self.high:g}"
        return f"a number {begin} and {end}{self.because}"

    def read(self, value: object) -> float:
        if not is_number(value):
            raise self.refuse(value)
        number = float(value)
        above = number >= self.low if self.low_fits else number > self.low
        below = number <= self.high if self.high_fits else number < self.high
        if not (above and below):
            raise self.refuse(value)
        return number


@dataclass(frozen=True)
class Flag(Kind):
    """true or false."""

    @property
    def wanted(self) -> str:
        return "true or false"

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value


@dataclass(frozen=True)
class Word(Kind):
    """One of the names of a family."""

    family: str
    """In the singular, for sentences."""
    names: Callable[[], tuple[str, ...]]
    later: tuple[str, ...] = ()
    """Names that will be known one day."""

    @property
    def wanted(self) -> str:
        return f"one of {', '.join(self.names())}"

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        if value in self.later:
            raise Wrong(f"{value!r} is not built yet; write {self.wanted}.")
        if value not in self.names():
            raise Wrong(unknown(self.family, value, self.names()))
        return value


@dataclass(frozen=True)
class Text(Kind):
    """Words of any sort, such as a path."""

    what: str = "text in quotes"
    pattern: str = r"[^\x00-\x1f\x7f]{1,4096}"

    @property
    def wanted(self) -> str:
        return self.what

    def read(self, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise self.refuse(value)
        return value


@dataclass(frozen=True)
class Name(Text):
    """A study's name: it becomes a folder's."""

    what: str = (
        "letters, digits, dots, dashes and underscores, at most 64, the first a letter or digit"
    )
    pattern: str = NAME.pattern


@dataclass(frozen=True)
class Texts(Kind):
    """Several texts, or one that stands alone, as a tuple."""

    alone: bool = False
    """Whether a single text may stand without brackets."""
    empty: bool = False
    """Whether the texts may have no letters, as a blank cell does."""
    none: bool = False
    """Whether the list may be empty."""

    @property
    def wanted(self) -> str:
        return ("one name in quotes, or " if self.alone else "") + 'a list such as ["a", "b"]'

    def read(self, value: object) -> tuple[str, ...]:
        if self.alone and isinstance(value, str) and value:
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.refuse(value)
        twice = (
            sorted({item for item in value if value.count(item) > 1}) if len(value) < 999 else []
        )
        if twice:
            raise Wrong(f"{twice[0]!r} stands in the list twice; take one out.")
        if (not value and not self.none) or ("" in value and not self.empty):
            raise self.refuse(value)
        return tuple(value)


@dataclass(frozen=True)
class Options(Kind):
    """A table of settings that is handed on as it is."""

    @property
    def wanted(self) -> str:
        return "a table of numbers, texts or truth values, such as { n_startup_trials = 20 }"

    def read(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        for setting in value.values():
            if not isinstance(setting, (bool, str)) and not is_number(setting):
                raise self.refuse(value)
        return value


@dataclass(frozen=True)
class KeepProb(Number):
    """A share of units kept, or one a hidden layer."""

    def read(self, value: object) -> Any:
        if not isinstance(value, list):
            return super().read(value)
        each = Number(0.0, 1.0, high_fits=True)
        if not 1 <= len(value) <= DEEPEST:
            raise self.refuse(value)
        kept = tuple(each.read(item) for item in value)
        if all(share == 1.0 for share in kept):
            raise Wrong(f"{shown(value)} drops nothing; write a share below 1.")
        return kept


@dataclass(frozen=True)
class Hidden(Kind):
    """The widths of the hidden layers, as a tuple."""

    @property
    def wanted(self) -> str:
        return (
            "the hidden layers such as [64, 32], "
            "or a range such as { depth = [1, 3], width = [16, 256], log = true }"
        )

    def read(self, value: object) -> tuple[int, ...]:
        if not isinstance(value, list) or len(value) > DEEPEST:
            raise self.refuse(value)
        return tuple(Whole(1, WIDEST).read(width) for width in value)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a finite number within 64 bits; truth values are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isfinite(value) if isinstance(value, float) else abs(value) < 2**63


def shown(value: object) -> str:
    """A value as a study file writes it, short and on one line."""
    text = _written(value, 0)
    return text if len(text) <= 60 else text[:57] + "…"


def _written(value: object, depth: int) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < 2**63 else "a huge number"
        case str():
            return json.dumps(value[:80], ensure_ascii=False)
        case list() | tuple() if depth < 3:
            return f"[{', '.join(_written(item, depth + 1) for item in value[:20])}]"
        case dict() if depth < 3:
            pairs = list(value.items())[:20]
            inside = ", ".join(f"{key} = {_written(item, depth + 1)}" for key, item in pairs)
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple() | dict():
            return "…"
        case float():
            return repr(value)
        case _:
            return str(value)
