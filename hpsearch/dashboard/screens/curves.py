"""Curves on the whole screen: up to four metrics beside each other."""

from __future__ import annotations

from textual.containers import Grid
from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.pictures import picture
from hpsearch.dashboard.screens.charting import Charting
from hpsearch.dashboard.widgets.curves import Curves
from hpsearch.dashboard.widgets.events import Ticker

PANES = 4


class CurvesScreen(Charting):
    """Small multiples of the same trials."""

    scope = "curves"
    hinted = ("view-trials", "view-params", "overlay", "log-axis", "x-axis", "metric", "smooth",
              "cross-right", "zoom-in", "zoom-all")  # fmt: skip
    BINDINGS = bindings("curves")

    def body(self) -> list[Widget]:
        """Four charts; where there is less room, fewer."""
        return [Grid(*(Curves(f"pane-{at}") for at in range(PANES)), id="panes"), Ticker()]

    def wanted(self) -> list[int]:
        """What is overlaid."""
        return [*reversed(self.session.overlaid())]

    def refresh_body(self) -> None:
        """All charts that are in sight."""
        session = self.session
        if session.study is None:
            return
        names = session.metric_names()
        for at, pane in enumerate(self.query(Curves)):
            if pane.display and pane.size.height:
                pane.show(picture(session, names[(session.metric + at) % len(names)]))
        self.query_one(Ticker).show(session.history.events)

    def action_zoom_in(self) -> None:
        """The half of the axis around the crosshair, or its later half."""
        low, high = self.session.zoom
        if high - low > 1 / 64:
            self._zoom(self._middle(low, high), (high - low) / 2)

    def action_zoom_out(self) -> None:
        """Twice as much."""
        low, high = self.session.zoom
        self._zoom((low + high) / 2, min(1.0, (high - low) * 2))

    def action_zoom_all(self) -> None:
        """Everything."""
        self._zoom(0.5, 1.0)

    def _middle(self, low: float, high: float) -> float:
        trial = self.session.trial
        if self.session.cross is not None and trial is not None and trial.planned:
            return self.session.cross / trial.planned
        return low + 0.75 * (high - low)

    def _zoom(self, middle: float, span: float) -> None:
        low = max(0.0, min(middle - span / 2, 1.0 - span))
        self.session.zoom = (low, low + span)
        self.dashboard.say(f"epochs from {low:.0%} to {low + span:.0%}")
