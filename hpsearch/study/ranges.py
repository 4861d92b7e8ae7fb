"""Reading ranges: the tables that may stand where a value could."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import isclose
from typing import Any, Literal, get_args

from hpsearch.study.kinds import (
    WIDEST,
    Hidden,
    Kind,
    Number,
    Whole,
    Word,
    Wrong,
    is_number,
    shown,
)
from hpsearch.study.space import Choice, Float, Int, Layers, Range

MOST_OPTIONS = 256
"""Options a choice may have."""
MOST_LAYERS = 16
"""Hidden layers a range may draw: each is a parameter of the search."""

Shape = Literal["free", "funnel", "constant"]


@dataclass(frozen=True)
class WholeNetwork:
    """Hidden layers written with the input and the output around them."""

    dims: tuple[int, ...]

    @property
    def hidden(self) -> tuple[int, ...]:
        """What stands between input and output."""
        return self.dims[1:-1]


@dataclass(frozen=True)
class Searched(Kind):
    """A value of some kind, or a range of such values."""

    inner: Kind

    @property
    def wanted(self) -> str:
        return f"{self.inner.wanted}, or a range"

    def read(self, value: object) -> Any:
        if not isinstance(value, dict):
            return self.inner.read(value)
        if isinstance(self.inner, Hidden):
            return _hidden(value, self.inner)
        if "choice" in value:
            return _choice(value, self.inner)
        if isinstance(self.inner, Number) and "float" in value:
            return _float(value, self.inner)
        if isinstance(self.inner, (Number, Whole)) and "int" in value:
            return _int(value, self.inner)
        raise Wrong(f"{shown(value)} is not a range that fits; write {_example(self.inner)}.")


def _example(inner: Kind) -> str:
    match inner:
        case Number():
            return "{ float = [low, high] } or { choice = [a, b] }"
        case Whole():
            return "{ int = [low, high] } or { choice = [a, b] }"
        case Word():
            return f"{{ choice = [{', '.join(shown(name) for name in inner.names()[:2])}] }}"
        case _:
            return "{ choice = [a, b] }"


def _choice(table: Mapping[str, Any], inner: Kind) -> Choice:
    wrong = _strangers(table, ("choice",))
    given = table["choice"]
    if not isinstance(given, list) or not given:
        raise Wrong(f"choice is {shown(given)}; write a list such as [a, b].", *wrong)
    if len(given) > MOST_OPTIONS:
        raise Wrong(f"choice has {len(given)} options; write at most {MOST_OPTIONS}.", *wrong)
    options: list[Any] = []
    for option in given:
        try:
            read = inner.read(option)
        except Wrong as error:
            wrong += [f"choice: {sentence}" for sentence in error.sentences]
            continue
        if read in options:
            wrong.append(f"choice: {shown(option)} stands in it twice; take one out.")
        options.append(read)
    if len(given) == 1 and not wrong:
        wrong.append(f"choice has one option; write {shown(given[0])} by itself.")
    if wrong:
        raise Wrong(*wrong)
    return Choice(tuple(options))


def _float(table: Mapping[str, Any], inner: Number) -> Range:
    low, high, log, wrong = _ends(table, "float", inner)
    step = table.get("step")
    if step is not None:
        wrong += _step_mistakes(step, low, high, log)
    if wrong:
        raise Wrong(*wrong)
    return Float(float(low), float(high), log, None if step is None else float(step))


def _int(table: Mapping[str, Any], inner: Number | Whole) -> Range:
    low, high, log, wrong = _ends(table, "int", inner)
    step = table.get("step", 1)
    if not isinstance(step, int) or isinstance(step, bool):
        wrong.append(f"step is {shown(step)}; write a whole number of at least 1.")
    elif "step" in table:
        wrong += _step_mistakes(step, low, high, log)
    if wrong:
        raise Wrong(*wrong)
    return Int(low, high, log, step)


def _ends(
    table: Mapping[str, Any], word: str, inner: Number | Whole
) -> tuple[Any, Any, bool, list[str]]:
    """Both ends, whether it is logarithmic, and what is wrong so far."""
    wrong = _strangers(table, (word, "log", "step"))
    ends, log = table[word], table.get("log", False)
    if not isinstance(ends, list) or len(ends) != 2:
        raise Wrong(f"{word} is {shown(ends)}; write [low, high].", *wrong)
    for name, end in zip(("low", "high"), ends, strict=True):
        if word == "int" and (not isinstance(end, int) or isinstance(end, bool)):
            wrong.append(f"{name} is {shown(end)}; write a whole number, or a float range.")
            continue
        if not is_number(end):
            wrong.append(f"{name} is {shown(end)}; write a number.")
            continue
        try:
            inner.read(end)
        except Wrong as error:
            wrong += [f"{name}: {sentence}" for sentence in error.sentences]
    if wrong:
        raise Wrong(*wrong)
    low, high = ends
    if low > high:
        wrong.append(f"low is {shown(low)} but high is {shown(high)}; swap them.")
    if low == high:
        wrong.append(f"low and high are both {shown(low)}; write {shown(low)} by itself.")
    return low, high, _log(log, low, wrong), wrong


def _log(log: object, low: float, wrong: list[str], what: str = "low") -> bool:
    if not isinstance(log, bool):
        wrong.append(f"log is {shown(log)}; write true or false.")
        return False
    if log and low <= 0:
        wrong.append(f"a log range begins above 0, but {what} is {shown(low)}; raise it.")
    return log


def _step_mistakes(step: object, low: float, high: float, log: bool) -> list[str]:
    if not is_number(step) or step <= 0:
        return [f"step is {shown(step)}; write a number above 0."]
    if log:
        return ["log and step do not go together; take one out."]
    if low >= high:
        return []  # said already
    steps = (high - low) / step
    if steps < 1:
        return [f"step is {shown(step)}, more than from {shown(low)} to {shown(high)}; lower it."]
    if steps <= 2**53 and not isclose(steps, round(steps), abs_tol=1e-9):
        last = low + int(steps) * step
        return [f"steps of {shown(step)} from {shown(low)} end at {last:g}; write that as high."]
    return []


def _hidden(table: Mapping[str, Any], inner: Hidden) -> Range | WholeNetwork:
    if "choice" in table:
        return _choice(table, inner)
    if "all" in table:
        return _whole(table)
    wrong = _strangers(table, ("depth", "width", "log", "shape"))
    depth = _pair(table, "depth", MOST_LAYERS, wrong)
    width = _pair(table, "width", WIDEST, wrong)
    log = _log(table.get("log", False), 1, wrong)
    shape = table.get("shape", "free")
    if shape not in get_args(Shape):
        wrong.append(f"shape is {shown(shape)}; write one of {', '.join(get_args(Shape))}.")
    if wrong:
        raise Wrong(*wrong)
    if depth[0] == depth[1] and width[0] == width[1]:
        fixed = [width[0]] * depth[0]
        raise Wrong(f"depth and width leave one list of layers; write {fixed} by itself.")
    return Layers(depth, width, log, shape)


def _pair(table: Mapping[str, Any], word: str, most: int, wrong: list[str]) -> tuple[int, int]:
    example = "[1, 3]" if word == "depth" else "[16, 256]"
    pair = table.get(word)
    if pair is None:
        wrong.append(f"a layers range needs {word} too; write {word} = {example}.")
        return 1, 1
    if not isinstance(pair, list) or len(pair) != 2:
        wrong.append(f"{word} is {shown(pair)}; write [lowest, highest], such as {example}.")
        return 1, 1
    for name, end in zip(("low", "high"), pair, strict=True):
        try:
            Whole(1, most).read(end)
        except Wrong as error:
            wrong += [f"{word} {name}: {sentence}" for sentence in error.sentences]
            return 1, 1
    low, high = pair
    if low > high:
        wrong.append(f"{word} low is {low} but high is {high}; swap them.")
    return low, high


def _whole(table: Mapping[str, Any]) -> WholeNetwork:
    wrong = _strangers(table, ("all",))
    given = table["all"]
    try:
        dims = Hidden().read(given)
    except Wrong as error:
        wrong += [f"all: {sentence}" for sentence in error.sentences]
        raise Wrong(*wrong) from None
    if len(dims) < 2:
        wrong.append(f"all is {shown(given)}; write every width from the input to the output.")
    if wrong:
        raise Wrong(*wrong)
    return WholeNetwork(dims)


def _strangers(table: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """A sentence for each key of a range that it does not have."""
    found: list[str] = []
    for key in list(table)[:20]:
        if key in known:
            continue
        near = get_close_matches(key, known, n=1) if len(key) <= 64 else []
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}."
        found.append(f"the range has no {key[:64]!r}; {hint}")
    return found
