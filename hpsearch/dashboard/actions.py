"""Everything a person can do in the dashboard: one table.

Key bindings, the line of hints, help, the palette and the README's table of keys are made of it.
Lower case is safe or asks first; upper case and ctrl are weighty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding

from hpsearch.view.status import LIVE

Scope = Literal["app", "trials", "curves", "params", "workers", "log", "detail", "compare"]
"""Where a key means something; "app" is everywhere but in dialogs."""

Group = Literal["move", "find", "select", "look", "trial", "study", "app"]

LISTS: tuple[Scope, ...] = ("trials",)
PAGES: tuple[Scope, ...] = ("workers", "log", "detail", "compare")
ROWS: tuple[Scope, ...] = ("trials", "params", *PAGES)
CHARTS: tuple[Scope, ...] = ("trials", "curves")
ON_TRIAL: tuple[Scope, ...] = ("trials", "curves", "detail")


@dataclass(frozen=True)
class Action:
    """One thing to do."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them; the first is the one that is shown."""
    word: str
    """In the line of hints."""
    description: str
    group: Group
    twin: str
    """The command that does, or shows, the same without the dashboard."""
    scopes: tuple[Scope, ...] = ("app",)

    @property
    def shown_key(self) -> str:
        """The key as it stands on a keyboard."""
        return key_text(self.keys[0])


_SIGNS = {
    "enter": "⏎",
    "escape": "esc",
    "comma": ",",
    "equals_sign": "=",
    "space": "space",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "shift+tab": "shift+tab",
}


def key_text(key: str, ascii: bool = False) -> str:
    """A key as people write it."""
    sign = _SIGNS.get(key, key)
    return sign if sign.isascii() or not ascii else key


TOP = "hpsearch top NAME"
SHOW = "hpsearch show NAME N"

