"""What keys do to a text that is longer than the screen, wherever there is one."""

from __future__ import annotations

from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.widgets.page import Page


class Paging(StudyScreen):
    """A view with a page."""

    @property
    def page(self) -> Page:
        """The page."""
        return self.query_one(Page)

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
