"""Everything that was worth telling, the latest at the end."""

from __future__ import annotations

from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.screens.paging import Paging
from hpsearch.dashboard.widgets.events import event_lines
from hpsearch.dashboard.widgets.page import Page


class LogScreen(Paging):
    """The log."""

    scope = "log"
    hinted = ("view-trials", "view-curves", "view-params", "view-workers", "first", "last")
    BINDINGS = bindings("log")

    def body(self) -> list[Widget]:
        """One page."""
        page = Page("log", to_end=True)
        page.border_title = "Log"
        return [page]

    def refresh_body(self) -> None:
        """All events."""
        signs = self.session.signs
        events = list(self.session.history.events)
        empty = [[(" nothing was told yet", "dim")]]
        self.page.show(
            lambda width: [line for e in events for line in event_lines(e, signs, width)] or empty
        )
