"""The leaderboard's columns: what each is called, and what stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.format import Glyphs, clean, cut, duration, figure, parameter

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


@dataclass(frozen=True)
class Column:
    """One column of the leaderboard."""

    title: str
    brief: str
    """Its title where room is short."""
    text: Callable[[TrialRecord, Glyphs], str]
    rank: int = 0
    """Where room is short, the columns of the highest rank go first."""
    right: bool = True
    """Figures stand to the right."""


def columns(study: StudyFacts) -> tuple[Column, ...]:
    """The columns for a study: number, state, figures, epochs, what it searches, seconds."""
    return (
        Column("#", "#", lambda trial, _: str(trial.number)),
        Column("S", "S", lambda trial, glyphs: glyphs.state(trial.state), right=False),
        *(_figure(name, study.metric) for name in figure_names(study)),
        Column("epochs", "epochs", lambda trial, _: f"{trial.epochs}/{trial.planned}", rank=2),
        *(_searched(name, title) for name, title in short_names(study.space).items()),
        Column("seconds", "time", _seconds, rank=4),
    )


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


def params_line(trial: TrialRecord) -> str:
    """What a trial drew, by short names; what tells most comes first, as the end may be cut."""
    titles = short_names(trial.params)
    order = sorted(titles, key=lambda name: titles[name] not in _TELLING)
    return "  ".join(f"{titles[name]} {parameter(trial.params[name])}" for name in order)


def _figure(name: str, metric: str) -> Column:
    def text(trial: TrialRecord, glyphs: Glyphs) -> str:
        return figure(figure_of(trial, name, metric), glyphs.nothing)

    brief = {"val_accuracy": "val_acc", "train_cost": "train"}.get(name, name)
    return Column(name, brief, text, rank=1 if name == metric else 3)


def _searched(name: str, title: str) -> Column:
    def text(trial: TrialRecord, glyphs: Glyphs) -> str:
        return cut(parameter(trial.params.get(name), glyphs.nothing), WIDEST, glyphs.more)

    return Column(title, title, text, rank=5 if title in _TELLING else 6)


def _seconds(trial: TrialRecord, glyphs: Glyphs) -> str:
    return duration(trial.seconds, glyphs.nothing) if trial.seconds else glyphs.nothing
