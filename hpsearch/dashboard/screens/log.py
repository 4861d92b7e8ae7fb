"""Everything that was worth telling, the latest at the end."""

from __future__ import annotations

from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.widgets.events import event_spans
from hpsearch.dashboard.widgets.page import Page


class LogScreen(StudyScreen):
    """The log."""

    scope = "log"
    hinted = ("view-trials", "view-curves", "view-params", "view-workers", "first", "last")
    BINDINGS = bindings("log")

    def body(self) -> list[Widget]:
        """One page."""
        page = Page("log", to_end=True)
        page.border_title = "Log"
        return [page]

    @property
    def page(self) -> Page:
        """The page."""
        return self.query_one(Page)

    def refresh_body(self) -> None:
        """All events."""
        signs = self.session.signs
        events = list(self.session.history.events)
        empty = [[(" nothing was told yet", "dim")]]
        self.page.show(
            lambda _: [[(" ", "plain"), *event_spans(event, signs)] for event in events] or empty
        )

    def action_down(self) -> None:
        """A line down."""
        self.page.scroll_lines(1)

    def action_up(self) -> None:
        """A line up."""
        self.page.scroll_lines(-1)

    def action_page_down(self) -> None:
        """Half a page down."""
        self.page.scroll_pages(0.5)

    def action_page_up(self) -> None:
        """Half a page up."""
        self.page.scroll_pages(-0.5)

    def action_first(self) -> None:
        """To the beginning."""
        self.page.to_top()

    def action_last(self) -> None:
        """To the end."""
        self.page.to_end()
