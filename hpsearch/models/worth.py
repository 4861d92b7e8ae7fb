"""Whether a network earned its place: its test figures beside those of simpler models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from hpsearch.data.table import listed, quoted
from hpsearch.data.tabular import Data, Final
from hpsearch.models import baselines
from hpsearch.models.baselines import SECONDS, Baseline, Logits
from hpsearch.models.intervals import Interval, Resampled, resampled
from hpsearch.models.retraining import Retraining, figures_of
from hpsearch.models.saved import SavedModel
from hpsearch.study.recipe import Shape, cook

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Worth:
    """What other models reach on the same test rows."""

    baselines: Mapping[str, Figures]
    """By their names, the simplest first."""
    notes: tuple[str, ...]
    """What that says of the network: a sentence each."""
    judged: str = ""
    """The figure that models are compared by."""
    ahead: Mapping[str, Interval | None] = field(default_factory=dict)
    """By how much the network's is above each baseline's: 95 % intervals, on the same draws."""


def compare(retraining: Retraining, model: SavedModel, seconds: float = SECONDS) -> Worth:
    """Hold a model against baselines fitted to the rows it learnt from.

    Args:
        seconds: how long scikit-learn's models may take together; with 0 there are none.
    """
    shape = Shape.of(retraining.data)
    final = retraining.data.final(str(retraining.config["data.normalize"]))
    if not len(final.x_test):
        return Worth({}, ())
    loss = cook(retraining.config, shape).loss
    first = baselines.simplest(model.task, final, shape.outputs)
    more = baselines.fitted(model.task, final, shape.outputs, seconds) if seconds else ()
    figures = {
        one.name: figures_of(model.task, one.z, loss, final.y_test, final.y_scale)
        for one in (first, *more)
    }
    name, told = _judge(model), model.metrics["test"]

    def drawn(z: Logits, figures: Figures) -> Resampled:
        return resampled(model.task, z, final.y_test, final.y_scale, {name: figures[name]})

    mine = drawn(model.logits(final.x_test), told)
    ahead = {one.name: mine.above(drawn(one.z, figures[one.name]), name) for one in (first, *more)}
    notes = (
        *_never_said(model, final, retraining.data.class_weight == "balanced"),
        *_no_better(model, first, figures),
        *_outdone(model, figures, ahead),
        *_moved(retraining.data),
        *_some_rows(more, len(final.x)),
        *((f"Not all baselines were done in {seconds:g} s.",) if seconds and len(more) < 3 else ()),
    )
    return Worth(figures, notes, name, ahead)


def _never_said(model: SavedModel, final: Final, balanced: bool) -> Iterator[str]:
    """Classes that rows are of and that the network says of none."""
    if model.task not in ("binary", "multiclass"):
        return
    z = model.logits(final.x_test)
    said = z.argmax(axis=1) if z.shape[1] > 1 else (z[:, 0] > 0).astype(int)
    true = final.y_test.reshape(-1).astype(int)
    silent = [at for at in np.unique(true) if at not in said]
    if silent:
        names = listed([model.encoder.classes[at] for at in silent], 5)
        rows = int(np.isin(true, silent).sum())
        way = (
            "" if balanced else ' class_weight = "balanced" under [data] makes rare classes count.'
        )
        yield (
            f"WARNING: it never says {names}, which {rows:,} of {len(true):,} test rows"
            f" {'is' if rows == 1 else 'are'}.{way}"
        )


def _no_better(model: SavedModel, first: Baseline, figures: Mapping[str, Figures]) -> Iterator[str]:
    mine, theirs = model.metrics["test"], figures[first.name]
    names = ("rmse",) if model.task == "regression" else ("accuracy", "balanced_accuracy")
    if any(_better(name, mine[name], theirs[name]) for name in names):
        return
    always = "the mean" if model.task == "regression" else "the most common class"
    yield f"WARNING: it is no better than always saying {always}."


def _moved(data: Data) -> Iterator[str]:
    """Numbers that time has carried away from where they were when the network learnt them."""
    if data.task != "regression" or data.ties.order is None:
        return
    target, split = data.target, data.split
    for name, values in zip(target.names, target.values.T, strict=True):
        before = values[np.concatenate([split.train, split.validation])]
        now = float(values[split.test].mean())
        if abs(now - before.mean()) > before.std() / 2:
            yield (
                f"{quoted(name)} moves with time: {before.mean():.4g} on average in the rows"
                f" learnt from, {now:.4g} in the newer test rows. A network does not carry a"
                " trend on; the change since an earlier row may be easier to predict."
            )


def _outdone(
    model: SavedModel, figures: Mapping[str, Figures], ahead: Mapping[str, Interval | None]
) -> Iterator[str]:
    """The best of the other models, if the network is behind it."""
    name = _judge(model)
    mine, others = model.metrics["test"][name], list(figures)[1:]
    better = [other for other in others if _better(name, figures[other][name], mine)]
    if better:
        sign = -1 if name == "rmse" else 1
        best = max(better, key=lambda other: sign * (figures[other][name] or 0.0))
        low, high = ahead[best] or (0.0, 0.0)
        chance = "; other rows might have said otherwise" if low <= 0.0 <= high else ""
        yield f"Better by {name} on these test rows: {best}{chance}."


def _judge(model: SavedModel) -> str:
    return "rmse" if model.task == "regression" else "balanced_accuracy"


def _better(name: str, mine: float | None, theirs: float | None) -> bool:
    if mine is None or theirs is None:
        return mine is not None
    return mine < theirs - 1e-9 if name == "rmse" else mine > theirs + 1e-9


def _some_rows(more: tuple[Baseline, ...], every: int) -> Iterator[str]:
    if more and more[0].rows < every:
        yield f"The baselines were fitted to {more[0].rows:,} of {every:,} rows."
