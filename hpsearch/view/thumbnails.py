"""Small gray images as text: two pixels a cell."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.view.format import ASCII, Glyphs, cells, cut, pad
from hpsearch.view.inked import Line, Span

Image = Sequence[Sequence[int]]
"""Brightness from 0 to 255, row by row."""

GAP = 2
_SHADES = " ░▒▓█"
_ASCII_SHADES = " .:+#"


def gallery(
    images: Sequence[tuple[Image, str]], width: int, signs: Glyphs, colour: bool = True
) -> list[Line]:
    """Images in rows, each with its name below.

    Args:
        colour: whether half a cell may have a colour of its own; without, shades do.
    """
    if not images:
        return []
    across = max(max(len(image[0]), cells(name)) for image, name in images) + GAP
    each_row = max(1, (width - 1) // across)
    lines: list[Line] = []
    for first in range(0, len(images), each_row):
        part = images[first : first + each_row]
        drawn = [_drawn(image, signs, colour) for image, _ in part]
        for at in range(max(map(len, drawn))):
            line: Line = [(" ", "plain")]
            for image, picture in zip(drawn, part, strict=True):
                row = image[at] if at < len(image) else []
                line += [*row, (" " * (across - (len(picture[0][0]) if row else 0)), "plain")]
            lines.append(line)
        names = "".join(pad(cut(name, across - 1, signs.more), across) for _, name in part)
        lines += [[(f" {names}", "dim")], []]
    return lines[:-1]


def _drawn(image: Image, signs: Glyphs, colour: bool) -> list[Line]:
    """Two rows of pixels a line."""
    blank = [0] * len(image[0])
    pairs = zip(image[::2], [*image[1::2], blank][: (len(image) + 1) // 2], strict=True)
    if signs is ASCII or not colour:
        shades = _ASCII_SHADES if signs is ASCII else _SHADES
        return [
            [("".join(shades[(a + b) * 5 // 511] for a, b in zip(*pair, strict=True)), "plain")]
            for pair in pairs
        ]
    return [_joined([_half(a, b) for a, b in zip(*pair, strict=True)]) for pair in pairs]


def _half(upper: int, lower: int) -> Span:
    return "▀", f"{_gray(upper)} on {_gray(lower)}"


def _gray(brightness: int) -> str:
    """One of sixteen grays: more are not told apart, and each pair is a style of its own."""
    return "#" + f"{brightness // 16:x}" * 6


def _joined(spans: list[Span]) -> Line:
    """Neighbours of one ink as one span."""
    line: Line = []
    for text, ink in spans:
        if line and line[-1][1] == ink:
            line[-1] = (line[-1][0] + text, ink)
        else:
            line.append((text, ink))
    return line
