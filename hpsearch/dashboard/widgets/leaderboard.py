"""The leaderboard: any number of trials, of which only the visible lines are ever drawn."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hpsearch.dashboard.ink import CURSOR, plain_signs, strip
from hpsearch.dashboard.widgets.canvas import Themed
from hpsearch.store.records import TrialRecord
from hpsearch.view.columns import FROZEN, Column, Setting, fitting
from hpsearch.view.format import cut, pad
from hpsearch.view.inked import Line


@dataclass(frozen=True)
class Board:
    """All that a leaderboard shows."""

    order: Sequence[int] = ()
    """Trials' numbers from top to bottom."""
    trials: dict[int, TrialRecord] = field(default_factory=dict)
    columns: Sequence[Column] = ()
    setting: Setting | None = None
    best: int | None = None
    baseline: int | None = None
    marked: frozenset[int] = frozenset()
    sorted_by: str = ""
    """The column that decides, and whether it falls: "-seconds"."""
    filtered_by: str = ""
    """What decides which trials are among them."""
    nothing: str = "no trials yet"
    """What is said where there are none."""


class Leaderboard(Themed, ScrollView, can_focus=True):
    """Trials in an order, with a cursor that stays with its trial."""

    class Moved(Message):
        """The cursor stands on another trial."""

    class Opened(Message):
        """The trial under the cursor was clicked once more."""

    def __init__(self) -> None:
        super().__init__(id="leaderboard")
        self._board = Board()
        self._place: dict[int, int] = {}
        self._cursor: int | None = None
        self._unended: set[int] = set()
        """Trials that had not ended when they were last shown."""
        self._follows = True
        self._adopted = False
        """Whether the cursor was moved elsewhere, and is to be brought into sight."""
        self._cache: dict[int, tuple[TrialRecord, int, Sequence[Column], Line]] = {}
        self._look: object = None
        self._shift = 0
        self._drawn: list[tuple[int, object, bool, tuple[str, str]]] = []
        self.unseen = 0
        """Trials that came above the first visible line, since it was the first of all."""

    # What is shown --------------------------------------------------------------------------

    def show(self, board: Board) -> None:
        """Show this; the cursor stays on its trial, and the view stays where the cursor is."""
        offset = self.cursor_row - self._top if self._cursor is not None else 0
        before, known, top = self._board, self._place, self._top
        self._board = board
        self._place = {number: at for at, number in enumerate(board.order)}
        look = (board.columns, board.baseline, board.best, board.setting and board.setting.best)
        if look != self._look:
            self._cache.clear()
            self._drawn = []
            self._look = look
        if self._cursor not in self._place:
            self._cursor = board.order[0] if board.order else None
            self._follows = True
        self.virtual_size = Size(self.size.width, len(board.order) + 1)
        wanted = top
        if self._adopted:
            self._into_sight()
        elif not self._follows and self._cursor is not None:
            wanted = max(0, min(self.cursor_row - offset, self.max_scroll_y))
            if wanted != top:
                self.scroll_to(y=wanted, animate=False, force=True)
        self._count_unseen(before, known, top, wanted)
        self._unended = {n for n in board.order if board.trials[n].finished is None}
        self._redraw()

    def _count_unseen(self, before: Board, known: Container[int], top: int, now: int) -> None:
        """Count who has come above the first visible line, which was `top` and is `now`."""
        board = self._board
        same = (before.sorted_by, before.filtered_by) == (board.sorted_by, board.filtered_by)
        if not now or not before.order or not same:
            self.unseen = 0
            return
        above = {*before.order[:top]}
        came = (n for n in board.order[:now] if n not in above)
        self.unseen += sum(n not in known or self._ended_since(n) for n in came)

    def _ended_since(self, number: int) -> bool:
        return number in self._unended and self._board.trials[number].finished is not None

    @property
    def cursor(self) -> int | None:
        """The number of the trial under the cursor."""
        return self._cursor

    @property
    def cursor_row(self) -> int:
        """Where the cursor stands, from 0."""
        return self._place.get(self._cursor, 0) if self._cursor is not None else 0

    @property
    def visible_trials(self) -> list[int]:
        """The numbers of the trials on the screen."""
        return list(self._board.order[self._top : self._top + self._page])

    # Moving ---------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self.move_to_row(self.cursor_row + by)

    def move_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        self.move(int(pages * max(1, self._page)))

    def move_to_row(self, row: int) -> None:
        """Set the cursor on a row; the nearest where there is none such."""
        if self._board.order:
            row = max(0, min(row, len(self._board.order) - 1))
            self.set_cursor(self._board.order[row])

    def set_cursor(self, number: int) -> bool:
        """Set the cursor on a trial. Whether it is among those shown."""
        if number not in self._place:
            return False
        self._cursor = number
        self._into_sight()
        self._redraw()
        self.post_message(self.Moved())
        return True

    def adopt(self, number: int | None, in_sight: bool = True) -> None:
        """Take over a cursor that was moved elsewhere.

        Args:
            in_sight: whether the next `show` scrolls to it.
        """
        self._cursor, self._adopted = number, in_sight

    def _into_sight(self) -> None:
        """Scroll as far as the cursor needs."""
        self._adopted = False
        row, top, page = self.cursor_row, self._top, max(1, self._page)
        self._follows = row == 0
        if row < top or row >= top + page:
            wanted = row if row < top else row - page + 1
            self.scroll_to(y=wanted, animate=False, force=True)

    def shift(self, by: int) -> None:
        """Show columns further right or left."""
        last = max(0, len(self._board.columns) - FROZEN - 1)
        self._shift = max(0, min(self._shift + by, last))
        self._cache.clear()
        self.refresh()

    # Drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """The header on line 0, trials below."""
        width = self.scrollable_content_region.width  # without the bar at its side
        columns = fitting(self._board.columns, width - 3, self._shift)
        if y == 0:
            line = strip(self._shown(self._header(columns)), width, self.dark)
            return line.apply_style(self.rich_style)
        at = self._top + y - 1
        if at >= len(self._board.order):
            told = f"  {self._board.nothing}" if y == 1 and not self._board.order else ""
            return strip([(told, "dim")], width, self.dark).apply_style(self.rich_style)
        number = self._board.order[at]
        line = strip(self._shown(self._row(number, columns)), width, self.dark)
        if number == self._cursor:
            behind = CURSOR[self.dark]
            line = line.apply_style(Style.parse(f"bold on {behind}"))
        return line.apply_style(self.rich_style)

    def on_resize(self, _: events.Resize) -> None:
        """Keep the cursor in sight."""
        self._cache.clear()
        self.virtual_size = Size(self.size.width, len(self._board.order) + 1)
        self.call_after_refresh(self._into_sight)

    def on_click(self, click: events.Click) -> None:
        """Set the cursor; on the trial under it, open that."""
        row = self._top + click.y - 1
        if click.y < 1 or row >= len(self._board.order):
            return
        if row == self.cursor_row:
            self.post_message(self.Opened())
        else:
            self.move_to_row(row)

    def _shown(self, line: Line) -> Line:
        return plain_signs(line) if self.ascii else line

    @property
    def _top(self) -> int:
        return int(self.scroll_offset.y)

    @property
    def _page(self) -> int:
        return max(0, self.size.height - 1)

    def _lines_now(self) -> list[tuple[int, object, bool, tuple[str, str]]]:
        """What stands on each line, to be compared."""
        top = self._top
        shown = self._board.order[top : top + self._page]
        return [(n, self._line_key(n), n == self._cursor, self._mark(n)) for n in shown]

    def _line_key(self, number: int) -> object:
        setting = self._board.setting
        length = len(setting.curve(number)) if setting else 0
        return (self._board.trials.get(number), length)

    def _redraw(self) -> None:
        """Draw what is not as it was drawn last; the history below changes in place."""
        before, self._drawn = self._drawn, self._lines_now()
        width = self.size.width
        if len(before) != len(self._drawn) or not before:
            self.refresh()
            return
        changed = [
            Region(0, at + 1, width, 1)
            for at, (old, new) in enumerate(zip(before, self._drawn, strict=True))
            if old != new
        ]
        self.refresh(Region(0, 0, width, 1), *changed)

    def _header(self, columns: Sequence[Column]) -> Line:
        line: Line = [("  ", "dim")]
        decides = self._board.sorted_by.lstrip("-")
        for column in columns:
            ink = "bold" if column.name == decides else "dim"
            line += [(pad(column.brief, column.width, column.right), ink), (" ", "dim")]
        return line

    def _row(self, number: int, columns: Sequence[Column]) -> Line:
        trial, setting = self._board.trials[number], self._board.setting
        assert setting is not None
        length = len(setting.curve(number))
        found = self._cache.get(number)
        if found is None or found[0] is not trial or found[1:3] != (length, columns):
            ink = self._ink(trial)
            line: Line = []
            for column in columns:
                text = cut(column.text(trial, setting), column.width, setting.glyphs.more)
                text = pad(text, column.width, column.right)
                own = trial.state if column.name == "state" and ink != "best" else ink
                line += [(text, own), (" ", ink)]
            found = (trial, length, columns, line)
            self._cache[number] = found
        return [self._mark(number), *found[3]]

    def _mark(self, number: int) -> tuple[str, str]:
        if number in self._board.marked:
            return ("> " if self.ascii else "▌ ", "accent")
        if number == self._board.baseline:
            return ("@ " if self.ascii else "◆ ", "accent")
        if number == self._board.best:
            return (f"{self.signs.best} ", "best")
        return ("  ", "plain")

    def _ink(self, trial: TrialRecord) -> str:
        if trial.number == self._board.best:
            return "best"
        return {"complete": "plain", "running": "running"}.get(trial.state, "dim")
