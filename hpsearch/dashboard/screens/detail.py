"""All about one trial, in tabs."""

from __future__ import annotations

from textual.containers import Grid
from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.pictures import own_picture
from hpsearch.dashboard.screens.examined import Examined
from hpsearch.dashboard.screens.paging import Paging
from hpsearch.dashboard.widgets.curves import Curves
from hpsearch.dashboard.widgets.page import Content, Page
from hpsearch.dashboard.widgets.textline import TextLine
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.store.triallog import TrialLogs
from hpsearch.view.detail import heading, log_lines, network_lines, summary_lines
from hpsearch.view.format import clean
from hpsearch.view.inked import Line

TABS = ("Summary", "Model", "Curves", "Confusion", "Log", "TOML")
FIGURES = ("cost", "accuracy", "learning_rate", "gradient_norm")
LARGEST_LOG = 200_000
"""Bytes of a trial's log that are read, from its end."""


class Detail(Paging):
    """One trial."""

    scope = "detail"
    hinted = ("back", "tab-next", "trial-next", "yank", "export", "edit-copy", "act", "compare")
    BINDINGS = bindings("detail")

    def __init__(self) -> None:
        super().__init__()
        self._tab = 0
        self._fetched: dict[tuple[int, str], list[Line]] = {}
        self._examined = Examined(self)

    def body(self) -> list[Widget]:
        """The trial in a line, the tabs in a line, and the tab."""
        charts = Grid(*(Curves(f"own-{name}") for name in FIGURES), id="panes")
        return [TextLine("trial"), TextLine("tabs"), Page("tab"), charts]

    def wanted(self) -> list[int]:
        """This trial."""
        return [] if self.session.cursor is None else [self.session.cursor]

    def refresh_body(self) -> None:
        """The tab that is open."""
        session = self.session
        trial, study = session.trial, session.study
        if trial is None or study is None:
            return
        best = trial.number == session.best
        line = heading(trial, study, best, self.size.width, session.signs)
        self.query_one("#trial", TextLine).show(line)
        self.query_one("#tabs", TextLine).show(self._tabs())
        name = TABS[self._tab]
        page, charts = self.query_one(Page), self.query_one("#panes")
        page.display, charts.display = name != "Curves", name == "Curves"
        if name == "Curves":
            for metric in FIGURES:
                pane = self.query_one(f"#own-{metric}", Curves)
                pane.show(own_picture(session, trial, metric))
            return
        page.show(self._content(name, trial, study))

    def _tabs(self) -> Line:
        study = self.session.study
        about = "Residuals" if study is not None and study.task == "regression" else "Confusion"
        names = [f" {about if name == 'Confusion' else name} " for name in TABS]
        # the open one is in sight, also where not all are
        first = 0
        while (
            first < self._tab and sum(map(len, names[first : self._tab + 1])) > self.size.width - 8
        ):
            first += 1
        line: Line = [(" ", "plain")]
        for at in range(first, len(names)):
            line += [(names[at], "name" if at == self._tab else "dim"), (" ", "plain")]
        return line

    def _content(self, name: str, trial: TrialRecord, study: StudyFacts) -> Content:
        session, history, signs = self.session, self.session.history, self.session.signs
        match name:
            case "Summary":
                base = session.baseline
                baseline = None if base is None else history.trials.get(base)
                every, known = list(history.trials.values()), session.importance
                return lambda width: summary_lines(
                    trial, study, every, baseline, known, signs, width
                )
            case "Model":
                track, states = history.track(trial.number), self._examined.layers(trial)
                return lambda _: network_lines(trial, study, track, signs, states)
            case "Confusion":
                return self._examined.content(trial)
            case "Log":
                printed = self._printed(trial)
                return lambda _: log_lines(trial, history.events, printed)
        lines = self._fetched.get((trial.number, name)) or self._fetch(trial, name)
        return lambda _: lines

    def _printed(self, trial: TrialRecord) -> str:
        """What its trainer printed, from the run folder."""
        path = TrialLogs(self.dashboard.folder.logs).path(trial.number)
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - LARGEST_LOG))
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def _fetch(self, trial: TrialRecord, name: str) -> list[Line]:
        """What a command of ours has to find out first; it comes when it comes."""
        if trial.best_epoch is None or trial.state in ("running", "waiting"):
            return [[(" there is nothing to write out before the trial has ended", "dim")]]
        key = (trial.number, name)
        self._fetched[key] = [[(" one moment", "dim")]]
        self.run_worker(self._ask_for(key, trial), group=f"fetch {key}")
        return self._fetched[key]

    async def _ask_for(self, key: tuple[int, str], trial: TrialRecord) -> None:
        number = str(trial.number)
        done = await self.dashboard.run_command("export", "--trial", number, "-o", "-")
        ink = "plain" if done.code == 0 else "warning"
        text = done.out if done.code == 0 else done.err
        self._fetched[key] = [[(f" {clean(line)}", ink)] for line in text.splitlines()]
        self.refresh_all()

    # Keys -----------------------------------------------------------------------------------

    def action_tab_next(self) -> None:
        """The next tab."""
        self._turn(1)

    def action_tab_before(self) -> None:
        """The tab before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        self._tab = (self._tab + by) % len(TABS)
        self.page.to_top()
        self.refresh_all()

    def action_trial_next(self) -> None:
        """The next trial in the leaderboard's order."""
        self._go(1)

    def action_trial_before(self) -> None:
        """The trial before."""
        self._go(-1)

    def _go(self, by: int) -> None:
        order = self.session.order()
        if self.session.cursor in order:
            at = max(0, min(order.index(self.session.cursor) + by, len(order) - 1))
            self.session.chosen = order[at]
            self.refresh_all()
            self.dashboard.tick()
