"""The leaderboard's order, as the database can walk it."""

from __future__ import annotations

from collections.abc import Iterator

from hpsearch.study.events import State

ORDER: tuple[State, ...] = ("complete", "running", "pruned", "diverged", "failed", "waiting")
"""The leaderboard by state; within one, by value, those without one last, then by number."""

WITHOUT_VALUE = ("diverged", "failed")
"""States that have no figure, whatever was measured before."""


def stretches(way: str) -> Iterator[tuple[str, str]]:
    """The leaderboard in pieces (which trials, in what order), each of which runs along the index
    where one sort of all trials would not."""
    for state in ORDER:
        if state in WITHOUT_VALUE:
            yield f"state = '{state}'", "number"
        else:
            yield f"state = '{state}' AND value IS NOT NULL", f"value {way}, number"
            yield f"state = '{state}' AND value IS NULL", "number"
