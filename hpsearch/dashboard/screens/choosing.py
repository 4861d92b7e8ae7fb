"""Lists to choose from: columns, and every action by name."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Input, SelectionList
from textual.widgets.selection_list import Selection

from hpsearch.dashboard.actions import Action, Scope, in_scope
from hpsearch.dashboard.screens.modal import Modal
from hpsearch.dashboard.widgets.page import Page
from hpsearch.view.columns import Column
from hpsearch.view.format import aligned, pad
from hpsearch.view.inked import Line


class Boxes(SelectionList[str]):
    """A box beside each of some lines, in signs that the terminal has."""

    def render_line(self, y: int) -> Strip:
        """Textual's own line; where need be its boxes are made of brackets."""
        line = super().render_line(y)
        if not getattr(self.app, "ascii", False):
            return line
        return Strip([Segment(part.text.translate(_BRACKETS), part.style) for part in line])


_BRACKETS = str.maketrans("▐▌", "[]")


class Columns(Modal["tuple[str, ...] | None"]):
    """Which columns to show, by their names; None where nothing changes."""

    BINDINGS: list[BindingType] = [  # noqa: RUF012  # Textual's own type
        ("escape,q,C", "leave", "take these"),
        ("j", "app.simulate_key('down')", "down"),
        ("k", "app.simulate_key('up')", "up"),
        ("r", "reset", "the usual ones"),
    ]

    def __init__(self, every: Sequence[Column], shown: Sequence[str]) -> None:
        super().__init__()
        self._every, self._shown = every, shown

    def compose(self) -> ComposeResult:
        """A box a column."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = "Columns"
            frame.border_subtitle = "space shows or hides, r the usual ones, esc takes them"
            names = aligned([(column.brief, column.name) for column in self._every], words=2)
            yield Boxes(
                *(
                    Selection(Text(name), column.name, column.name in self._shown)
                    for name, column in zip(names, self._every, strict=True)
                )
            )

    def action_leave(self) -> None:
        """Take them, in the table's order; as they were, nothing is chosen."""
        chosen = set(self.query_one(SelectionList).selected)
        if chosen == {column.name for column in self._every} & set(self._shown):
            self.dismiss(None)
            return
        self.dismiss(tuple(column.name for column in self._every if column.name in chosen))

    def action_reset(self) -> None:
        """As if never chosen."""
        self.dismiss(())


class Palette(Modal[str]):
    """A line to type in, and the actions that fit it: "" stays, "!id" is an action, else the line.

    A number goes to that trial.
    """

    def __init__(self, scope: Scope, extra: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._actions = [a for a in in_scope(scope) if a.id != "command"]
        self._extra = extra
        self._fit: list[Action] = self._actions
        self._at = 0

    def compose(self) -> ComposeResult:
        """The line above, actions below."""
        with Vertical(classes="dialog", id="palette") as frame:
            frame.border_title = "Do"
            frame.border_subtitle = "131 goes to trial 131"
            yield Input(placeholder="an action, a trial's number, view save NAME")
            yield Page("fitting")

    def on_mount(self) -> None:
        """All of them fit nothing."""
        self.call_after_refresh(self._show)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Those with all of the words, in name or description."""
        words = event.value.lower().split()
        self._fit = [
            action
            for action in self._actions
            if all(word in f"{action.id} {action.description}".lower() for word in words)
        ]
        self._at = 0
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The line, where it is one of its own kind; else the action that is lit."""
        line = event.value.strip()
        own = line.lstrip("#").isdigit() or line.startswith(("view ", "retry "))
        if own or not self._fit:
            self.dismiss(line)
        else:
            self.dismiss(f"!{self._fit[self._at].id}")

    def on_key(self, event: events.Key) -> None:
        """Up, down, away."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            self.dismiss("")
        elif event.key in ("down", "up", "tab"):
            event.stop()
            event.prevent_default()
            by = -1 if event.key == "up" else 1
            self._at = max(0, min(self._at + by, len(self._fit) - 1))
            self._show()

    def _show(self) -> None:
        page = self.query_one(Page)
        lines: list[Line] = []
        for at, action in enumerate(self._fit):
            ink = "name" if at == self._at else "plain"
            key = pad(action.shown_key, 9)
            lines.append([(f" {key}", "accent"), (f" {action.description} ", ink)])
        page.to_top()
        page.show(lambda _: lines or [[(" nothing is called so", "dim")]])
        page.scroll_lines(max(0, self._at - page.size.height + 1))
