"""Lines of text that may be longer than the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hpsearch.dashboard.ink import shortened
from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.view.inked import Line

Content = Callable[[int], Sequence[Line]]
"""The lines, given a width."""


class Page(Canvas):
    """A text to scroll in."""

    def __init__(self, id: str, to_end: bool = False) -> None:
        """Args: to_end: whether it begins at its end, and stays there while it grows."""
        super().__init__(id=id)
        self._content: Content = lambda _: []
        self._top = 0
        self._length = 0
        self._grows, self._to_end = to_end, to_end
        self._below = ""
        """What its frame says of lines below."""

    def show(self, content: Content) -> None:
        """Show this, from the line where the last one stood."""
        self._content = content
        self.repaint()

    def scroll_lines(self, by: int) -> None:
        """Go down by so many lines."""
        last = max(0, self._length - self.size.height)
        self._top = max(0, min(self._top + by, last))
        self._to_end = by > 0 and self._top == last and self._grows
        self.repaint()

    def scroll_pages(self, pages: float) -> None:
        """Go down by so many pages."""
        self.scroll_lines(round(pages * self.size.height))

    def to_top(self) -> None:
        """Go to the first line."""
        self._top = 0
        self._to_end = False
        self.repaint()

    def to_end(self) -> None:
        """Go to the last line, and stay there."""
        self._to_end = self._grows
        self.scroll_lines(10**9)

    def paint(self, width: int, height: int) -> list[Line]:
        """The part that is in sight."""
        lines = self._content(width)
        self._length = len(lines)
        last = max(0, len(lines) - height)
        self._top = last if self._to_end else min(self._top, last)
        seen = lines[self._top : self._top + height]
        return [shortened(line, width, self.signs.more) for line in seen]

    def repaint(self) -> None:
        """Paint anew, and tell in the frame what is not in sight, where nothing else stands."""
        super().repaint()
        below = self._length - self._top - self.content_size.height
        told = f"{below} more below" if below > 0 and self.content_size.height else ""
        if self.is_mounted and (self.border_subtitle or "") == self._below != told:
            self._below = self.border_subtitle = told
