"""Callers of whom nobody knows yet whether they know the key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

STRANGERS = 512
"""At most so many at once; a process may by default have 1,024 files open."""
TOLD = 64
"""So many refusals are told one by one."""


class Caller(Protocol):
    """The engine's end of one connection."""

    async def welcome(self, key: bytes) -> None:
        """Prove to each other that both know the key."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Door:
    """Lets in who knows the key, and bears a flood of those who do not."""

    def __init__(self, refused: Callable[[str], None]) -> None:
        self._refused, self._refusals = refused, 0
        self._strangers: dict[Caller, None] = {}  # the oldest first

    async def acquaint(self, caller: Caller, key: bytes) -> None:
        """Shake hands.

        Of too many callers that do not, the oldest make room: who knows the key is done within
        milliseconds, and a flood must not take the files that the study needs.

        Raises:
            WireError: the caller does not know the key.
        """
        self._strangers[caller] = None
        if len(self._strangers) > STRANGERS:
            oldest = next(iter(self._strangers))
            del self._strangers[oldest]
            oldest.close()
        try:
            await caller.welcome(key)
        finally:
            self._strangers.pop(caller, None)

    def refuse(self, why: str) -> None:
        """Say whom we refuse; of a flood less and less, or it would fill the disk."""
        self._refusals += 1
        if self._refusals <= TOLD:
            self._refused(why)
        elif self._refusals.bit_count() == 1:  # the 128th, the 256th, …
            self._refused(f"{why}; {self._refusals} callers so far")
