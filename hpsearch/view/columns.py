"""The leaderboard's columns: what each is called, and what stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.space import Value
from hpsearch.view.fields import Fields, Read, fields
from hpsearch.view.format import UNICODE, Glyphs, clean, cut, duration, figure, parameter, scored
from hpsearch.view.spark import spark

ABBREVIATIONS = {
    "learning_rate": "lr",
    "layer_dims": "layers",
    "mini_batch_size": "batch",
    "activation": "act",
    "initializer": "init",
    "optimizer": "optim",
    "regularization": "reg",
    "keep_prob": "keep",
    "decay_interval": "every",
    "weight_decay": "wd",
    "early_stopping": "patience",
    "normalize": "norm",
}
"""Columns are narrow; wherever there is room, the study file's names are used."""

_TELLING = ("lr", "layers")

WIDEST = 24
"""Cells that one hyperparameter's value may take."""
SPARK = 8
"""Cells of a curve."""


@dataclass(frozen=True)
class Column:
    """One column of the leaderboard."""

    name: str
    """In full: a name of `view.fields`, `curve` or `delta`."""
    title: str
    brief: str
    """Its title where room is short."""
    text: Callable[[TrialRecord, Glyphs], str]
    rank: int = 0
    """Where room is short, the columns of the highest rank go first."""
    right: bool = True
    """Figures stand to the right."""
    constant: bool = False
    """A hyperparameter with one value in all trials shown."""


@dataclass(frozen=True)
class Board:
    """What the cells of a leaderboard need to know beyond their own trial."""

    study: StudyFacts
    trials: Sequence[TrialRecord] = ()
    """Those that are shown."""
    best: TrialRecord | None = None
    """The best complete trial of all."""
    importance: Mapping[str, float] = field(default_factory=dict)
    """Of hyperparameters, by full name; empty where it is not known yet."""
    curves: Mapping[int, Sequence[float | None]] = field(default_factory=dict)
    """The study's metric by epoch, by trial."""


def columns(board: Board) -> tuple[Column, ...]:
    """The columns in their usual order: figures, progress, what is searched, and the rest."""
    study = board.study
    metric, *others = figure_names(study)
    others = [name for name in others if any(t.figures.get(name) is not None for t in board.trials)]
    read = fields(study, board.trials)
    searched = sorted(study.space, key=lambda name: -board.importance.get(name, 0.0))
    titles = short_names(study.space)
    after = len(searched)
    return (
        _column("number", board, read, 0),
        _column("state", board, read, 0),
        _column(metric, board, read, 1),
        *(_column(name, board, read, 3) for name in others if name != "train_cost"),
        _column("gap", board, read, 5),
        _column("epochs", board, read, 2),
        *([_curve(board, 4)] if any(board.curves.values()) else []),
        *(
            _searched(name, board, read, titles[name], 5 if titles[name] in _TELLING else 6 + at)
            for at, name in enumerate(searched)
        ),
        _delta(board, 8 + after),
        *(_column(name, board, read, 8 + after) for name in others if name == "train_cost"),
        _column("parameters", board, read, 9 + after),
        _column("seconds", board, read, 7 + after),
        _column("slot", board, read, 10 + after),
        _column("seed", board, read, 11 + after),
    )


def chosen(names: Iterable[str], board: Board) -> tuple[Column, ...]:
    """Columns by full name, behind number and state; all of the same rank."""
    read = fields(board.study, board.trials)
    titles = short_names(board.study.space)
    wanted = [name for name in dict.fromkeys(names) if name not in ("number", "state")]
    return tuple(
        _made(name, board, read, titles.get(name, name), at)
        for at, name in enumerate(("number", "state", *wanted))
    )


COMPUTED = ("curve", "delta")
"""Columns that are not read from one trial alone."""


def figure_names(study: StudyFacts) -> tuple[str, ...]:
    """The metrics shown, the one that ranks first: val_cost, the task's own, train_cost."""
    usual = "val_rmse" if study.task == "regression" else "val_accuracy"
    return tuple(dict.fromkeys((study.metric, "val_cost", usual, "train_cost")))


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Each full name with its short one, abbreviated where we have a word for it.

    The last part of a name, or all of it where two ranges end alike.

    >>> short_names(["training.learning_rate", "network.layer_dims"])
    {'training.learning_rate': 'lr', 'network.layer_dims': 'layers'}
    """
    names = list(names)
    endings = {name: name.rpartition(".")[2] for name in names}
    times = Counter(endings.values())
    return {
        name: clean(ABBREVIATIONS.get(end, end) if times[end] == 1 else name)
        for name, end in endings.items()
    }


def figure_of(trial: TrialRecord, name: str, metric: str) -> float | None:
    """A trial's figure of that name at its best epoch."""
    if name == metric:
        return trial.value
    return trial.figures.get(name)


