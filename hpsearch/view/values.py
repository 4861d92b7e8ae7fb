"""Whether one value of a trial fits what a query says of it."""

from __future__ import annotations

import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from typing import TypeGuard

from hpsearch.study.space import Value

Test = Callable[[Value | None], bool]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?")
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LONGEST_PATTERN = 200


class Unfit(ValueError):
    """What stands behind an operator does not fit it. The text is a sentence."""


def tester(operator_: str, written: str) -> Test:
    """What decides whether a value fits; of a value that is not there only `!=` and `none` hold.

    Raises:
        Unfit: `<` without a number, or `~` with what is no regular expression.
    """
    if operator_ in _ORDERS:
        return _order(operator_, written)
    if operator_ == "=":
        return _equal(written)
    if operator_ == "!=":
        equal = _equal(written)
        return lambda value: not equal(value)
    if operator_ == "~":
        return _pattern(written)
    return _contains(written)


def number(written: str) -> float | None:
    """A number as a query writes it, or None. A trailing % divides by a hundred.

    >>> number("98%"), number("1e-2"), number("tanh")
    (0.98, 0.01, None)
    """
    if not _NUMBER.fullmatch(written):
        return None
    share = written.endswith("%")
    return float(written.removesuffix("%")) / 100 if share else float(written)


def written(value: Value | None) -> str:
    """A value as a query writes it, in full: layers as 128-64, none where there is nothing."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "-".join(map(written, value)) or "none"
    return str(value)


def _order(operator_: str, written_: str) -> Test:
    limit = number(written_)
    if limit is None:
        raise Unfit(f"{operator_} needs a number behind it, and {written_!r} is none.")
    holds = _ORDERS[operator_]
    return lambda value: _is_number(value) and holds(value, limit)


def _equal(written_: str) -> Test:
    wanted, text = number(written_), _plain(written_)

    def equal(value: Value | None) -> bool:
        if wanted is not None and _is_number(value):
            return value == wanted or math.isclose(value, wanted, rel_tol=1e-9)
        return written(value).casefold() == text

    return equal


def _contains(written_: str) -> Test:
    parts = [part for part in written_.split(",") if part]
    if not parts:
        raise Unfit("there is nothing between the commas.")
    equal = [_equal(part) for part in parts]
    texts = [_plain(part) for part in parts]

    def contains(value: Value | None) -> bool:
        if isinstance(value, tuple):
            joined = f"-{written(value).casefold()}-"
            return any(f"-{text}-" in joined for text in texts)
        if isinstance(value, str):
            shown = value.casefold()
            return any(text in shown for text in texts)
        return any(same(value) for same in equal)  # 3 is not "in" 32

    return contains


def _pattern(written_: str) -> Test:
    if len(written_) > _LONGEST_PATTERN:
        raise Unfit(f"a pattern may have {_LONGEST_PATTERN} characters at most.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a later Python may read otherwise
            found = re.compile(written_, re.IGNORECASE).search
    except (re.error, OverflowError, RecursionError) as error:
        raise Unfit(f"this is no regular expression: {error}.") from None
    return lambda value: value is not None and found(written(value)) is not None


def _plain(text: str) -> str:
    """Text as it is compared; [128, 64] and 128,64 mean the layers 128-64."""
    text = text.casefold()
    if re.fullmatch(r"[\[(]?[0-9]+(?:, ?[0-9]+)+[\])]?", text):
        return "-".join(re.findall(r"[0-9]+", text))
    return text


def _is_number(value: Value | None) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
