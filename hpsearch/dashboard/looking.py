"""What a person can look at: views, dialogs that choose what is shown, the palette."""

from __future__ import annotations

from typing import Any

from hpsearch.dashboard import config
from hpsearch.dashboard.actions import BY_ID, call
from hpsearch.dashboard.screens.dialogs import Answer, Ask, Line
from hpsearch.dashboard.session import STATES, QueryError
from hpsearch.dashboard.speaking import Speaking
from hpsearch.view.columns import FROZEN

_SORTS = {"a": "val_accuracy", "t": "seconds", "n": "number"}


_ABOVE = ("detail", "compare")
"""Scopes of the screens that are opened from a view, and left to come back to it."""


class Looking(Speaking):
    """The half of the dashboard that chooses what is seen.

    Screens and dialogs are read where they are first opened: the first picture does not wait.
    """

    @property
    def _above(self) -> str:
        """Which of the screens above a view is open; "" for none."""
        scope = getattr(self.screen, "scope", "")
        return scope if scope in _ABOVE else ""

    # Views --------------------------------------------------------------------------------

    def _go_to(self, mode: str) -> None:
        while self._above:
            self.pop_screen()
        if self.current_mode != mode:
            self.switch_mode(mode)

    def action_view_trials(self) -> None:
        """Home."""
        self._go_to("trials")

    def action_view_curves(self) -> None:
        """Curves on the whole screen."""
        self._go_to("curves")

    def action_view_params(self) -> None:
        """Hyperparameters."""
        self._go_to("params")

    def action_view_workers(self) -> None:
        """Workers."""
        self._go_to("workers")

    def action_view_log(self) -> None:
        """Log."""
        self._go_to("log")

    def action_open(self) -> None:
        """All about the trial under the cursor."""
        from hpsearch.dashboard.screens.detail import Detail

        if self.session.trial is not None and self._above != "detail":
            self.session.chosen = self.session.cursor
            self.push_screen(Detail())

    def action_compare(self) -> None:
        """Marked trials side by side."""
        from hpsearch.dashboard.screens.compare import Compare

        if self._above != "compare":
            self.push_screen(Compare())

    async def action_back(self) -> None:
        """One screen back; on the home screen, show all trials again."""
        if self._above:
            self.pop_screen()
        elif self.session.query_text or self.session.hidden_states:
            self.session.ask("")
            self.session.hidden_states = frozenset()
            self.say("all trials")
        elif self.current_mode != "trials":
            self.switch_mode("trials")

    def action_help(self) -> None:
        """What every key does."""
        from hpsearch.dashboard.screens.help import Help

        self.push_screen(Help(self.view.scope))

    # What is shown --------------------------------------------------------------------------

    def action_filter(self) -> None:
        """A query, tried at every key."""
        before = self.session.query_text

        def judge(text: str) -> str:
            try:
                self.session.ask(text)
            except QueryError as error:
                return str(error)
            self.show_all()
            return ""

        def filtered(text: str | None) -> None:
            if text is None:
                self.session.ask(before)
            self.show_all()

        told = "acc>=98% lr<1e-2 state:complete -opt:gd top:10% | #72"
        self.push_screen(Line(" Filter ", told, before, judge, low=True), filtered)

    def action_states(self) -> None:
        """Which states are hidden."""
        hidden = self.session.hidden_states
        answers = [
            Answer(key, f"{'show' if state in hidden else 'hide'} {state} trials")
            for key, state in STATES.items()
        ]

        def toggled(answer: str | None) -> None:
            if answer in STATES:
                state = STATES[answer]
                both = {state, "diverged"} if state == "failed" else {state}
                now = hidden - both if state in hidden else hidden | both
                self.session.hidden_states = frozenset(now)
                self.show_all()

        self.push_screen(Ask(" States ", [], answers), toggled)

    def action_sort(self) -> None:
        """By another column."""
        self._sort(more=False)

    def action_sort_also(self) -> None:
        """By a further column."""
        self._sort(more=True)

    def _sort(self, more: bool) -> None:
        session = self.session
        if session.study is None:
            return
        shown = session.columns()[FROZEN : FROZEN + 9]
        keys = {"v": session.study.metric, **_SORTS}
        keys |= {str(at + 1): column.name for at, column in enumerate(shown)}
        titles = {"v": "value", "a": "accuracy", "t": "time", "n": "number"}
        titles |= {str(at + 1): column.brief for at, column in enumerate(shown)}
        answers = [Answer(key, titles[key]) for key in keys]
        answers.append(Answer("0", "as usual: best first"))

        def sort(answer: str | None) -> None:
            if answer == "0":
                session.sort = []
            elif answer:
                session.sort_by(keys[answer], more)
            self.show_all()

        self.push_screen(Ask(" Then by " if more else " Sort by ", [], answers), sort)

    def action_columns(self) -> None:
        """Which columns."""
        from hpsearch.dashboard.screens.choosing import Columns

        session = self.session
        if session.study is None:
            return
        every = session.every_column()[FROZEN:]
        shown = [column.name for column in session.columns()]

        def choose(keys: tuple[str, ...] | None) -> None:
            if keys is None:
                return
            session.chosen_columns = keys or None
            self.show_all()
            self._keep("columns", list(keys))

        self.push_screen(Columns(every, shown), choose)

    def _keep(self, key: str, value: Any) -> None:
        try:
            self.say(f"kept in {config.keep(key, value)}")
        except OSError as error:
            self.say(f"not kept: {error}")

    # The palette ----------------------------------------------------------------------------

    def action_command(self) -> None:
        """Every action by name, or a trial by number."""
        from hpsearch.dashboard.screens.choosing import Palette

        self.push_screen(Palette(self.view.scope), self._commanded)

    async def _commanded(self, line: str | None) -> None:
        words = (line or "").split()
        if not words:
            return
        action = BY_ID.get(words[0][1:]) if words[0].startswith("!") else None
        if action is not None:
            await self.run_action(call(action), self if "app" in action.scopes else self.view)
        elif words[0].lstrip("#").isdecimal():
            self._go_to_trial(int(words[0].lstrip("#")[:9]))
        elif words[:2] == ["view", "save"] and len(words) == 3:
            sort = [f"-{key}" if falls else key for key, falls in self.session.sort]
            self._keep(f"views.{words[2]}", {"filter": self.session.query_text, "sort": sort})
        elif words[0] == "view" and len(words) == 2:
            self._recall(words[1])
        else:
            self.say(f"there is nothing called {' '.join(words)}")

    def _go_to_trial(self, number: int) -> None:
        session = self.session
        if number not in session.history.trials:
            self.say(f"there is no trial {number}")
            return
        if number not in session.order():
            session.ask("")
            session.hidden_states = frozenset()
        session.chosen = number
        self.say(f"#{number}")

    def _recall(self, name: str) -> None:
        view = config.load().views.get(name)
        if view is None:
            self.say(f"no view is called {name}; `view save {name}` keeps this one")
            return
        try:
            self.session.ask(str(view.get("filter", "")))
        except QueryError as error:
            self.say(error.message)
            return
        sort = view.get("sort")
        named = [str(key) for key in sort] if isinstance(sort, list) else []
        self.session.sort = [(key.lstrip("-"), key.startswith("-")) for key in named]
        self.say(f"view {name}")
