"""What all views of a study have in common: header, hints, and news a few times a second."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from hpsearch.dashboard.actions import Scope, hints
from hpsearch.dashboard.desk import Desk
from hpsearch.dashboard.session import Session
from hpsearch.dashboard.widgets.header import Header
from hpsearch.dashboard.widgets.hints import Hints
from hpsearch.dashboard.widgets.said import Said


class StudyScreen(Screen[None]):
    """A view of the study."""

    scope: ClassVar[Scope] = "app"
    hinted: ClassVar[tuple[str, ...]] = ()
    """Actions in the line of hints."""

    @property
    def session(self) -> Session:
        """What the person has chosen to see."""
        return self.dashboard.session

    @property
    def dashboard(self) -> Desk:
        """The application, as far as a screen needs it."""
        return cast(Desk, self.app)

    def compose(self) -> ComposeResult:
        """Header, body, hints."""
        yield Header(self.session.name)
        yield from self.body()
        yield Said()
        yield Hints(self._hints())

    def body(self) -> list[Widget]:
        """The widgets in between."""
        return []

    def wanted(self) -> list[int]:
        """The trials whose curves this view shows."""
        return []

    def refresh_body(self) -> None:
        """Show the session as it is now."""

    def refresh_all(self) -> None:
        """Show the session as it is now, header included."""
        if self.is_mounted:
            self._show_all()

    def _show_all(self) -> None:
        if not self.query(Header):  # no more
            return
        self.query_one(Hints).show(self._hints())
        self.query_one(Header).show(self.session.history, self.session.frozen, self.note())
        self.refresh_body()

    def _hints(self) -> list[tuple[str, str]]:
        status = self.session.history.status
        return hints(self.hinted, status.state if status else "running", self.session.ascii)

    def note(self) -> str:
        """What holds for the view, beside the best trial."""
        said = []
        if self.session.query_text:
            said.append(f"/{self.session.query_text}")
        if self.session.hidden_states:
            said.append("without " + ", ".join(sorted(self.session.hidden_states)))
        return " ".join(said)

    def on_mount(self) -> None:
        """What is known already is in the first picture."""
        self._show_all()

    def on_screen_resume(self) -> None:
        """Another screen was here meanwhile, and perhaps another size."""
        self.update_node_styles(animate=False)  # Textual styles only what is in sight
        self.call_after_refresh(self.refresh_all)

    def on_resize(self) -> None:
        """Another size may show other trials."""
        self.call_after_refresh(self.refresh_all)
