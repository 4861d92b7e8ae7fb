"""How good a model's predictions are, on rows whose targets are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
import polars as pl

from hpsearch.data.matching import encode
from hpsearch.data.table import counted
from hpsearch.data.truth import targets, with_targets
from hpsearch.errors import DataError
from hpsearch.models import calibration, seen
from hpsearch.models.pictures import Picture, check_images, pictures
from hpsearch.models.saved import SavedModel
from hpsearch.study.confusion import Confusion
from hpsearch.study.options import Task
from nncore import confusion_matrix, metrics
from nncore.arrays import Array

_CLASSES = ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "log_loss")
FIGURES: Mapping[Task, tuple[str, ...]] = {
    "binary": _CLASSES,
    "multiclass": _CLASSES,
    "multilabel": ("accuracy", "subset_accuracy", *_CLASSES[1:]),
    "regression": ("mse", "rmse", "mae", "r2"),
}
"""What is measured, in nncore's names; classifications also have `brier` and `ece`.

Of two classes, precision, recall and f1 are those of the second, which is told; of several classes
or labels they are means over these."""

_LOOKED = 0.5
"""The share of the test rows that has to be read to count as a look at them."""
_LEARNT = 0.05
"""The share of the rows learnt from that is worth a word."""


@dataclass(frozen=True)
class Evaluation:
    """A model's figures on some rows."""

    model: str
    data: str
    task: Task
    rows: int
    """How many were compared."""
    without_target: int
    """Rows that were left out, as their target is empty."""
    figures: Mapping[str, float | None]
    """None where a figure has no value on these rows."""
    each: Mapping[str, Mapping[str, float | None]]
    """The same for each target, where there are several."""
    confusions: tuple[Confusion, ...]
    """One for each target of a classification."""
    calibration: tuple[calibration.Bin, ...]
    """Predictions by how sure the network was; empty for a regression."""
    notes: tuple[str, ...]
    """What was noticed about the rows: a sentence each."""
    test_share: float
    """About which share of the model's test rows is among these."""
    pictures: tuple[Picture, ...] = ()
    """Some of the rows, where they are images and were asked for."""

    @property
    def looked(self) -> bool:
        """Whether this was a look at the model's test rows."""
        return self.test_share >= _LOOKED

    def to_json(self) -> dict[str, Any]:
        """As `hpsearch evaluate --format json` prints it."""
        return {
            "model": self.model,
            "data": self.data,
            "task": self.task,
            "rows": self.rows,
            "without_target": self.without_target,
            "figures": dict(self.figures),
            **({"targets": {t: dict(f) for t, f in self.each.items()}} if self.each else {}),
            **self._classes(),
            "share_of_test_rows": round(self.test_share, 3),
            "notes": list(self.notes),
            **({"images": [one.to_json() for one in self.pictures]} if self.pictures else {}),
        }

    def _classes(self) -> dict[str, Any]:
        if self.task == "regression":
            return {}
        return {
            "confusion": [
                {
                    "target": one.target,
                    "classes": list(one.classes),
                    "counts": [list(row) for row in one.counts],
                    "by_class": [asdict(of) for of in one.by_class()],
                }
                for one in self.confusions
            ],
            "calibration": [one.to_json() for one in self.calibration],
        }


def evaluate(
    model: SavedModel,
    frame: pl.DataFrame,
    name: str = "the table",
    strict: bool = False,
    images: int = 0,
) -> Evaluation:
    """Compare a model's predictions with what is true.

    Args:
        frame: the columns the model was trained on and its targets, by name, in any order.
        name: what errors call the table.
        strict: refuse a table without one of the columns.
        images: how many of the rows to draw.

    Raises:
        DataError: columns are missing, or a cell does not fit; or no row can be compared.
        UsageError: images are wanted, and the rows are none.
    """
    if images:
        check_images(model)
    encoder = model.encoder
    there = with_targets(encoder, frame, name)
    frame, rows = frame.filter(there), np.flatnonzero(there)
    y = targets(encoder, frame, name, rows)
    x, notes = encode(encoder, frame, name, strict, rows)
    marks = seen.marks(x, y)
    z = model.logits(x)
    sound = np.isfinite(z).all(axis=1)
    if not sound.all():
        z, y, frame = z[sound], y[sound], frame[np.flatnonzero(sound)]
        lost = counted(int((~sound).sum()), "row")
        notes = (*notes, f"{lost} left out, too far from those in training to compute with.")
    if not len(z):
        raise DataError(f"{name}: there is no row to compare predictions with.")
    p = calibration.probabilities(model.task, z)
    several = len(encoder.targets) > 1
    return Evaluation(
        model=model.name,
        data=name,
        task=model.task,
        rows=len(z),
        without_target=int((~there).sum()),
        figures=_figures(model, z, y, p),
        each={
            target: _figures(model, z[:, [at]], y[:, [at]], p[:, [at]], at)
            for at, target in enumerate(encoder.targets)
            if several
        },
        confusions=_confusions(model, z, y),
        calibration=() if model.task == "regression" else calibration.bins(p, y),
        notes=(*notes, *_about_learnt(model.seen.share("train", marks))),
        test_share=model.seen.share("test", marks),
        pictures=pictures(model, frame, z, y, images) if images else (),
    )


def _figures(
    model: SavedModel, z: Array, y: Array, p: Array, target: int | None = None
) -> dict[str, float | None]:
    """All figures of a task, or those of one of several targets."""
    scale = None
    if model.task == "regression":
        scale = np.array(model.encoder.target_scale.scale)
        scale = scale if target is None else scale[[target]]
    found = {name: metrics[name]().figure(z, y, scale) for name in FIGURES[model.task]}
    if model.task != "regression":
        found |= {"brier": calibration.brier(p, y), "ece": calibration.ece(p, y)}
    if target is not None:
        found.pop("subset_accuracy", None)
    return {name: _finite(value) for name, value in found.items()}


def _confusions(model: SavedModel, z: Array, y: Array) -> tuple[Confusion, ...]:
    return confusions(model.task, model.encoder.targets, model.encoder.labels, z, y)


def confusions(
    task: Task, names: Sequence[str], labels: Sequence[Sequence[str]], z: Array, y: Array
) -> tuple[Confusion, ...]:
    """What was taken for what, for each target; nothing of a regression.

    Args:
        names: of the targets.
        labels: for each target the words its numbers stand for.
        z: logits, shape (rows, outputs).
    """
    if task == "regression":
        return ()
    tables = confusion_matrix(z, y)
    each = tables if task == "multilabel" and len(names) > 1 else tables[None]
    return tuple(
        Confusion(target, tuple(words), tuple(tuple(int(n) for n in row) for row in table))
        for target, words, table in zip(names, labels, each, strict=True)
    )


def _about_learnt(share: float) -> Sequence[str]:
    if share < _LEARNT:
        return ()
    return (
        f"WARNING: about {share:.0%} of the rows that the model learnt from are among these; on"
        " them every model looks better than it is.",
    )


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None
