"""A study's metrics: which are shown, what each is called, and how its value is written."""

from __future__ import annotations

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.format import UNICODE, Glyphs, figure, scored


def figure_names(study: StudyFacts) -> tuple[str, ...]:
    """The metrics shown, the one that ranks first: val_cost, the task's own, train_cost."""
    usual = "val_rmse" if study.task == "regression" else "val_accuracy"
    return tuple(dict.fromkeys((study.metric, "val_cost", usual, "train_cost")))


def figure_of(trial: TrialRecord, name: str, metric: str) -> float | None:
    """A trial's figure of that name at its best epoch."""
    if name == metric:
        return trial.value
    return trial.figures.get(name)


def is_share(name: str) -> bool:
    """Whether a metric lies from 0 to 1 and is told in per cent."""
    return name.endswith("accuracy")


def spans_decades(name: str) -> bool:
    """Whether a logarithm shows more of it: errors and rates, and not what ends at 1.

    >>> spans_decades("val_cost"), spans_decades("gradient_norm"), spans_decades("val_roc_auc")
    (True, True, False)
    """
    return name.endswith(("cost", "loss", "rmse", "mae", "learning_rate", "gradient_norm"))


def figure_title(name: str) -> str:
    """A metric's name as a heading; a share is shown in per cent.

    >>> figure_title("val_cost"), figure_title("val_accuracy")
    ('val cost', 'acc %')
    """
    words = name.removeprefix("val_") if is_share(name) else name
    short = words.replace("balanced_", "bal_").replace("accuracy", "acc %")
    return short.replace("_", " ")


def figure_text(name: str, value: float | None, nothing: str = "–") -> str:
    """A metric's value as people read it.

    >>> figure_text("val_accuracy", 0.9786), figure_text("val_cost", 0.0234)
    ('97.9', '0.0234')
    """
    if is_share(name):
        return nothing if value is None else f"{100 * value:.1f}"
    return figure(value, nothing)


def figure_words(name: str, value: float | None, nothing: str = "–") -> str:
    """A metric's name and value in words.

    >>> figure_words("val_accuracy", 0.9786), figure_words("val_cost", 0.0234)
    ('acc 97.9%', 'val cost 0.0234')
    """
    unit = "%" if is_share(name) and value is not None else ""
    return f"{figure_title(name).removesuffix(' %')} {figure_text(name, value, nothing)}{unit}"


def figures_line(trial: TrialRecord, study: StudyFacts, glyphs: Glyphs = UNICODE) -> list[str]:
    """The first two figures of a trial by name, as far as it has them; the metric's with error."""
    return [
        f"{name} {scored(value, trial.standard_error if name == study.metric else None, glyphs)}"
        for name in figure_names(study)[:2]
        if (value := figure_of(trial, name, study.metric)) is not None
    ]