def figures_line(trial: TrialRecord, study: StudyFacts, glyphs: Glyphs = UNICODE) -> list[str]:
    """The first two figures of a trial by name, as far as it has them; the metric's with error."""
    return [
        f"{name} {scored(value, trial.standard_error if name == study.metric else None, glyphs)}"
        for name in figure_names(study)[:2]
        if (value := figure_of(trial, name, study.metric)) is not None
    ]


def params_line(trial: TrialRecord) -> str:
    """What a trial drew, by short names; what tells most comes first, as the end may be cut."""
    titles = short_names(trial.params)
    order = sorted(titles, key=lambda name: titles[name] not in _TELLING)
    return "  ".join(f"{titles[name]} {parameter(trial.params[name])}" for name in order)


def _made(name: str, board: Board, read: Fields, title: str, rank: int) -> Column:
    if name == "curve":
        return _curve(board, rank)
    if name == "delta":
        return _delta(board, rank)
    if "." in name:
        return replace(_searched(name, board, read, title, rank), constant=False)
    return _column(name, board, read, rank)


_TITLES = {"number": "#", "state": "S", "slot": "worker"}
_BRIEF = {"val_accuracy": "val_acc", "train_cost": "train", "parameters": "weights"}
_BRIEF |= {"seconds": "time", "epochs": "epoch"}


def _column(name: str, board: Board, read: Fields, rank: int) -> Column:
    """A fact or a figure of a trial."""
    title = _TITLES.get(name, name)
    right = name not in ("state", "reason")
    text = _score if name == board.study.metric else _text(name, read.reader(name))
    return Column(name, clean(title), clean(_BRIEF.get(name, title)), text, rank, right)


def _score(trial: TrialRecord, glyphs: Glyphs) -> str:
    return scored(trial.value, trial.standard_error, glyphs)


def _text(name: str, get: Read) -> Callable[[TrialRecord, Glyphs], str]:
    match name:
        case "state":
            return lambda trial, glyphs: glyphs.state(trial.state)
        case "epochs":
            return lambda trial, _: f"{trial.epochs}/{trial.planned}"
        case "seconds":
            return lambda trial, glyphs: duration(trial.seconds or None, glyphs.nothing)
        case "slot":
            return lambda t, glyphs: glyphs.nothing if t.slot is None else f"w{t.slot}"
        case "gap":
            return lambda trial, glyphs: _signed(get(trial), glyphs)
    return lambda trial, glyphs: _value(get(trial), glyphs)


def _value(value: Value | None, glyphs: Glyphs) -> str:
    if isinstance(value, float):
        return figure(value, glyphs.nothing)
    return cut(parameter(value, glyphs.nothing), WIDEST, glyphs.more)


def _signed(value: Value | None, glyphs: Glyphs) -> str:
    if not isinstance(value, float):
        return glyphs.nothing
    return f"{value:+.4f}" if abs(value) < 99.99995 else f"{value:+.2e}"


def _searched(name: str, board: Board, read: Fields, title: str, rank: int) -> Column:
    get = read.reader(name)

    def text(trial: TrialRecord, glyphs: Glyphs) -> str:
        return cut(parameter(get(trial), glyphs.nothing), WIDEST, glyphs.more)

    seen = {get(trial) for trial in board.trials}
    constant = len(board.trials) > 1 and len(seen) == 1
    words = any(isinstance(value, str | tuple) for value in seen)
    return Column(name, title, title, text, rank, right=not words, constant=constant)


def _curve(board: Board, rank: int) -> Column:
    def text(trial: TrialRecord, glyphs: Glyphs) -> str:
        return spark(board.curves.get(trial.number, ()), SPARK, glyphs.bars)

    return Column("curve", "curve", "curve", text, rank, right=False)


def _delta(board: Board, rank: int) -> Column:
    best = board.best.value if board.best is not None else None

    def text(trial: TrialRecord, glyphs: Glyphs) -> str:
        if best is None or trial.value is None:
            return glyphs.nothing
        return _signed(trial.value - best, glyphs)

    return Column("delta", "to best", "to best", text, rank)
