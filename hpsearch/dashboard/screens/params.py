"""Which hyperparameters matter: importance, slices, parallel coordinates."""

from __future__ import annotations

from textual.containers import Horizontal
from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.widgets.events import Ticker
from hpsearch.dashboard.widgets.params import Importance, Parallel, Searched, Slices
from hpsearch.view.abbreviations import short_names
from hpsearch.view.axes import Axis, axis
from hpsearch.view.figures import figure_title, spans_decades
from hpsearch.view.format import parameter
from hpsearch.view.history import ordered, rank_keys


class ParamsScreen(StudyScreen):
    """One filter, three pictures."""

    scope = "params"
    hinted = ("view-trials", "view-curves", "left", "right", "brush-up", "brush-down", "filter",
              "states")  # fmt: skip
    BINDINGS = bindings("params")

    def __init__(self) -> None:
        super().__init__()
        self._focus = 0

    def body(self) -> list[Widget]:
        """Bars beside slices, lines below."""
        return [Horizontal(Importance(), Slices(), id="above"), Parallel(), Ticker()]

    def refresh_body(self) -> None:
        """All three."""
        session, study = self.session, self.session.study
        if study is None:
            return
        searched = self._searched()
        self.query_one(Importance).show(searched)
        self.query_one(Slices).show(searched)
        self.query_one(Parallel).show(searched)
        self.query_one(Ticker).show(session.history.events)

    def _searched(self) -> Searched:
        session, study = self.session, self.session.study
        assert study is not None
        kept = ordered(session.shown(), rank_keys(session.history, study.direction))
        ranked = [session.history.trials[number] for number in kept]
        trials = [t for t in ranked if t.state == "complete" and t.value is not None]
        axes = self._axes()
        self._focus = max(0, min(self._focus, len(axes) - 2))
        return Searched(axes, session.importance, trials, self._focus, session.cursor,
                        session.log and spans_decades(study.metric))  # fmt: skip

    def _axes(self) -> list[Axis]:
        """The most important first; the value last."""
        session, study = self.session, self.session.study
        assert study is not None
        titles = short_names(study.space)
        names = sorted(study.space, key=lambda name: -session.importance.get(name, 0.0))
        trials = [t for t in session.history.trials.values() if t.state == "complete"]
        made = [
            axis(name, titles[name], study.space[name], [t.params.get(name) for t in trials])
            for name in names
        ]
        known = [trial.value for trial in trials if trial.value is not None]
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        high = high if high > low else low + 1.0
        return [*made, Axis("value", figure_title(study.metric), low, high,
                            log=low > 0 and spans_decades(study.metric))]  # fmt: skip

    def action_left(self) -> None:
        """The axis before."""
        self._focus = max(0, self._focus - 1)
        self.refresh_body()

    def action_right(self) -> None:
        """The next axis."""
        self._focus += 1
        self.refresh_body()

    action_down = action_right
    action_up = action_left

    def action_brush_up(self) -> None:
        """Only trials in the upper half of this axis."""
        self._brush(upper=True)

    def action_brush_down(self) -> None:
        """Only trials in the lower half of this axis."""
        self._brush(upper=False)

    def _brush(self, upper: bool) -> None:
        """Narrow the filter to one half of what it leaves on the axis in focus."""
        if self.session.study is None:
            return
        searched = self._searched()
        if len(searched.axes) < 2 or not searched.trials:
            return
        chosen = searched.axes[self._focus]
        drawn = [t.params[chosen.name] for t in searched.trials if chosen.name in t.params]
        if chosen.options:
            options = [option for option in chosen.options if option in drawn]
            if not options:
                return
            part = f"{chosen.name}:{parameter(options[-1 if upper else 0])}"
        else:
            numbers = sorted(float(v) for v in drawn if isinstance(v, int | float))
            if not numbers:
                self.dashboard.say(f"{chosen.title} cannot be cut in two; filter with /")
                return
            part = f"{chosen.name}{'>=' if upper else '<='}{numbers[len(numbers) // 2]:.4g}"
        before = f"{self.session.query_text} " if self.session.query_text else ""
        self.session.ask(before + part)
        self.dashboard.say(f"filter: {self.session.query_text}   esc shows all")
