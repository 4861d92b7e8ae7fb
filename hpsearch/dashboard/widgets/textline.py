"""One line of inked text."""

from __future__ import annotations

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.view.inked import Line


class TextLine(Canvas):
    """A line."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._line: Line = []

    def show(self, line: Line) -> None:
        """Show this."""
        self._line = line
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """The line."""
        return [self._line]