ACTIONS: tuple[Action, ...] = (
    # move
    Action("down", ("j", "down"), "next", "next row", "move", TOP, ROWS),
    Action("up", ("k", "up"), "", "row before", "move", TOP, ROWS),
    Action("first", ("g", "home"), "first", "first row", "move", TOP, (*LISTS, *PAGES)),
    Action("last", ("G", "end"), "last", "last row", "move", TOP, (*LISTS, *PAGES)),
    Action("page-down", ("ctrl+d", "pagedown"), "", "half a page down", "move", TOP,
           (*LISTS, *PAGES)),
    Action("page-up", ("ctrl+u", "pageup"), "", "half a page up", "move", TOP,
           (*LISTS, *PAGES)),
    Action("left", ("h", "left"), "before", "columns to the left; in Params the axis before",
           "move",
           "hpsearch top NAME --columns NAMES", (*LISTS, "params")),
    Action("right", ("l", "right"), "axis", "columns to the right; in Params the next axis", "move",
           "hpsearch top NAME --columns NAMES", (*LISTS, "params")),
    Action("view-trials", ("1",), "Trials", "leaderboard, live curves, workers", "move", TOP),
    Action("view-curves", ("2",), "Curves", "curves on the whole screen", "move", SHOW),
    Action("view-params", ("3",), "Params", "importance, slices, parallel coordinates", "move",
           "hpsearch importance NAME"),
    Action("view-workers", ("4",), "Workers", "who trains what, over time", "move",
           "hpsearch status NAME"),
    Action("view-log", ("5",), "Log", "all events", "move", "hpsearch log NAME"),
    Action("tab-before", ("[",), "", "tab before", "move", SHOW, ("detail",)),
    Action("tab-next", ("]", "tab"), "tab", "next tab", "move", SHOW, ("detail",)),
    Action("maximise", ("z",), "", "the table or the curves alone", "move", TOP, ("trials",)),
    # find
    Action("filter", ("/",), "Filter", "show only trials that match a query; esc shows all", "find",
           "hpsearch top NAME --where QUERY", (*CHARTS, "params", "compare")),
    Action("states", ("f",), "States", "hide or show complete, pruned, failed, running trials",
           "find", "hpsearch top NAME --where state:STATES", (*CHARTS, "params")),
    Action("command", (":", "ctrl+p"), "", "every action by name; :131 goes to trial 131", "find",
           SHOW),
    # select
    Action("mark", ("space",), "", "mark this trial, or unmark it", "select",
           "hpsearch compare NAME N M", ("trials",)),
    Action("mark-range", ("v",), "", "mark from the last mark to here", "select",
           "hpsearch compare NAME N M", ("trials",)),
    Action("unmark", ("u",), "unmark", "unmark all", "select",
           "hpsearch compare NAME N M", ("trials",)),
    Action("baseline", ("b",), "", "compare with this trial", "select",
           "hpsearch compare NAME N M", ("trials",)),
    # look
    Action("open", ("enter",), "Open", "all about this trial", "look", SHOW, ("trials",)),
    Action("compare", ("c",), "Compare", "the marked trials side by side", "look",
           "hpsearch compare NAME N M", ("trials", "detail")),
    Action("sort", ("s",), "Sort",
           "then v value, a accuracy, t time, n number, 1-9 column; again turns round", "look",
           "hpsearch top NAME --sort COLUMN", ("trials",)),
    Action("sort-also", ("comma",), "", "sort by a further column, as s", "look",
           "hpsearch top NAME --sort COLUMN", ("trials",)),
    Action("columns", ("C",), "", "choose columns", "look",
           "hpsearch top NAME --columns NAMES", ("trials",)),
    Action("overlay", ("a",), "which", "which curves: cursor and best, marked, top 5, running, all",
           "look", SHOW, CHARTS),
    Action("log-axis", ("L",), "log", "logarithmic y-axis", "look", SHOW, CHARTS),
    Action("x-axis", ("t",), "time", "x-axis in epochs or in time", "look", SHOW, CHARTS),
    Action("metric", ("m",), "metric", "next metric", "look", SHOW, CHARTS),
    Action("smooth", ("~",), "smooth", "smooth curves: 0, 0.6, 0.9", "look", SHOW, CHARTS),
    Action("robust", ("O",), "", "limits with or without outliers", "look", SHOW, CHARTS),
    Action("cross-left", ("{",), "", "crosshair an epoch back", "look", SHOW, CHARTS),
    Action("cross-right", ("}",), "values", "crosshair an epoch on: values there", "look", SHOW,
           CHARTS),
    Action("zoom-in", ("+", "equals_sign"), "zoom", "zoom in", "look", SHOW, ("curves",)),
    Action("zoom-out", ("-",), "", "zoom out", "look", SHOW, ("curves",)),
    Action("zoom-all", ("0",), "all", "all epochs", "look", SHOW, ("curves",)),
    Action("brush-up", ("K",), "upper", "only trials in the better part of this axis", "look",
           "hpsearch top NAME --where QUERY", ("params",)),
    Action("brush-down", ("J",), "lower", "the other part of this axis", "look",
           "hpsearch top NAME --where QUERY", ("params",)),
    Action("all-rows", ("a",), "all rows", "also what is equal", "look",
           "hpsearch compare NAME N M --all", ("compare",)),
    Action("freeze", ("F",), "", "hold everything still; again goes on", "look", TOP),
    Action("trial-next", ("n",), "next", "next trial in the order", "look", SHOW, ("detail",)),
    Action("trial-before", ("N",), "", "trial before in the order", "look", SHOW, ("detail",)),
    # act on a trial
    Action("act", ("x",), "Act", "p prune at its next epoch, k kill", "trial",
           "hpsearch ctl NAME prune N", ON_TRIAL),
    Action("new-trial", ("n",), "New", "edit a copy of this trial, and try it next", "trial",
           "hpsearch ctl NAME enqueue KEY=VALUE", ("trials",)),
    Action("edit-copy", ("e",), "edit copy", "edit a copy of this trial, and try it next", "trial",
           "hpsearch ctl NAME enqueue KEY=VALUE", ("trials", "detail")),
    Action("retrain", ("r",), "Retrain", "how to train it for longer, or with other seeds", "trial",
           "hpsearch retrain FILE", ON_TRIAL),
    Action("yank", ("y",), "copy", "copy it as a study file, and write that file", "trial",
           "hpsearch export NAME --trial N", ON_TRIAL),
    Action("export", ("E",), "Export", "write it as a study file", "trial",
           "hpsearch export NAME --trial N -o FILE", ON_TRIAL),
    # act on the study
    Action("pause", ("p",), "Pause", "no new trials; again goes on", "study",
           "hpsearch pause NAME"),
    Action("stop", ("S",), "Stop", "stop, drain or abort", "study", "hpsearch stop NAME", ("app",)),
    Action("add", ("A",), "Add", "add trials to the budget", "study", "hpsearch ctl NAME add N",
           ("app",)),
    Action("workers", ("W",), "Workers", "change how many train at once", "study",
           "hpsearch ctl NAME workers K", ("app",)),
    Action("resume-engine", ("R",), "Go on", "start an engine that is gone or stopped", "study",
           "hpsearch run STUDY --detach", ("app",)),
    Action("retry-failed", ("ctrl+r",), "", "put failed trials in line again", "study",
           "hpsearch ctl NAME retry failed", ("app",)),
    # app
    Action("studies", ("ctrl+o",), "Studies", "all studies", "app", "hpsearch ls"),
    Action("help", ("?",), "Help", "what every key does", "app", "hpsearch --help"),
    Action("redraw", ("ctrl+l",), "", "draw the screen anew", "app", TOP),
    Action("suspend", ("ctrl+z",), "", "suspend; fg comes back", "app", "hpsearch attach NAME"),
    Action("back", ("escape",), "back", "back; in Trials, show all again", "app",
           "hpsearch attach NAME"),
    Action("detach", ("q",), "Detach", "leave; the search goes on", "app", "hpsearch attach NAME"),
    Action("leave", ("ctrl+c",), "", "leave; asks where this started the run", "app",
           "hpsearch stop NAME"),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}


