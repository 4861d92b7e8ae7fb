"""The dashboard's leaderboard: its columns, their order, and what stands in each cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.columns import figure_names, figure_of, short_names
from hpsearch.view.format import UNICODE, Glyphs, cells, clean, cut, duration, figure, parameter
from hpsearch.view.history import NO_TRACK, Track
from hpsearch.view.spark import ASCII_BARS, BARS, spark

SPARK = 8
"""Cells of a spark line."""
WIDEST = 14
"""Cells that one hyperparameter's value may take."""
NARROW = 56
"""Below so many cells the gap gives way to how far trials are."""
FROZEN = 3
"""The first columns stay where they are: number, state, objective."""


@dataclass(frozen=True)
class Setting:
    """What cells need to know beyond their own trial."""

    study: StudyFacts
    best: float | None = None
    glyphs: Glyphs = UNICODE
    track: Callable[[int], Track] = field(default=lambda _: NO_TRACK)


@dataclass(frozen=True)
class BoardColumn:
    """One column."""

    key: str
    """What it is sorted and chosen by: a name of `view.fields`, curve or delta."""
    title: str
    width: int
    text: Callable[[TrialRecord, Setting], str]
    right: bool = True


def board_columns(
    study: StudyFacts,
    trials: Iterable[TrialRecord] = (),
    importance: Mapping[str, float] | None = None,
) -> tuple[BoardColumn, ...]:
    """Every column there is, in order; hyperparameters by importance, then as in the study file.

    Args:
        trials: some trials, whose values decide how wide columns are.
        importance: by full name.
    """
    weights = importance or {}
    names = sorted(study.space, key=lambda name: -weights.get(name, 0.0))
    short = short_names(study.space)
    sample = list(trials)
    metric, *others = figure_names(study)
    return (
        BoardColumn("number", "#", 5, lambda trial, _: str(trial.number)),
        BoardColumn("state", "S", 1, lambda trial, at: at.glyphs.state(trial.state)[:1]),
        _figure(metric, study),
        *(_figure(name, study) for name in others if name != "train_cost"),
        BoardColumn("gap", "gap", 7, _gap),
        BoardColumn("epochs", "epoch", 7, _epochs),
        BoardColumn("curve", "curve", SPARK, _spark, right=False),
        *(_searched(name, short[name], sample) for name in names),
        BoardColumn("delta", "Δbest", 8, _delta),
        *(_figure(name, study) for name in others if name == "train_cost"),
        BoardColumn("parameters", "weights", 9, _parameters),
        BoardColumn("seconds", "time", 7, _seconds),
        BoardColumn("slot", "worker", 6, _slot),
        BoardColumn("seed", "seed", 10, lambda trial, _: str(trial.seed)),
    )


def figure_title(name: str) -> str:
    """A metric's name as a heading; a share is shown in per cent.

    >>> figure_title("val_cost"), figure_title("val_accuracy")
    ('val cost', 'acc %')
    """
    words = name.removeprefix("val_") if is_share(name) else name
    short = words.replace("balanced_", "bal_").replace("accuracy", "acc %")
    return short.replace("_", " ")


def is_share(name: str) -> bool:
    """Whether a metric lies from 0 to 1 and is told in per cent."""
    return name.endswith("accuracy")


def spans_decades(name: str) -> bool:
    """Whether a logarithm shows more of it: errors and rates, and not what ends at 1.

    >>> spans_decades("val_cost"), spans_decades("gradient_norm"), spans_decades("val_roc_auc")
    (True, True, False)
    """
    return name.endswith(("cost", "loss", "rmse", "mae", "learning_rate", "gradient_norm"))


def figure_text(name: str, value: float | None, nothing: str = "–") -> str:
    """A metric's value as people read it.

    >>> figure_text("val_accuracy", 0.9786), figure_text("val_cost", 0.0234)
    ('97.9', '0.0234')
    """
    if is_share(name):
        return nothing if value is None else f"{100 * value:.1f}"
    return figure(value, nothing)


def fitting(shown: Sequence[BoardColumn], width: int, first: int = 0) -> tuple[BoardColumn, ...]:
    """The columns that fit `width` cells: the frozen ones, then those from the `first` other on."""
    kept = list(shown[:FROZEN])
    room = width - sum(column.width + 1 for column in kept)
    for column in shown[FROZEN + max(0, first) :]:
        if width < NARROW and column.key == "gap":
            continue
        if column.width > room:
            break
        kept.append(column)
        room -= column.width + 1
    return tuple(kept)


def _figure(name: str, study: StudyFacts) -> BoardColumn:
    title = figure_title(name)

    def text(trial: TrialRecord, at: Setting) -> str:
        return figure_text(name, figure_of(trial, name, study.metric), at.glyphs.nothing)

    least = 5 if is_share(name) else 8
    return BoardColumn(name, title, max(least, cells(title)), text)


def _searched(name: str, title: str, sample: Iterable[TrialRecord]) -> BoardColumn:
    def text(trial: TrialRecord, at: Setting) -> str:
        return cut(
            parameter(trial.params.get(name), at.glyphs.nothing), column.width, at.glyphs.more
        )

    drawn = [trial.params.get(name) for trial in sample]
    widest = max((cells(parameter(value)) for value in drawn), default=0)
    width = max(cells(title), min(WIDEST, widest), 4)
    words = any(isinstance(value, str | tuple | bool) for value in drawn)
    column = BoardColumn(name, clean(title), width, text, right=not words)
    return column


def _gap(trial: TrialRecord, at: Setting) -> str:
    val, train = trial.figures.get("val_cost"), trial.figures.get("train_cost")
    if val is None or train is None:
        return at.glyphs.nothing
    gap = val - train
    return f"{gap:+.4f}" if abs(gap) < 9.9995 else f"{gap:+.0e}"


def _epochs(trial: TrialRecord, _: Setting) -> str:
    return f"{trial.epochs}/{trial.planned}"


def _spark(trial: TrialRecord, at: Setting) -> str:
    track = at.track(trial.number)
    values = track.figure(at.study.metric)
    reached = trial.epochs / trial.planned if trial.planned else 1.0
    width = max(1, round(SPARK * min(1.0, reached))) if len(values) else 0
    bars = BARS if at.glyphs is UNICODE else ASCII_BARS
    return spark(values, width, bars, log=at.study.direction == "minimize")


def _delta(trial: TrialRecord, at: Setting) -> str:
    if trial.value is None or at.best is None:
        return at.glyphs.nothing
    away = trial.value - at.best
    return f"{away:+.4f}" if abs(away) < 99.9995 else f"{away:+.1e}"


def _parameters(trial: TrialRecord, at: Setting) -> str:
    return at.glyphs.nothing if trial.parameters is None else f"{trial.parameters:,}"


def _seconds(trial: TrialRecord, at: Setting) -> str:
    return duration(trial.seconds, at.glyphs.nothing) if trial.seconds else at.glyphs.nothing


def _slot(trial: TrialRecord, at: Setting) -> str:
    return at.glyphs.nothing if trial.slot is None else f"w{trial.slot}"
