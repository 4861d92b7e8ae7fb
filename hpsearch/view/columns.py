"""The leaderboard's columns: their order, what each is called, and what stands in it.

`hpsearch top` and the report write cells in full. The dashboard writes them terse: a sign for a
state, shares in per cent, no standard errors; and its columns stand still while rows come and go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.space import Value
from hpsearch.view.abbreviations import TELLING, short_names
from hpsearch.view.fields import FACTS, Fields, fields, gap
from hpsearch.view.figures import figure_names, figure_of, figure_text, figure_title
from hpsearch.view.format import (
    UNICODE,
    Glyphs,
    cells,
    clean,
    cut,
    duration,
    figure,
    parameter,
    scored,
    signed,
)
from hpsearch.view.spark import spark

COMPUTED = ("curve", "delta")
"""Columns that are not read from one trial alone."""
FROZEN = 3
"""The first columns are never left out: number, state and the first figure."""
SPARK = 8
"""Cells of a curve."""
WIDEST, WIDEST_TERSE = 24, 14
"""Cells that a value of words or of layers may take."""
_NARROW = 56
"""Below so many cells the gap gives way to how far trials are."""

Curve = Sequence[float | None]
"""The study's metric by epoch."""


@dataclass(frozen=True)
class Setting:
    """What a cell needs to know beyond its own trial."""

    study: StudyFacts
    best: float | None = None
    """The best complete trial's value."""
    glyphs: Glyphs = UNICODE
    curve: Callable[[int], Curve] = field(default=lambda _: ())
    """Of the trial of that number, as far as it is known."""


Text = Callable[[TrialRecord, Setting], str]


@dataclass(frozen=True)
class Column:
    """One column of the leaderboard."""

    name: str
    """In full: a name of `view.fields`, `curve` or `delta`."""
    title: str
    brief: str
    """Its title where room is short."""
    text: Text
    rank: int = 0
    """Where room is short, the columns of the highest rank go first."""
    width: int = 0
    """Cells it takes where columns stand still; 0 where they are as wide as what they show."""
    right: bool = True
    """Figures stand to the right."""
    constant: bool = False
    """A hyperparameter with one value in all trials shown."""


@dataclass(frozen=True)
class Board:
    """A leaderboard: its trials, and what is known of them together."""

    study: StudyFacts
    trials: Sequence[TrialRecord] = ()
    """Those that are shown."""
    best: TrialRecord | None = None
    """The best complete trial of all."""
    importance: Mapping[str, float] = field(default_factory=dict)
    """Of hyperparameters, by full name; empty where it is not known yet."""
    curves: Mapping[int, Curve] = field(default_factory=dict)
    """By trial."""

    def setting(self, glyphs: Glyphs) -> Setting:
        """What its cells need to know."""
        best = self.best.value if self.best is not None else None
        return Setting(self.study, best, glyphs, lambda number: self.curves.get(number, ()))


def columns(board: Board, terse: bool = False) -> tuple[Column, ...]:
    """The columns in their usual order: figures, progress, what is searched, and the rest.

    Args:
        terse: as the dashboard writes them. It reads curves later, so there is a column for them.
    """
    study, known = board.study, [trial for trial in board.trials if trial.figures]
    metric, *others = figure_names(study)
    if known:
        others = [n for n in others if any(t.figures.get(n) is not None for t in known)]
    titles = short_names(study.space)
    searched = sorted(study.space, key=lambda name: -board.importance.get(name, 0.0))
    after = len(searched)
    ranks = [
        *(("number", 0), ("state", 0), (metric, 1)),
        *((name, 3) for name in others if name != "train_cost"),
        *(("gap", 5), ("epochs", 2)),
        *([("curve", 4)] if terse or any(board.curves.values()) else []),
        *((n, 5 if titles[n] in TELLING else 6 + at) for at, n in enumerate(searched)),
        ("delta", 8 + after),
        *((name, 8 + after) for name in others if name == "train_cost"),
        *(("parameters", 9 + after), ("seconds", 7 + after)),
        *(("slot", 10 + after), ("seed", 11 + after)),
    ]
    make = _Maker(board, fields(study, board.trials), titles, terse)
    return tuple(make.column(name, rank) for name, rank in ranks)


def chosen(names: Iterable[str], board: Board, terse: bool = False) -> tuple[Column, ...]:
    """Columns by full name, behind number and state; all of the same rank."""
    make = _Maker(board, fields(board.study, board.trials), short_names(board.study.space), terse)
    every = dict.fromkeys(("number", "state", *names))
    return tuple(replace(make.column(name, at), constant=False) for at, name in enumerate(every))


def fitting(shown: Sequence[Column], width: int, first: int = 0) -> tuple[Column, ...]:
    """The columns that fit `width` cells: the frozen ones, then those from the `first` other on."""
    kept = list(shown[:FROZEN])
    room = width - sum(column.width + 1 for column in kept)
    for column in shown[FROZEN + max(0, first) :]:
        if width < _NARROW and column.name == "gap":
            continue
        if column.width > room:
            break
        kept.append(column)
        room -= column.width + 1
    return tuple(kept)


