"""The home screen: leaderboard, live curves, workers, latest events."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.screens.charting import Charting
from hpsearch.dashboard.widgets.curves import Curves
from hpsearch.dashboard.widgets.events import Ticker
from hpsearch.dashboard.widgets.leaderboard import Board, Leaderboard
from hpsearch.dashboard.widgets.workers import Crew, Workers
from hpsearch.view.figures import figure_title
from hpsearch.view.status import LIVE


class Trials(Charting, StudyScreen):
    """The home screen."""

    scope = "trials"
    hinted = ("view-trials", "view-curves", "view-params", "view-workers", "view-log", "open",
              "filter", "sort", "pause", "act", "new-trial", "export")  # fmt: skip
    BINDINGS = bindings("trials")

    def body(self) -> list[Widget]:
        """A table beside charts, or above one where it is narrow."""
        table, first, second = Leaderboard(), Curves("chart-cost"), Curves("chart-other")
        return [
            Horizontal(table, Vertical(first, second, id="charts"), id="main"),
            Workers(),
            Ticker(),
        ]

    @property
    def table(self) -> Leaderboard:
        """The leaderboard."""
        return self.query_one(Leaderboard)

    def on_mount(self) -> None:
        """The table has the keys."""
        self.table.focus()

    def wanted(self) -> list[int]:
        """Overlaid trials first, then those on the screen."""
        return [*reversed(self.session.overlaid()), *self.table.visible_trials]

    def refresh_body(self) -> None:
        """All panes."""
        history = self.session.history
        if history.status is None:
            return
        self._show_table()
        self._show_charts()
        status = history.status
        running = tuple(t for t in history.trials.values() if t.state == "running")
        self.set_class(status.state not in LIVE, "resting")
        self.query_one(Workers).show(Crew(status.study, running, status.study.workers))
        self.query_one(Ticker).show(history.events)

    def _show_table(self) -> None:
        session, history = self.session, self.session.history
        key, falls = session.sorted_by
        order = session.order()
        board = Board(
            order,
            history.trials,
            session.columns(),
            session.setting(),
            session.best,
            session.baseline,
            frozenset(session.marked),
            f"-{key}" if falls else key,
            f"{session.query_text} {sorted(session.hidden_states)}",
            "no trial matches; esc shows all" if len(history.trials) else "no trials yet",
        )
        if session.cursor != self.table.cursor:
            self.table.adopt(session.cursor, in_sight=session.chosen is not None)
        self.table.show(board)
        arrow = ("v" if falls else "^") if session.ascii else ("▼" if falls else "▲")
        shown = f"{len(order):,}"
        if len(order) != len(history.trials):
            shown += f" of {len(history.trials):,}"
        above = f" · +{self.table.unseen} new above" if self.table.unseen else ""
        title = f"Trials {shown} · by {figure_title(key)} {arrow}{above}"
        title = title.replace("·", "-") if session.ascii else title
        if self.table.border_title != title:  # or all of the table would be drawn anew
            self.table.border_title = title

    def _show_charts(self) -> None:
        session = self.session
        if session.study is None:  # another study was opened, and is not read yet
            return
        if not self.dashboard.drawn:  # charts bring NumPy: the first picture does not wait for it
            return
        from hpsearch.dashboard.pictures import picture

        names = session.metric_names()
        first = names[session.metric % len(names)]
        second = names[(session.metric + 1) % len(names)]
        self.query_one("#chart-cost", Curves).show(picture(session, first))
        other = self.query_one("#chart-other", Curves)
        if other.display and other.size.height:
            other.show(picture(session, second))

    def on_leaderboard_moved(self) -> None:
        """The charts follow the cursor."""
        self.session.chosen = self.table.cursor
        self._show_charts()
        known, trials = self.session.history.tracks, self.session.history.trials
        if any(n not in known and trials[n].epochs for n in self.table.visible_trials):
            self.dashboard.tick()

    def action_down(self) -> None:
        """Next row."""
        self.table.move(1)

    def action_up(self) -> None:
        """Row before."""
        self.table.move(-1)

    def action_first(self) -> None:
        """First row."""
        self.table.move_to_row(0)

    def action_last(self) -> None:
        """Last row."""
        self.table.move_to_row(10**9)

    def action_page_down(self) -> None:
        """Half a page down."""
        self.table.move_page(0.5)

    def action_page_up(self) -> None:
        """Half a page up."""
        self.table.move_page(-0.5)

    def action_left(self) -> None:
        """Columns to the left."""
        self.table.shift(-1)

    def action_right(self) -> None:
        """Columns to the right."""
        self.table.shift(1)

    def action_maximise(self) -> None:
        """The table alone, then the charts alone, then both."""
        now = next((name for name in ("zoom-table", "zoom-charts") if self.has_class(name)), "")
        after = {"": "zoom-table", "zoom-table": "zoom-charts", "zoom-charts": ""}[now]
        self.remove_class("zoom-table", "zoom-charts")
        if after:
            self.add_class(after)
        self.call_after_refresh(self.refresh_all)

    def on_leaderboard_opened(self) -> None:
        """A click on the trial under the cursor."""
        self.call_later(self.app.run_action, "open")

    # Marks ----------------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark the trial under the cursor, and go on to the next."""
        if self.session.cursor is not None:
            self.session.toggle_mark(self.session.cursor)
            self.refresh_all()
            self.table.move(1)

    def action_mark_range(self) -> None:
        """Mark all from the last mark to here."""
        session = self.session
        order = session.order()
        if session.cursor is None or not session.marked or session.marked[-1] not in order:
            self.dashboard.say("mark one end with space, go to the other, then v")
            return
        ends = sorted((order.index(session.marked[-1]), order.index(session.cursor)))
        for number in order[ends[0] : ends[1] + 1]:
            if number not in session.marked:
                session.marked.append(number)
        self.dashboard.say(f"{len(session.marked)} marked")

    def action_unmark(self) -> None:
        """Unmark all."""
        self.session.marked.clear()
        self.refresh_all()

    def action_baseline(self) -> None:
        """Compare with this one, or with none."""
        session = self.session
        session.baseline = None if session.baseline == session.cursor else session.cursor
        told = "no baseline" if session.baseline is None else f"baseline #{session.baseline}"
        self.dashboard.say(told)
