"""Who trains what over time, and how fast."""

from __future__ import annotations

from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.widgets.events import Ticker
from hpsearch.dashboard.widgets.page import Page
from hpsearch.dashboard.widgets.timeline import Rota, Timeline
from hpsearch.view.format import duration, pad
from hpsearch.view.inked import Line
from hpsearch.view.status import LIVE
from hpsearch.view.timeline import blocks, busy, window


class WorkersScreen(StudyScreen):
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
        live = status.state in LIVE
        now = history.now if live else status.study.beat
        rows = blocks(history.trials.values(), now)
        self.query_one(Timeline).show(Rota(rows, status.study.workers, now, live))
        lines = self._load(rows, now)
        self.query_one(Page).show(lambda _: lines)
        self.query_one(Ticker).show(list(history.events)[-12:])

    def _load(self, rows: dict, now: float) -> list[Line]:
        history, status = self.session.history, self.session.history.status
        assert status is not None
        begin, end = window(rows, now)
        counts, study = status.counts, status.study
        shares = [busy(row, begin, end) for slot, row in rows.items() if slot < study.workers]
        mean = sum(shares) / max(1, study.workers)
        lines: list[Line] = [
            [
                (f" {study.workers} of {study.max_workers} workers", "bold"),
                (f"   busy {mean:.0%} of the last {duration(end - begin)}", "plain"),
                (f"   {counts.waiting} waiting, one BLAS thread each", "dim"),
            ],
            [],
        ]
        running = [t for t in history.trials.values() if t.state == "running"]
        heads = " worker  trial    epoch     epochs/s   time"
        lines.append([(heads if running else " nothing is being trained", "dim")])
        for trial in sorted(running, key=lambda t: (t.slot is None, t.slot)):
            track = history.track(trial.number)
            late = track.seconds[-1] - track.seconds[-11] if len(track) > 10 else None
            speed = f"{10 / late:.1f}" if late else self.session.signs.nothing
            begun = duration(now - trial.started) if trial.started else ""
            lines.append(
                [
                    (f" w{'' if trial.slot is None else trial.slot:<6}", "bold"),
                    (f" #{trial.number:<6}", "running"),
                    (f" {pad(f'{trial.epochs}/{trial.planned}', 9, right=True)}", "plain"),
                    (f" {pad(speed, 9, right=True)}", "plain"),
                    (f"   {begun}", "dim"),
                ]
            )
        return lines
