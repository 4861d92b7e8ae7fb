"""Every study beside this one, to change over to."""

from __future__ import annotations

import asyncio
import time

from textual.app import ComposeResult
from textual.binding import BindingType

from hpsearch.dashboard.screens.modal import Modal
from hpsearch.dashboard.widgets.page import Page
from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder, all_runs
from hpsearch.store.reader import Reader
from hpsearch.view.format import aligned, clean, duration, figure
from hpsearch.view.inked import Line
from hpsearch.view.status import status


class Studies(Modal["RunFolder | None"]):
    """The studies in the same place, the newest first."""

    BINDINGS: list[BindingType] = [  # noqa: RUF012  # Textual's own type
        ("escape,q", "dismiss(None)", "close"),
        ("j,down", "move(1)", "down"),
        ("k,up", "move(-1)", "up"),
        ("enter", "choose", "open"),
    ]

    def __init__(self, here: RunFolder) -> None:
        super().__init__()
        self._here = here
        self._found: list[tuple[RunFolder, tuple[str, ...]]] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        """The list."""
        page = Page("studies")
        page.border_title = "Studies"
        page.border_subtitle = "⏎ opens, esc stays" if not getattr(self.app, "ascii", False) else ""
        yield page

    async def on_mount(self) -> None:
        """Look for them, on a thread: there may be many."""
        self._found = await asyncio.to_thread(_look, self._here)
        names = [folder.path.resolve() for folder, _ in self._found]
        here = self._here.path.resolve()
        self._at = names.index(here) if here in names else 0
        self._show()

    def action_move(self, by: int) -> None:
        """Another one."""
        self._at = max(0, min(self._at + by, len(self._found) - 1))
        self._show()

    def action_choose(self) -> None:
        """This one."""
        if self._found:
            self.dismiss(self._found[self._at][0])

    def _show(self) -> None:
        rows = [("study", "state", "trials", "best", "by", "written"), *(r for _, r in self._found)]
        lines: list[Line] = []
        for at, text in enumerate(aligned(rows, words=len(rows[0]))):
            ink = "dim" if at == 0 else "name" if at - 1 == self._at else "plain"
            lines.append([(f" {text} ", ink)])
        self.query_one(Page).show(lambda _: lines)


def _look(here: RunFolder) -> list[tuple[RunFolder, tuple[str, ...]]]:
    now = time.time()
    return [(folder, _row(folder, now)) for folder in all_runs(here.path.absolute().parent)]


def _row(folder: RunFolder, now: float) -> tuple[str, ...]:
    alive = folder.alive
    try:
        with Reader(folder) as reader:
            stands = status(reader.snapshot(), alive, now)
    except RunError:
        return (clean(folder.name), "unreadable", "", "", "", "")
    counts = stands.counts
    best = figure(stands.best.value if stands.best else None, "-")
    age = f"{duration(now - stands.study.beat)} ago"
    done = f"{counts.finished}/{counts.asked}"
    return (clean(folder.name), stands.state, done, best, clean(stands.study.metric), age)