def bindings(scope: Scope) -> list[Binding]:
    """Textual's bindings for a scope."""
    return [
        Binding(
            ",".join(action.keys),
            call(action),
            action.description,
            show=False,
            id=action.id,
            priority=action.id in ("leave", "suspend"),
        )
        for action in ACTIONS
        if scope in action.scopes
    ]


OF_THE_APP = ("filter", "states", "open", "compare", "sort", "sort-also", "columns", "act",
              "new-trial", "edit-copy", "retrain", "yank", "export")  # fmt: skip
"""Actions that mean something on some screens only, but are the application's to do."""


def call(action: Action) -> str:
    """How Textual calls it."""
    name = action.id.replace("-", "_")
    return f"app.{name}" if action.id in OF_THE_APP else name


OF_AN_ENGINE = ("pause", "act", "new-trial", "edit-copy", "stop", "workers")
"""Actions that do nothing where no engine is at work."""


def hints(ids: Sequence[str], state: str = "running", ascii: bool = False) -> list[tuple[str, str]]:
    """Keys and words for the last line of a screen; help and leaving always.

    Args:
        state: the study's: what means nothing in it is left out.
    """
    if state not in LIVE:
        acting = [id for id in ids if id in OF_AN_ENGINE]
        ids = ["resume-engine" if id in acting[:1] else id for id in ids if id not in acting[1:]]
    words = {"pause": "Resume"} if state == "paused" else {}
    shown = [BY_ID[id] for id in (*ids, "help", "detach")]
    return [(key_text(one.keys[0], ascii), words.get(one.id, one.word)) for one in shown]


def in_scope(scope: Scope) -> Iterator[Action]:
    """What can be done there, things for everywhere included."""
    return (action for action in ACTIONS if scope in action.scopes or "app" in action.scopes)
