"""Who trains what over time, how fast, and in how much memory."""

from __future__ import annotations

from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.screens.paging import Paging
from hpsearch.dashboard.widgets.events import Ticker
from hpsearch.dashboard.widgets.page import Page
from hpsearch.dashboard.widgets.timeline import Rota, Timeline
from hpsearch.view.load import Load, load_lines
from hpsearch.view.status import LIVE
from hpsearch.view.timeline import blocks, busy, window


class WorkersScreen(Paging):
    """Timeline above, figures below."""

    scope = "workers"
    hinted = ("view-trials", "view-curves", "view-log", "workers", "pause", "stop", "add")
    BINDINGS = bindings("workers")

    def body(self) -> list[Widget]:
        """Timeline and load."""
        load = Page("load")
        load.border_title = "Load"
        return [Timeline(), load, Ticker()]

    def wanted(self) -> list[int]:
        """What runs: its epochs tell how fast it is."""
        return [t.number for t in self.session.history.trials.values() if t.state == "running"]

    def refresh_body(self) -> None:
        """Both."""
        history, status = self.session.history, self.session.history.status
        if status is None:
            return
        study, signs = status.study, self.session.signs
        live = status.state in LIVE
        now = history.now if live else study.beat
        rows = blocks(history.trials.values(), now)
        self.query_one(Timeline).show(Rota(rows, study.workers, now, live))
        begin, end = window(rows, now)
        shares = [busy(row, begin, end) for slot, row in rows.items() if slot < study.workers]
        load = Load(
            status,
            [trial for trial in history.trials.values() if trial.state == "running"],
            history.tracks,
            history.memory,
            sum(shares) / max(1, study.workers),
            end - begin if rows else 0.0,
            now,
            rows,
        )
        self.page.show(lambda width: load_lines(load, width, signs))
        self.query_one(Ticker).show(history.events)
