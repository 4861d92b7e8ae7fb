"""From the text of a query to its terms, or to the place where it cannot be read."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import get_args

from hpsearch.study.events import State
from hpsearch.study.names import NoSuchName
from hpsearch.view.fields import Fields
from hpsearch.view.terms import Comparison, Number, QueryError, Term, Top
from hpsearch.view.values import Unfit, number, tester

OPERATORS = ("!=", "<=", ">=", "==", "=", "<", ">", ":", "~", "≤", "≥", "≠")
"""Longer ones first, as they are looked for in this order."""

LONGEST = 4096
"""Characters a query may have."""

_STATES: tuple[str, ...] = get_args(State)
_SAME = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_NAME = re.compile(r"[^\W\d][\w.]*")
_NUMBER = re.compile(r"[0-9]{1,9}(?![^\s|])")
_SPACE = re.compile(r"\s*")
_PLAIN = re.compile(r"[^\s|]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?![^\s|])', re.DOTALL)


def read(text: str, fields: Fields) -> tuple[tuple[Term, ...], ...]:
    """The alternatives of a query, each a list of terms; none for an empty text.

    Raises:
        QueryError: it cannot be read.
    """
    if len(text) > LONGEST:
        raise QueryError(text[:60], 60, f"A query may have {LONGEST} characters at most.")
    return _Reading(text, fields).alternatives()


class _Reading:
    """One text, and how far it is read."""

    def __init__(self, text: str, fields: Fields) -> None:
        self._text = text
        self._fields = fields
        self._at = 0

    def alternatives(self) -> tuple[tuple[Term, ...], ...]:
        """Everything."""
        found: list[tuple[Term, ...]] = []
        terms: list[Term] = []
        self._skip()
        while self._at < len(self._text):
            if self._text[self._at] == "|":
                if not terms:
                    raise self._wrong("There is nothing before this |.")
                found.append(tuple(terms))
                terms = []
                self._at += 1
            else:
                terms.append(self._term())
            self._skip()
        if found and not terms:
            raise self._wrong("There is nothing after the last |.")
        return (*found, tuple(terms)) if terms else ()

    def _term(self) -> Term:
        negated = self._takes("-")
        if self._takes("#"):
            return Number(
                int(self._match(_NUMBER, "Write a trial's number here, as in #72.")), negated
            )
        begin = self._at
        written = self._match(_NAME, "Write a name here, as in val_accuracy>=98% or #72.")
        self._skip()
        operator = self._operator(begin, written)
        self._skip()
        value_at = self._at
        value = self._value(f"{written}{operator}")
        if written == "top" and operator == ":":
            return Top(self._percent(value, value_at), negated)
        return self._comparison(begin, written, operator, value_at, value, negated)

    def _operator(self, begin: int, written: str) -> str:
        for operator in OPERATORS:
            if self._takes(operator):
                return _SAME.get(operator, operator)
        if written in _STATES:
            raise self._wrong(f"Write state:{written} for trials in that state.", begin)
        raise self._wrong(
            f"After {written!r} one of = != < <= > >= : ~ is missing, as in {written}=VALUE.",
            begin + len(written),
        )

    def _value(self, before: str) -> str:
        if self._text.startswith('"', self._at):
            inside = _QUOTED.match(self._text, self._at)
            if not inside:
                raise self._wrong('This value begins with " and does not end with one.')
            self._at = inside.end()
            return re.sub(r"\\(.)", r"\1", inside[1], flags=re.DOTALL)
        return self._match(_PLAIN, f"{before} needs a value behind it.")

    def _percent(self, value: str, at: int) -> float:
        share = number(value) if value.endswith("%") else None
        percent = number(value.removesuffix("%"))
        if share is None or percent is None or not 0 < percent <= 100:
            raise self._wrong("Write a share above 0 and up to 100 %, as in top:10%.", at)
        return percent

    def _comparison(
        self, at: int, written: str, operator: str, value_at: int, value: str, negated: bool
    ) -> Comparison:
        try:
            name = self._fields.resolve(written)
        except NoSuchName as error:
            raise self._wrong(_sentence(error), at) from None
        try:
            tester(operator, value)
        except Unfit as error:
            raise self._wrong(_sentence(error), value_at) from None
        if name == "state" and operator in ("=", "!=", ":"):
            value = ",".join(self._states(value, value_at))
            operator, negated = ":", negated != (operator == "!=")
        return Comparison(name, operator, value, negated)

    def _states(self, value: str, at: int) -> list[str]:
        """The states that are meant, by their beginnings: "run" stands in "pruned", too."""
        found: list[str] = []
        for part in filter(None, value.casefold().split(",")):
            state = next((state for state in _STATES if state.startswith(part)), None)
            if state is None:
                near = get_close_matches(part[:64], _STATES, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_STATES)}."
                place = at + max(0, value.casefold().find(part))
                raise self._wrong(f"There is no state {part[:64]!r}; {hint}", place)
            found.append(state)
        return found

    def _match(self, pattern: re.Pattern[str], missing: str) -> str:
        found = pattern.match(self._text, self._at)
        if not found:
            raise self._wrong(missing)
        self._at = found.end()
        return found[0]

    def _takes(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        assert found is not None  # it matches nothing, too
        self._at = found.end()

    def _wrong(self, message: str, at: int | None = None) -> QueryError:
        return QueryError(self._text, self._at if at is None else at, message)


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
