"""Text and the ink it is written in: what every picture of ours is made of."""

from __future__ import annotations

from typing import TypeAlias

from hpsearch.view.format import cells

Span: TypeAlias = tuple[str, str]
"""Text, and the name of its ink in `view.palette`."""

Line: TypeAlias = list[Span]


def fitting(parts: Line, width: int) -> Line:
    """As many parts from the left as there is room for, each whole."""
    line: Line = []
    for part in parts:
        width -= cells(part[0])
        if width < 0:
            break
        line.append(part)
    return line


def width_of(line: Line) -> int:
    """How many cells a line takes."""
    return sum(cells(text) for text, _ in line)
