"""What every key does, and how to ask for trials."""

from __future__ import annotations

import textwrap

from textual.app import ComposeResult
from textual.binding import BindingType

from hpsearch.dashboard.actions import ACTIONS, Scope, key_text
from hpsearch.dashboard.screens.modal import Modal
from hpsearch.dashboard.widgets.page import Page
from hpsearch.view.format import cells, pad
from hpsearch.view.inked import Line, width_of

_GROUPS = {
    "move": "Move",
    "find": "Find",
    "select": "Select",
    "look": "Look",
    "trial": "This trial",
    "study": "The study",
    "app": "The dashboard",
}

_KEYS = 16
"""Cells for the keys of an action."""
QUERY = (
    ("val_accuracy>=98%", "a figure; names may be shortened as long as they are unique"),
    ("lr<1e-2 act=tanh", "both: a space is and"),
    ("state:running,complete", "any of these"),
    ("-optimizer:gd", "not"),
    ("layers~128", "matches a pattern"),
    ("top:10%", "the best tenth"),
    ("acc>97% | #72", "or; #72 is one trial"),
)


class Help(Modal[None]):
    """A page of keys, those of this screen first."""

    BINDINGS: list[BindingType] = [  # noqa: RUF012  # Textual's own type
        ("escape,q,question_mark,enter", "dismiss", "close"),
        ("j,down", "scroll(1)", "down"),
        ("k,up", "scroll(-1)", "up"),
        ("ctrl+d,pagedown,space", "scroll(12)", "page down"),
        ("ctrl+u,pageup", "scroll(-12)", "page up"),
    ]

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._where: Scope = scope

    def compose(self) -> ComposeResult:
        """The page."""
        page = Page("help")
        page.border_title = "Keys"
        page.border_subtitle = "esc closes, j k scroll"
        yield page

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(Page).show(lambda width: help_lines(self._where, width))

    def action_scroll(self, by: int) -> None:
        """So many lines."""
        self.query_one(Page).scroll_lines(by)


def help_lines(scope: Scope, width: int) -> list[Line]:
    """Keys by group; what means nothing on this screen is dim, and says where it does."""
    lines: list[Line] = []
    for group, title in _GROUPS.items():
        lines += [[], [(f" {title}", "title")]]
        for action in ACTIONS:
            if action.group != group:
                continue
            keys = " ".join(key_text(key) for key in action.keys)
            here = scope in action.scopes or "app" in action.scopes
            where = "" if here else f"  ({', '.join(action.scopes)})"
            said = textwrap.wrap(action.description + where, max(8, width - _KEYS - 3))
            ink = "plain" if here else "dim"
            line: Line = [(f"  {pad(keys, _KEYS)}", "accent" if here else "dim"), (said[0], ink)]
            room = width - width_of(line) - 1
            if cells(action.twin) <= room - 1:
                line += [(" " * (room - cells(action.twin)), "plain"), (action.twin, "faint")]
            lines += [line, *([(" " * (_KEYS + 2), "plain"), (more, ink)] for more in said[1:])]
    lines += [[], [(" Filter, with /", "title")]]
    lines += [[(f"  {pad(query, 24)}", "accent"), (told, "plain")] for query, told in QUERY]
    return lines[1:]
