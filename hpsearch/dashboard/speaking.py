"""The study screen that is open, and telling a person there what was just done."""

from __future__ import annotations

from textual.app import App

from hpsearch.dashboard.messages import Leave
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.session import Session
from hpsearch.dashboard.widgets.events import Ticker
from hpsearch.store.folder import RunFolder

SAID_SECONDS = 6.0
"""How long a word on what was just done stays."""


class Speaking(App[Leave]):
    """What every part of the dashboard builds on."""

    folder: RunFolder
    session: Session
    _until_quiet = 0

    @property
    def view(self) -> StudyScreen:
        """The study screen that is open, below any dialog.

        Raises:
            RuntimeError: the dashboard is closing, and its screens are gone.
        """
        for screen in reversed(self.screen_stack):
            if isinstance(screen, StudyScreen):
                return screen
        raise RuntimeError("no screen is open any more")

    def show_all(self) -> None:
        """Show the session as it is now."""
        self.view.refresh_all()
        if self.screen is not self.view:
            self.screen.refresh()  # a dialog shows through what is below it

    def say(self, text: str) -> None:
        """Tell what was just done, for a few seconds, and show its effect."""
        for ticker in self.view.query(Ticker):
            ticker.say(text)
            self._until_quiet += 1
            self.set_timer(SAID_SECONDS, self._be_quiet)
        self.show_all()

    def _be_quiet(self) -> None:
        self._until_quiet -= 1
        if not self._until_quiet:
            for ticker in self.view.query(Ticker):
                ticker.say("")
