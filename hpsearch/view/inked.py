"""Text and the ink it is written in: what every picture of ours is made of."""

from __future__ import annotations

from typing import TypeAlias

from hpsearch.view.format import cells

Span: TypeAlias = tuple[str, str]
"""Text, and the name of its ink in `view.palette`."""

Line: TypeAlias = list[Span]


def width_of(line: Line) -> int:
    """How many cells a line takes."""
    return sum(cells(text) for text, _ in line)
