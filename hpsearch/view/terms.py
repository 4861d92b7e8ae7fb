"""What a query is made of, each written as a person would write it."""

from __future__ import annotations

from dataclasses import dataclass

from hpsearch.errors import UsageError
from hpsearch.view.format import cells, clean


class QueryError(UsageError):
    """A query cannot be read. Its text shows the query with a caret under the place."""

    def __init__(self, text: str, position: int, message: str) -> None:
        self.text = text
        """The whole query."""
        self.position = position
        """Where in it, from 0."""
        self.message = message
        """One sentence."""
        super().__init__(f"{message}\n{self.pointed()}")

    def pointed(self, indent: str = "  ") -> str:
        """The query on one line, and a caret on the next."""
        before, after = clean(self.text[: self.position]), clean(self.text[self.position :])
        return f"{indent}{before}{after}\n{indent}{' ' * cells(before)}^"


@dataclass(frozen=True)
class Comparison:
    """A name, an operator and a value: `learning_rate<1e-2`."""

    name: str
    """In full."""
    operator: str
    """One of `querytext.OPERATORS`."""
    value: str
    """As written; with `:` each part between commas is one alternative."""
    negated: bool = False

    def __str__(self) -> str:
        return f"{_minus(self.negated)}{self.name}{self.operator}{quoted(self.value)}"


@dataclass(frozen=True)
class Top:
    """The best share of the complete trials: `top:10%`."""

    percent: float
    """Above 0, up to 100."""
    negated: bool = False

    def __str__(self) -> str:
        short = f"{self.percent:g}"
        percent = short if float(short) == self.percent else repr(self.percent)
        return f"{_minus(self.negated)}top:{percent}%"


@dataclass(frozen=True)
class Number:
    """One trial: `#72`."""

    number: int
    negated: bool = False

    def __str__(self) -> str:
        return f"{_minus(self.negated)}#{self.number}"


Term = Comparison | Top | Number


def quoted(value: str) -> str:
    """A value as it can stand behind an operator."""
    if value and value.isprintable() and not set(value) & set(' |"\\') and value[0] not in "<>=":
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _minus(negated: bool) -> str:
    return "-" if negated else ""
