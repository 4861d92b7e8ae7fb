"""A widget that paints lines of inked text and redraws only those that changed."""

from __future__ import annotations

from abc import abstractmethod

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from hpsearch.dashboard.ink import plain_signs, strip
from hpsearch.view.format import ASCII, UNICODE, Glyphs
from hpsearch.view.inked import Line


class Themed(Widget):
    """Knows what the terminal can show."""

    @property
    def dark(self) -> bool:
        """Whether the theme has a dark background."""
        return self.app.current_theme.dark

    @property
    def ascii(self) -> bool:
        """Whether only ASCII may be shown."""
        return bool(getattr(self.app, "ascii", False))

    @property
    def signs(self) -> Glyphs:
        """The character set."""
        return ASCII if self.ascii else UNICODE


class Canvas(Themed):
    """What it shows is a function of its data and its size."""

    def __init__(self, **others: str | None) -> None:
        super().__init__(**others)  # type: ignore[arg-type]  # id and classes
        self._lines: list[Line] = []
        self._painted: tuple[int, int, bool] | None = None

    @abstractmethod
    def paint(self, width: int, height: int) -> list[Line]:
        """The lines for a size, which may be 0 × 0."""

    def repaint(self) -> None:
        """Paint anew, and send to the terminal what became different."""
        if not self.is_mounted:
            return
        width, height = self.content_size
        before, key = self._lines, self._painted
        self._paint_now(width, height)
        if key != self._painted or len(before) != len(self._lines):
            self.refresh()
            return
        changed = [
            Region(0, at, width, 1)
            for at, (old, new) in enumerate(zip(before, self._lines, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """Textual asks for one line of the content."""
        width, height = self.content_size
        if self._painted != (width, height, self.dark):
            self._paint_now(width, height)
        line = self._lines[y] if y < len(self._lines) else []
        return strip(line, width, self.dark).apply_style(self.rich_style)

    def _paint_now(self, width: int, height: int) -> None:
        lines = self.paint(width, height)[:height] if width and height else []
        self._lines = [plain_signs(line) for line in lines] if self.ascii else lines
        self._painted = (width, height, self.dark)

    def on_resize(self, _: events.Resize) -> None:
        """Another size, other lines."""
        self._painted = None
