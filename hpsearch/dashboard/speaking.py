"""The study screen that is open, and telling a person there what was just done."""

from __future__ import annotations

from textual.app import App

from hpsearch.dashboard.messages import Leave
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.session import Session
from hpsearch.dashboard.widgets.said import Said
from hpsearch.store.folder import RunFolder


class Speaking(App[Leave]):
    """What every part of the dashboard builds on."""

    folder: RunFolder
    session: Session

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
        """Tell what was just done, for as long as it takes to read, and show its effect."""
        for said in self.view.query(Said):
            said.say(text)
        self.show_all()
