"""Kinds for what bounds a study: lengths of time, and how much of it is kept on disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hpsearch.study.kinds import Kind, is_number

_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
_DURATION = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)d)?\s*(?:(?P<h>\d+(?:\.\d+)?)h)?\s*"
    r"(?:(?P<m>\d+(?:\.\d+)?)m)?\s*(?:(?P<s>\d+(?:\.\d+)?)s)?"
)
_LONGEST = 10 * 365 * 86_400.0


@dataclass(frozen=True)
class Duration(Kind):
    """A length of time, as seconds: a number of them, or "90s", "30m", "1h30m", "2d"."""

    @property
    def wanted(self) -> str:
        return 'a time such as "90s", "30m", "1h30m" or "2d", or a number of seconds'

    def read(self, value: object) -> float:
        seconds = self._seconds(value)
        if not 0 < seconds <= _LONGEST:
            raise self.refuse(value)
        return seconds

    def _seconds(self, value: object) -> float:
        if is_number(value):
            return float(value)
        if not isinstance(value, str) or len(value) > 40:
            raise self.refuse(value)
        parts = _DURATION.fullmatch(value.strip())
        if parts is None:
            raise self.refuse(value)
        return sum(float(n) * _UNITS[unit] for unit, n in parts.groupdict().items() if n)


@dataclass(frozen=True)
class Keep(Kind):
    """Of how many finished trials the weights are kept: "all", "none" or "best:N"."""

    @property
    def wanted(self) -> str:
        return '"best:10", "all" or "none"'

    def read(self, value: object) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"all|none|best:[1-9]\d{0,5}", value):
            raise self.refuse(value)
        return value


def kept(keep: str) -> int | None:
    """How many trials' weights "best:N", "all" (None) or "none" (0) keeps."""
    if keep == "all":
        return None
    return 0 if keep == "none" else int(keep.partition(":")[2])
