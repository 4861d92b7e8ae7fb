"""Marked trials side by side."""

from __future__ import annotations

from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.pictures import picture
from hpsearch.dashboard.screens.examined import Examined
from hpsearch.dashboard.screens.paging import Paging
from hpsearch.dashboard.widgets.curves import Curves
from hpsearch.dashboard.widgets.page import Page
from hpsearch.store.records import TrialRecord
from hpsearch.view.comparison import comparison_lines

MOST = 6


class Compare(Paging):
    """A column a trial, and their curves."""

    scope = "compare"
    hinted = ("back", "down", "all-rows")
    BINDINGS = bindings("compare")

    def __init__(self) -> None:
        super().__init__()
        self._everything = False
        self._examined = Examined(self)

    def body(self) -> list[Widget]:
        """Table above, curves below."""
        page = Page("comparison")
        page.border_title = "Compare"
        return [page, Curves("compared")]

    def compared(self) -> list[TrialRecord]:
        """The marked ones; without marks, the best, the baseline and the one under the cursor."""
        session = self.session
        numbers = session.marked or [session.best, session.baseline, session.cursor]
        known = session.history.trials
        return [known[n] for n in dict.fromkeys(numbers) if n is not None and n in known][:MOST]

    def wanted(self) -> list[int]:
        """Their curves."""
        return [trial.number for trial in self.compared()]

    def refresh_body(self) -> None:
        """Both."""
        session, study = self.session, self.session.study
        if study is None:
            return
        trials, everything = self.compared(), self._everything
        base, recalls = session.baseline, self._examined.recalls(trials)
        self.query_one(Page).show(
            lambda width: comparison_lines(
                trials, study, base, everything, width, session.signs, recalls
            )
        )
        numbers = [trial.number for trial in trials]
        self.query_one(Curves).show(picture(session, study.metric, numbers=numbers))

    def action_all_rows(self) -> None:
        """Also what is equal, or not."""
        self._everything = not self._everything
        self.refresh_all()