_TITLES = {"number": "#", "state": "S", "slot": "worker", "delta": "to best"}
_BRIEF = {"val_accuracy": "val_acc", "train_cost": "train", "parameters": "weights"}
_BRIEF |= {"seconds": "time", "epochs": "epoch"}
_WIDTHS = {"state": 1, "gap": 7, "curve": SPARK, "parameters": 7, "seconds": 6, "slot": 3}
_WIDTHS |= {"epochs": 5, "seed": 10, "val_accuracy": 5}
_FIGURE, _WORD = 8, 4
"""Cells of other figures and of hyperparameters, at least."""


@dataclass(frozen=True)
class _Maker:
    """Makes columns."""

    board: Board
    read: Fields
    titles: Mapping[str, str]
    """Of hyperparameters, by full name."""
    terse: bool

    def column(self, name: str, rank: int) -> Column:
        """One, by its full name."""
        fact = name in FACTS or name in COMPUTED
        made = self._set(name) if "." in name else self._fact(name) if fact else self._figure(name)
        return replace(made, rank=rank, width=self._width(made) if self.terse else 0)

    def _set(self, name: str) -> Column:
        """What the study file sets, or searches."""
        get, title = self.read.reader(name), self.titles.get(name, clean(name))
        seen = {get(trial) for trial in self.board.trials}
        words = any(isinstance(value, str | tuple | bool) for value in seen)
        alike = len(self.board.trials) > 1 and len(seen) == 1
        return Column(name, title, title, lambda trial, at: _drawn(get(trial), at.glyphs),
                      right=not words, constant=alike)  # fmt: skip

    def _figure(self, name: str) -> Column:
        metric, get = self.board.study.metric, self.read.reader(name)
        title = clean(name)
        if self.terse:
            return Column(name, title, clean(figure_title(name)), lambda trial, at: figure_text(
                name, figure_of(trial, name, metric), at.glyphs.nothing))  # fmt: skip
        text = _score if name == metric else lambda trial, at: _value(get(trial), at.glyphs)
        return Column(name, title, _BRIEF.get(name, title), text)

    def _fact(self, name: str) -> Column:
        get, title = self.read.reader(name), _TITLES.get(name, name)
        text = _sign if name == "state" and self.terse else _FACTS.get(name)
        text = text or (lambda trial, at: _value(get(trial), at.glyphs))
        left = name in ("state", "reason", "curve")
        return Column(name, title, _BRIEF.get(name, title), text, right=not left)

    def _width(self, column: Column) -> int:
        """As wide as its title and what stands in it, so that rows to come are likely to fit."""
        study, trials = self.board.study, self.board.trials
        match column.name:
            case "number":
                return len(str(study.trials or 99_999))
            case "epochs":  # of which a trial that begins has few yet
                longest = max((2 * len(str(trial.planned)) + 1 for trial in trials), default=0)
            case _:
                setting = Setting(study)
                longest = max((cells(column.text(trial, setting)) for trial in trials), default=0)
        least = _WIDTHS.get(column.name, _WORD if "." in column.name else _FIGURE)
        return max(cells(column.brief), min(WIDEST_TERSE, longest), least)


def _sign(trial: TrialRecord, at: Setting) -> str:
    return at.glyphs.state(trial.state)[:1]


def _state(trial: TrialRecord, at: Setting) -> str:
    return at.glyphs.state(trial.state)


def _score(trial: TrialRecord, at: Setting) -> str:
    return scored(trial.value, trial.standard_error, at.glyphs)


def _epochs(trial: TrialRecord, _: Setting) -> str:
    return f"{trial.epochs}/{trial.planned}"


def _gap(trial: TrialRecord, at: Setting) -> str:
    apart = gap(trial)
    return at.glyphs.nothing if apart is None else signed(apart)


def _delta(trial: TrialRecord, at: Setting) -> str:
    if trial.value is None or at.best is None:
        return at.glyphs.nothing
    return signed(trial.value - at.best)


def _curve(trial: TrialRecord, at: Setting) -> str:
    """As long as the trial is on its way."""
    values = at.curve(trial.number)
    reached = min(1.0, trial.epochs / trial.planned) if trial.planned else 1.0
    width = max(1, round(SPARK * reached))
    return spark(values, width, at.glyphs.bars, log=at.study.direction == "minimize")


def _parameters(trial: TrialRecord, at: Setting) -> str:
    return at.glyphs.nothing if trial.parameters is None else f"{trial.parameters:,}"


def _seconds(trial: TrialRecord, at: Setting) -> str:
    return duration(trial.seconds or None, at.glyphs.nothing)


def _slot(trial: TrialRecord, at: Setting) -> str:
    return at.glyphs.nothing if trial.slot is None else f"w{trial.slot}"


_FACTS: Mapping[str, Text] = {
    "state": _state,
    "epochs": _epochs,
    "gap": _gap,
    "delta": _delta,
    "curve": _curve,
    "parameters": _parameters,
    "seconds": _seconds,
    "slot": _slot,
}


def _value(value: Value | None, glyphs: Glyphs) -> str:
    return figure(value, glyphs.nothing) if isinstance(value, float) else _drawn(value, glyphs)


def _drawn(value: Value | None, glyphs: Glyphs) -> str:
    return cut(parameter(value, glyphs.nothing), WIDEST, glyphs.more)
