"""`hpsearch compare`: studies or trials side by side, as a table or JSON on standard output."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.view.comparing import Row
from hpsearch.view.format import cells, clean, cut, pad

NARROWEST = 8
"""Cells a column has at least; where there is no room for all, the last ones go below."""


def as_text(
    titles: Sequence[str], rows: Sequence[Row], everything: bool, out: Terminal | None = None
) -> None:
    """Print a line for each row in which they differ, or for every row.

    Args:
        titles: what is compared, one a column.
    """
    out = out or terminal()
    shown = [row for row in rows if everything or row.differs]
    if not shown:
        out.tell(f"{' and '.join(map(clean, titles))} do not differ; --all shows what they share.")
        return
    lines = [("", *map(clean, titles)), *((clean(row.name), *row.texts) for row in shown)]
    for begin, end in _blocks(lines, out.width):
        if begin > 1:
            out.say("")
        _say([(line[0], *line[begin:end]) for line in lines], out)
    alike = len(rows) - len(shown)
    if alike and not everything:
        out.tell(f"Alike in {alike} more; --all shows them.")


def as_json(
    titles: Sequence[str], rows: Sequence[Row], everything: bool, out: Terminal | None = None
) -> None:
    """Print one object: for each name, the value of each."""
    told = {
        row.name: dict(zip(titles, row.values, strict=True))
        for row in rows
        if everything or row.differs
    }
    (out or terminal()).say(json.dumps(told, indent=2, allow_nan=False))


def _blocks(lines: Sequence[Sequence[str]], width: int) -> list[tuple[int, int]]:
    """Which columns stand beside each other: as many as fit, at least one."""
    widths = [max(cells(line[at]) for line in lines) for at in range(len(lines[0]))]
    blocks: list[tuple[int, int]] = []
    begin = 1
    while begin < len(widths):
        end, room = begin, width - widths[0]
        while end < len(widths) and (end == begin or widths[end] + 2 <= room):
            room -= widths[end] + 2
            end += 1
        blocks.append((begin, end))
        begin = end
    return blocks


def _say(lines: Sequence[Sequence[str]], out: Terminal) -> None:
    widths = [max(cells(line[at]) for line in lines) for at in range(len(lines[0]))]
    widest = max(NARROWEST, out.width - widths[0] - 2)
    for line in lines:
        texts = [cut(out.writable(text), widest, out.glyphs.more) for text in line]
        padded = [pad(text, min(width, widest)) for text, width in zip(texts, widths, strict=True)]
        out.say("  ".join(padded).rstrip())
