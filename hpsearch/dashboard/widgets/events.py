"""The latest events on one line, the newest first."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.store.inbox import to_reader
from hpsearch.store.records import EventRecord
from hpsearch.view.format import Glyphs, cells, clean, clock, cut
from hpsearch.view.inked import Line

INKS = {
    "best": "best",
    "complete": "plain",
    "pruned": "dim",
    "diverged": "failed",
    "failed": "failed",
    "retried": "warning",
    "warning": "warning",
    "state": "accent",
    "command": "accent",
}
MOST = 12
"""More events than fit on any line."""
_SIGNED = ("best", "complete", "pruned", "diverged", "failed")


class Ticker(Canvas):
    """The latest events."""

    def __init__(self) -> None:
        super().__init__(id="ticker")
        self._events: tuple[EventRecord, ...] = ()
        """The newest first."""

    def show(self, events: Sequence[EventRecord]) -> None:
        """Show the latest of these; the last came last."""
        self._events = tuple(events[at] for at in range(-1, -1 - min(MOST, len(events)), -1))
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """As many as fit."""
        signs = self.signs
        line: Line = []
        room = width
        for event in self._events:
            when, (text, ink) = event_spans(event, signs)
            if not line:  # the newest is told, if only its beginning
                text = cut(text, max(0, width - 1 - cells(when[0])), signs.more)
            told = [when, (text, ink), ("  ", "plain")]
            needed = 1 + sum(cells(text) for text, _ in told)
            if needed - 2 > room and line:
                break
            line += [(" ", "plain"), *told]
            room -= needed
        return [line]


def event_lines(event: EventRecord, signs: Glyphs, width: int) -> list[Line]:
    """The same in lines of a width: what does not fit one goes on below its first word."""
    when, (text, ink) = event_spans(event, signs)
    indent = 1 + cells(when[0])
    first, *more = textwrap.wrap(text, max(8, width - indent)) or [""]
    return [
        [(" ", "plain"), when, (first, ink)],
        *([(" " * indent, "plain"), (part, ink)] for part in more),
    ]


def event_spans(event: EventRecord, signs: Glyphs) -> Line:
    """When, a sign, and what."""
    sign = getattr(signs, event.kind) if event.kind in _SIGNED else ""
    sign = signs.diverged if event.kind in ("retried", "warning") else sign
    told = clean(to_reader(event.text))
    text = f"{sign} {told}" if sign else told
    return [(f"{clock(event.time)} ", "dim"), (text, INKS.get(event.kind, "plain"))]
