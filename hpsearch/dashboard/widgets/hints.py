"""The keys that matter here, on the last line."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.view.format import cells
from hpsearch.view.inked import Line


class Hints(Canvas):
    """Keys with a word each; those that do not fit are left out, the last ones first."""

    def __init__(self, hints: Sequence[tuple[str, str]]) -> None:
        super().__init__(id="hints")
        self._hints = hints

    def show(self, hints: Sequence[tuple[str, str]]) -> None:
        """Show these keys and words; "?" and "q" keep their place."""
        self._hints = hints
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """As many as fit; help and leaving always."""
        last = [hint for hint in self._hints if hint[0] in ("?", "q")]
        room = width - sum(_needs(hint) for hint in last)
        kept = []
        for hint in self._hints:
            if hint in last:
                continue
            if _needs(hint) > room:
                break
            kept.append(hint)
            room -= _needs(hint)
        line: Line = []
        for key, word in (*kept, *last):
            line += [(key, "accent"), (f" {word} ", "plain")]
        return [line]


def _needs(hint: tuple[str, str]) -> int:
    return cells(hint[0]) + cells(hint[1]) + 2
