"""Which trials and studies a person names: `digits`, `digits#3`, or `digits 3 7`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.errors import UsageError

_TRIAL = re.compile(r"(?P<study>.*)#(?P<number>[0-9]{1,9})")
_NUMBER = re.compile(r"#?([0-9]{1,9})")


@dataclass(frozen=True)
class Named:
    """A study, or a trial of it."""

    study: str | None
    """As `store.folder.find` takes it; None: the one that runs, or the newest."""
    number: int | None = None

    def __str__(self) -> str:
        study = self.study or ""
        return study if self.number is None else f"{study}#{self.number}"


def named(word: str) -> Named:
    """A study, or a trial of it.

    >>> named("digits"), named("runs/digits#12")
    (Named(study='digits', number=None), Named(study='runs/digits', number=12))
    """
    trial = _TRIAL.fullmatch(word)
    return Named(trial["study"] or None, int(trial["number"])) if trial else Named(word)


def several(words: Sequence[str]) -> tuple[Named, ...]:
    """Two or more studies, or two or more trials; numbers alone are trials of the study before.

    Raises:
        UsageError: there are fewer, or studies among trials.

    >>> [str(each) for each in several(["digits", "3", "7"])]
    ['digits#3', 'digits#7']
    """
    found: list[Named] = []
    study: str | None = None
    for word in words:
        number = _NUMBER.fullmatch(word)
        if number and study is not None:
            if found and found[-1] == Named(study):  # it only said whose trials these are
                found.pop()
            found.append(Named(study, int(number[1])))
        else:
            found.append(named(word))
            study = found[-1].study
    if len(found) < 2:
        raise UsageError(
            "compare needs two studies, as in `hpsearch compare digits iris`, or two trials, as in "
            "`hpsearch compare digits 3 7` or `hpsearch compare digits#3 iris#0`."
        )
    if len({each.number is None for each in found}) > 1:
        raise UsageError(
            f"A study and a trial cannot be compared: {', '.join(map(str, found))}. Write NAME#N "
            "for each trial."
        )
    return tuple(found)
