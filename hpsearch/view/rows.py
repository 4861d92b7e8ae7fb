"""The leaderboard's order, and which trial is best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hpsearch.errors import UsageError
from hpsearch.store.reader import ORDER
from hpsearch.store.records import TrialRecord
from hpsearch.study.names import NoSuchName
from hpsearch.study.space import Value
from hpsearch.view.fields import USUAL, Fields, size


@dataclass(frozen=True)
class Key:
    """One of the values that trials are sorted by."""

    name: str
    """In full."""
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def keys(text: str, known: Fields = USUAL) -> tuple[Key, ...]:
    """Read what to sort by: names with commas between, each with a minus for the highest first.

    Raises:
        UsageError: there is no such name, or several.

    >>> [str(key) for key in keys("cost,-time")]
    ['val_cost', '-seconds']
    """
    return tuple(
        Key(named(word.removeprefix("-"), known, "--sort"), word.startswith("-"))
        for word in _words(text)
    )


def names(text: str, known: Fields, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Read which columns to show: names with commas between.

    Args:
        also: names that are no field of a trial.

    Raises:
        UsageError: there is no such name, or several.
    """
    also = tuple(also)
    return tuple(word if word in also else named(word, known, "--columns") for word in _words(text))


def named(word: str, known: Fields, option: str) -> str:
    """The name that a word of an option means.

    Raises:
        UsageError: none, or several.
    """
    try:
        return known.resolve(word)
    except NoSuchName as error:
        raise UsageError(f"{option}: {error}") from None


def sort(trials: Iterable[TrialRecord], by: Iterable[Key], known: Fields) -> list[TrialRecord]:
    """The trials by the first key, those alike by the next; what has no value comes last.

    Trials that are alike in every key stand as they were given. Numbers come before words.
    """
    found = list(trials)
    for key in reversed(tuple(by)):
        read = known.reader(key.name)
        with_value = [(read(trial), trial) for trial in found]
        missing = [trial for value, trial in with_value if value is None]
        known_ = [(_place(key.name, value), t) for value, t in with_value if value is not None]
        known_.sort(key=lambda pair: pair[0], reverse=key.descending)
        found = [trial for _, trial in known_] + missing
    return found


def rank(trials: Iterable[TrialRecord], direction: str) -> list[TrialRecord]:
    """Complete trials first, best first; then what runs, by its best so far; then pruned ones.

    Diverged and failed ones have no value and come last but for what waits. Ties go to the lower
    number. The same order as `Reader.leaderboard` gives.
    """
    sign = 1.0 if direction == "minimize" else -1.0

    def place(trial: TrialRecord) -> tuple[int, bool, float, int]:
        value = trial.value
        return (
            ORDER.index(trial.state),
            value is None,
            0.0 if value is None else sign * value,
            trial.number,
        )

    return sorted(trials, key=place)


def best(trials: Iterable[TrialRecord], direction: str) -> TrialRecord | None:
    """The best complete trial, if there is one."""
    first = next(iter(rank(trials, direction)), None)
    if first is None or first.state != "complete" or first.value is None:
        return None
    return first


def _place(name: str, value: Value) -> tuple[int, Value]:
    """Where a value stands among others of its key: what cannot be compared stands apart."""
    if name == "state":
        return 0, ORDER.index(value) if value in ORDER else len(ORDER)
    number = size(value)
    return (1, value) if number is None else (0, number)


def _words(text: str) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    return [word for word in words if word]
