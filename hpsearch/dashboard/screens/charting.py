"""What keys do to charts, wherever there are some."""

from __future__ import annotations

from bisect import bisect_left
from typing import TypeVar

from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.session import OVERLAYS, SMOOTHING

T = TypeVar("T")


class Charting(StudyScreen):
    """A view with charts."""

    def action_overlay(self) -> None:
        """Another choice of curves."""
        self.session.overlay = _next(OVERLAYS, self.session.overlay)
        self.dashboard.say(f"curves: {self.session.overlay}")

    def action_log_axis(self) -> None:
        """Logarithmic or not."""
        self.session.log = not self.session.log
        self.dashboard.say("y-axis: " + ("logarithmic" if self.session.log else "linear"))

    def action_x_axis(self) -> None:
        """Epochs or time."""
        self.session.by_time = not self.session.by_time
        self.dashboard.say("x-axis: " + ("seconds" if self.session.by_time else "epochs"))

    def action_metric(self) -> None:
        """The next metric."""
        study = self.session.study
        if study is not None:
            names = self.session.metric_names()
            self.session.metric = (self.session.metric + 1) % len(names)
            self.dashboard.say(f"metric: {names[self.session.metric]}")

    def action_smooth(self) -> None:
        """More smoothing, then none."""
        self.session.smoothing = _next(SMOOTHING, self.session.smoothing)
        self.dashboard.say(f"smoothing: {self.session.smoothing:g}")

    def action_robust(self) -> None:
        """Limits with or without outliers."""
        self.session.robust = not self.session.robust
        held = "leave outliers out" if self.session.robust else "hold everything"
        self.dashboard.say(f"limits {held}")

    def action_cross_left(self) -> None:
        """The crosshair an epoch back."""
        self._cross(-1)

    def action_cross_right(self) -> None:
        """The crosshair an epoch on."""
        self._cross(1)

    def _cross(self, by: int) -> None:
        session = self.session
        track = session.history.track(session.cursor)
        if not len(track):
            return
        last = int(track.epochs[-1])
        at = last if session.cross is None else session.cross + by
        session.cross = max(1, min(at, last))
        self.dashboard.say(self._values(session.cross))

    def _values(self, epoch: int) -> str:
        """What every overlaid trial had at that epoch."""
        session = self.session
        names = session.metric_names()
        name = names[session.metric % len(names)]
        told = []
        for number in reversed(session.overlaid()):
            track = session.history.track(number)
            at = bisect_left(track.epochs, epoch)
            if at < len(track) and track.epochs[at] == epoch:
                told.append(f"#{number} {track.figure(name)[at]:.4g}")
        return f"{name} at epoch {epoch}: " + "  ".join(told)


def _next(choices: tuple[T, ...], now: T) -> T:
    return choices[(choices.index(now) + 1) % len(choices)]
