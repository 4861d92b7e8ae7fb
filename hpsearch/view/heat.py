"""A confusion matrix as lines: counts on a ground as warm as their share of the class."""

from __future__ import annotations

from bisect import bisect_right

from hpsearch.study.confusion import Confusion
from hpsearch.view.format import ASCII, Glyphs, cells, clean, cut, pad
from hpsearch.view.inked import Line, Span

NAME = 14
"""Cells of a class's name, at most."""
MOST_SLIPS = 8
"""Confusions that are named beside a matrix."""
MOST_CLASSES = 12
"""Classes that are told one by one where there is no room for a matrix."""
_WRONG = (0.0, 0.02, 0.1, 0.3)
_RIGHT = (0.0, 0.5, 0.8, 0.95)
_SHADES = ("·", "░", "▒", "▓", "█")
_ASCII_SHADES = (".", ":", "+", "x", "#")
_SHORT = "  recall"
_RECALL = f"{_SHORT}    rows"


def confusion_lines(confusion: Confusion, width: int, signs: Glyphs) -> list[Line]:
    """The matrix with recall beside and precision below, and what was taken for what most often.

    Where there is no room for counts, shades take their place; where there is none for shades,
    the worst classes are told one by one.
    """
    names = [cut(clean(name), NAME, signs.more) for name in confusion.classes]
    wide = max(len("true"), *map(cells, names))
    most = max((n for row in confusion.counts for n in row), default=0)
    # a digit beside a digit reads as one number: a blank between, and room for 100 % below
    least = max(4, len(str(most)) + 1)
    size = len(names)
    # where it is narrow, how many rows a class has gives way first
    spare = width - wide - len(_RECALL) - 3
    rows = size * least <= spare
    room = spare if rows else spare + len(_RECALL) - len(_SHORT)
    if size * least <= room:
        across = min(max(least, *(cells(name) + 1 for name in names)), max(least, room // size), 9)
        matrix = _counts(confusion, names, wide, across, rows, signs)
    elif size * 2 <= room:
        matrix = _shades(confusion, names, wide, 2, signs)
    elif size <= room:
        matrix = _shades(confusion, names, wide, 1, signs)
    else:
        return [*_slips(confusion, MOST_SLIPS, signs), [], *_worst(confusion, names, wide, signs)]
    beside = _slips(confusion, min(MOST_SLIPS, max(3, len(matrix) - 1)), signs)
    return _side_by_side(matrix, beside, width)


def share(value: float | None, signs: Glyphs) -> str:
    """A share in per cent, in five cells at most."""
    return signs.nothing if value is None else f"{100 * value:.1f}"


def _counts(
    confusion: Confusion, names: list[str], wide: int, across: int, rows: bool, signs: Glyphs
) -> list[Line]:
    heading = "".join(pad(cut(name, across - 1, ""), across, right=True) for name in names)
    none = "." if signs is ASCII else "·"
    lines: list[Line] = [
        [(f" {pad('true', wide)} ", "dim"), (heading, "dim"), (_RECALL if rows else _SHORT, "dim")]
    ]
    told = confusion.by_class()
    for at, (row, one) in enumerate(zip(confusion.counts, told, strict=True)):
        line: Line = [(f" {pad(names[at], wide)} ", "plain")]
        for column, count in enumerate(row):
            text = pad(f"{count}" if count else none, across, right=True)
            line.append((text, _ink(count, one.rows, at == column)))
        lines.append([*line, *_recall(one.recall, one.rows, signs)[: 1 + rows]])
    below = "".join(
        pad(signs.nothing if one.precision is None else f"{100 * one.precision:.0f}", across, True)
        for one in told
    )
    lines.append([(f" {pad(cut('precision', wide, ''), wide)} ", "dim"), (below, "plain")])
    if wide < len("precision"):
        lines[-1] = [(f" {pad('%', wide)} ", "dim"), (below, "plain"), ("  precision", "dim")]
    return lines


def _shades(
    confusion: Confusion, names: list[str], wide: int, across: int, signs: Glyphs
) -> list[Line]:
    shades = _ASCII_SHADES if signs is ASCII else _SHADES
    total = " " * (across * len(names))
    lines: list[Line] = [[(f" {pad('true', wide)} {total}", "dim"), (_SHORT, "dim")]]
    for at, (row, one) in enumerate(zip(confusion.counts, confusion.by_class(), strict=True)):
        line: Line = [(f" {pad(names[at], wide)} ", "plain")]
        for column, count in enumerate(row):
            right = at == column
            sign = shades[warmth(count, one.rows, right)] if count else " "
            line.append((sign * across, "running" if right else "accent"))
        lines.append([*line, *_recall(one.recall, one.rows, signs)[:1]])
    return lines


def _recall(value: float | None, rows: int, signs: Glyphs) -> Line:
    ink = "warning" if value is not None and value < 0.8 else "plain"
    return [(pad(share(value, signs), 8, right=True), ink), (f"{rows:8,}", "dim")]


def warmth(count: int, rows: int, right: bool) -> int:
    """How warm the ground of a count is, by its share of the class: from 0, none, to 4."""
    part = count / rows if rows else 0.0
    return bisect_right(_RIGHT if right else _WRONG, part) if count else 0


def _ink(count: int, rows: int, right: bool) -> str:
    level = warmth(count, rows, right)
    if not level:
        return "faint"
    return f"right{level}" if right else f"wrong{level}"


def _slips(confusion: Confusion, most: int, signs: Glyphs) -> list[Line]:
    """What was taken for what, most often first."""
    every = confusion.slips()
    if not every:
        return [[("no row was taken for another class", "dim")]]
    lines: list[Line] = [[("taken for another  rows", "dim")]]
    arrow = "->" if signs is ASCII else "→"
    called = [
        f" {arrow} ".join(cut(clean(name), NAME, signs.more) for name in (one.true, one.predicted))
        for one in every[:most]
    ]
    wide = max(len("taken for another"), *map(cells, called))
    for name, slip in zip(called, every, strict=False):
        lines.append([(pad(name, wide), "plain"), (f"{slip.rows:6,}", "bold")])
    return lines


def _worst(confusion: Confusion, names: list[str], wide: int, signs: Glyphs) -> list[Line]:
    told = list(zip(names, confusion.by_class(), strict=True))
    told.sort(key=lambda one: 2.0 if one[1].recall is None else one[1].recall)
    lines: list[Line] = [[(f" {pad('class', wide)}  precision{_RECALL}", "dim")]]
    for name, one in told[:MOST_CLASSES]:
        precision = pad(share(one.precision, signs), 11, right=True)
        start: Span = (f" {pad(name, wide)}{precision}", "plain")
        lines.append([start, *_recall(one.recall, one.rows, signs)])
    if (left := len(told) - MOST_CLASSES) > 0:
        lines.append([(f" {left:,} better ones", "dim")])
    return lines


def _side_by_side(left: list[Line], right: list[Line], width: int) -> list[Line]:
    """Beside each other where there is room, else below each other."""
    wide, other = (max(map(_width, part), default=0) for part in (left, right))
    if wide + 4 + other > width:
        return [*left, [], *([(" ", "plain"), *line] for line in right)]
    lines: list[Line] = []
    for at in range(max(len(left), len(right))):
        line = left[at] if at < len(left) else []
        beside = right[at] if at < len(right) else []
        lines.append([*line, (" " * (wide + 4 - _width(line)), "plain"), *beside])
    return lines


def _width(line: Line) -> int:
    return sum(cells(text) for text, _ in line)
