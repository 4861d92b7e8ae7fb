"""A word on what was just done, on every screen and at every size."""

from __future__ import annotations

import textwrap

from textual.geometry import Size
from textual.timer import Timer

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.view.format import clean
from hpsearch.view.inked import Line

SECONDS = 6.0
"""How long a word stays at least."""
READ_A_SECOND = 8
"""Characters that a person reads, and perhaps writes down, a second."""
MOST_LINES = 4
"""It lies above what the screen shows, and must not hide much of it."""


class Said(Canvas):
    """As many lines as the word needs, above the line of hints; none while nothing is said."""

    def __init__(self) -> None:
        super().__init__(id="said")
        self._text = ""
        self._until: Timer | None = None
        self.display = False

    def say(self, text: str) -> None:
        """Show this in place of what was said before, for as long as it takes to read."""
        if self._until is not None:
            self._until.stop()
        self._until = self.set_timer(max(SECONDS, len(text) / READ_A_SECOND), self._be_quiet)
        self._text, self.display = text, True
        self.refresh(layout=True)
        self.repaint()

    def _be_quiet(self) -> None:
        self.display = False

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """What the style sheet's `auto` comes to."""
        del container, viewport
        return len(self._wrapped(width))

    def paint(self, width: int, height: int) -> list[Line]:
        """The word."""
        return [[(f" {line}", "accent")] for line in self._wrapped(width)]

    def _wrapped(self, width: int) -> list[str]:
        return textwrap.wrap(
            clean(self._text),
            max(8, width - 2),
            max_lines=MOST_LINES,
            placeholder=" ...",
            break_on_hyphens=False,  # it may be a command
        )
