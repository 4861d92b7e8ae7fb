"""The query language: which trials a person wants to see.

    val_accuracy>=98% learning_rate<1e-2 state:running,complete -optimizer:gd top:10% | #72

A space is "and", `|` is "or", `-` is "not". `:` is "contains any of", `~` a regular expression,
`= != < <= > >=` compare numbers as numbers. A trailing % divides by a hundred, as shares are from
0 to 1 everywhere. `top:10%` is the best tenth of the complete trials, `#72` one trial. Names are
those of `view.fields`: the study file's, any unique ending or beginning, or an alias such as lr.
A value with spaces or `|` in it stands in double quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import ceil

from hpsearch.store.records import TrialRecord
from hpsearch.view.fields import USUAL, Fields
from hpsearch.view.querytext import read
from hpsearch.view.terms import Comparison, Number, QueryError, Term, Top
from hpsearch.view.values import tester

__all__ = ["Comparison", "Number", "Query", "QueryError", "Term", "Top", "parse"]

Matches = Callable[[TrialRecord], bool]


@dataclass(frozen=True)
class Query:
    """Alternatives, each a list of terms that must all hold. Without any, all trials match.

    Written with `str`, it reads back as itself.
    """

    alternatives: tuple[tuple[Term, ...], ...] = ()
    fields: Fields = field(default=USUAL, compare=False, repr=False)

    def __str__(self) -> str:
        return " | ".join(" ".join(map(str, terms)) for terms in self.alternatives)

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    def matcher(self, among: Iterable[TrialRecord] = ()) -> Matches:
        """What says whether a trial is asked for, in about a microsecond each.

        Args:
            among: the trials that `top:` is a share of.
        """
        best = self._ranked(among)
        ways = [[_matches(term, self.fields, best) for term in way] for way in self.alternatives]
        if not ways:
            return lambda _: True
        if len(ways) == 1:
            (only,) = ways
            return lambda trial: all(holds(trial) for holds in only)
        return lambda trial: any(all(holds(trial) for holds in way) for way in ways)

    def apply(
        self, trials: Iterable[TrialRecord], among: Iterable[TrialRecord] | None = None
    ) -> list[TrialRecord]:
        """The trials that are asked for, in the order given.

        Args:
            among: whose best `top:` takes a share of; None: the same trials.
        """
        trials = list(trials)
        holds = self.matcher(trials if among is None else among)
        return [trial for trial in trials if holds(trial)]

    def _ranked(self, among: Iterable[TrialRecord]) -> list[int]:
        """Numbers of the complete trials, best first; nothing where no term asks for them."""
        if not any(isinstance(term, Top) for way in self.alternatives for term in way):
            return []
        sign = 1.0 if self.fields.direction == "minimize" else -1.0
        known = [
            (sign * trial.value, trial.number)
            for trial in among
            if trial.state == "complete" and trial.value is not None
        ]
        return [number for _, number in sorted(known)]


def parse(text: str, fields: Fields = USUAL) -> Query:
    """Read a query; an empty one matches everything.

    Args:
        fields: the names that can be asked for, see `view.fields.fields`.

    Raises:
        QueryError: it cannot be read; says where, and offers the nearest name.

    >>> str(parse("acc>=98% -opt:gd | #72"))
    'val_accuracy>=98% -training.optimizer:gd | #72'
    """
    return Query(read(text, fields), fields)


def _matches(term: Term, fields: Fields, best: list[int]) -> Matches:
    holds = _holds(term, fields, best)
    return (lambda trial: not holds(trial)) if term.negated else holds


def _holds(term: Term, fields: Fields, best: list[int]) -> Matches:
    match term:
        case Number(number):
            return lambda trial: trial.number == number
        case Top(percent):
            chosen = frozenset(best[: ceil(len(best) * percent / 100)])
            return lambda trial: trial.number in chosen
        case Comparison(name, operator, value):
            get, test = fields.reader(name), tester(operator, value)
            return lambda trial: test(get(trial))
