"""A trial as a short script that trains its network with nncore alone."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from hpsearch.errors import RunError
from hpsearch.export.configuration import as_it_was, ends
from hpsearch.export.exporters import Place, TrialExporter, Written
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.recipe import Shape, cook
from nncore import Recipe, activations, losses, optimizers, schedules
from nncore.layers import Dense, Dropout
from nncore.registry import Registry

_SCRIPT = '''\
"""Trial {number} of the study {study}: its network, trained with nncore and NumPy alone.

    hpsearch export {name} --to arrays -o arrays.npz
    python {file} arrays.npz

arrays.npz holds numbers: x and x_test of shape (rows, {features}),
and y and y_test, {targets}.
"""

import sys

import numpy as np

from nncore import Dataset, Recipe, Sequential, losses, metrics
from nncore import normalizers, optimizers, schedules, train

if len(sys.argv) != 2:
    sys.exit(__doc__)
with np.load(sys.argv[1]) as arrays:
    x, y, x_test, y_test = (arrays[name] for name in ("x", "y", "x_test", "y_test"))
{scaled}{prepared}
recipe = Recipe(
    network=Sequential.from_dims(
        {dims},
        activation="{activation}",
        output="{output}",
        initializer="{initializer}",{dropout}
    ),
    loss={loss},
    optimizer={optimizer},
    learning_rate={learning_rate!r},
    schedule={schedule},
    schedule_epochs={schedule_epochs},  # what the decay of the learning rate was planned for
    epochs={epochs},  # the best one of them
    mini_batch_size={mini_batch_size},{penalties}
)
training = train(recipe, Dataset({dataset}), seed={seed})
for epoch in training:
    print(f"epoch {{epoch.number}} of {{recipe.epochs}}: cost {{epoch.cost:.4g}}")

print(training.network.sequential.summary({features}))
z = training.network.logits(x_test)
for name in ({measured}):
    print(f"{{name}} {{metrics[name]()({judged}):.6g}}")
'''

_SCALED = """
# Scales are those of the training rows, for all rows.
scaler = normalizers["{normalize}"]().fit(x.astype(float))
x, x_test = (scaler.apply(rows).astype(np.float32) for rows in (x, x_test))
"""
_ENCODED = '''    numbers = int(arrays.get("numbers", x.shape[1]))

# So many columns are numbers; 0 and 1 behind them stand for words and for what was empty.
# Scales, and the medians that gaps (NaN) count as, are those of the training rows.
known = [column[~np.isnan(column)] for column in x[:, :numbers].astype(float).T]
fills = [np.median(column) for column in known]
scaler = normalizers["{normalize}"]().fit(known) if known else None


def ready(rows):
    """Numbers filled in and scaled, and all else as it is."""
    if scaler is None:
        return rows.astype(np.float32)
    values = rows[:, :numbers].astype(float)
    values = scaler.apply(np.where(np.isnan(values), fills, values))
    return np.hstack([values, rows[:, numbers:]]).astype(np.float32)


x, x_test = ready(x), ready(x_test)
'''

_REGRESSION = """
# So are the targets': the network learns them with mean 0 and deviation 1.
unit = normalizers["standard"]().fit(y.reshape(len(y), -1).astype(float))
y, y_test = (unit.apply(rows.reshape(len(rows), -1)) for rows in (y, y_test))
y = y.astype(np.float32)
"""
_CLASSES = """
y, y_test = (ids.astype(np.int64) for ids in (y, y_test))
"""
_UNITS = """
y, y_test = (ids.reshape(len(ids), -1).astype(np.float32) for ids in (y, y_test))
"""
_WEIGHTS = """
# Rare classes count as much as common ones.
labels = y.reshape(len(y), -1).astype(int)
counts = [np.bincount(label)[label] for label in labels.T]
kinds = [len(np.unique(label)) for label in labels.T]
weights = np.stack([len(y) / (k * n) for k, n in zip(kinds, counts)], axis=1)
weights = weights.astype(np.float32){flat}
"""
_TARGETS = {
    "binary": "0 or 1 for each row",
    "multiclass": "whole numbers from 0 to {last} for each row",
    "multilabel": "0 or 1 for each row and label, of shape (rows, {outputs})",
    "regression": "numbers of shape (rows, {outputs})",
}
_MEASURED = {
    "multiclass": ("accuracy", "f1", "log_loss"),
    "binary": ("accuracy", "f1", "roc_auc", "log_loss"),
    "multilabel": ("accuracy", "f1", "roc_auc", "log_loss"),
    "regression": ("rmse", "mae", "r2"),
}


class PythonExporter(TrialExporter):
    """From the same numbers to the same weights as `retrain` makes, to the bit.

    Reading and encoding a table stays here: the script takes what `--to arrays` makes of it.
    """

    def text(self, facts: StudyFacts, trial: TrialRecord, place: Place) -> Written:
        study = as_it_was(facts)
        features, outputs = ends(facts)
        config = dict(study.config(trial.params))
        config.setdefault("training.schedule_epochs", config["training.epochs"])
        config["training.epochs"] = trial.best_epoch or config["training.epochs"]
        task: Any = facts.task
        try:
            recipe = cook(config, Shape(features, outputs, task))
        except KeyError as missing:
            raise RunError(
                f"study.db is damaged: trial {trial.number} has no {missing.args[0]}. Another trial"
                " may be whole: --trial N."
            ) from None
        weighted = facts.meaning.get("data.class_weight", "none") != "none"
        regression = task == "regression"
        data = "x, y" + (", y_scale=np.array(unit.scale)" if regression else "")
        text = _SCRIPT.format(
            number=trial.number,
            study=facts.name,
            file=place.file if re.fullmatch(r"[\w./-]+", place.file) else "best.py",
            features=features,
            targets=_TARGETS[task].format(last=outputs - 1, outputs=outputs),
            name=shlex.quote(facts.name),
            scaled=(_SCALED if "data.source" in facts.meaning else _ENCODED).format(
                normalize=config["data.normalize"]
            ),
            prepared=_prepared(task, weighted),
            **_network(recipe, features),
            activation=str(config["network.activation"]),
            initializer=str(config["network.initializer"]),
            loss=_made("losses", losses, recipe.loss),
            optimizer=_made("optimizers", optimizers, recipe.optimizer),
            learning_rate=recipe.learning_rate,
            schedule=_made("schedules", schedules, recipe.schedule),
            schedule_epochs=recipe.schedule_epochs,
            epochs=recipe.epochs,
            mini_batch_size=recipe.mini_batch_size,
            penalties="".join(_penalties(recipe)),
            dataset=data + (", weights=weights" if weighted else ""),
            seed=trial.seed,
            measured=", ".join(f'"{name}"' for name in _MEASURED[task]),
            judged="z, y_test" + (", np.array(unit.scale)" if regression else ""),
        )
        made = f"hpsearch export {shlex.quote(facts.name)} --to arrays -o arrays.npz"
        return Written(text, f"{made} && python {shlex.quote(place.file)} arrays.npz")


def _prepared(task: str, weighted: bool) -> str:
    kinds = {"regression": _REGRESSION, "multiclass": _CLASSES}
    flat = "[:, 0]" if task != "multilabel" else ""
    return kinds.get(task, _UNITS) + (_WEIGHTS.format(flat=flat) if weighted else "")


def _network(recipe: Recipe, features: int) -> dict[str, Any]:
    """The arguments of `Sequential.from_dims`, read off the network that they make."""
    layers = recipe.network.layers
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    keeps: list[Any] = []  # of each hidden layer, and of the last one, which has none
    for layer in layers:
        if isinstance(layer, Dense):
            keeps.append(None)
        elif isinstance(layer, Dropout):
            keeps[-1] = layer.keep_prob
    keeps.pop()
    keep = keeps[0] if len(set(keeps)) == 1 else keeps
    return {
        "dims": [features, *(layer.units for layer in dense)],
        "output": activations.name_of(recipe.network.output),
        "dropout": f"\n        keep_prob={keep!r}," if any(keeps) else "",
    }


def _penalties(recipe: Recipe) -> Iterator[str]:
    if recipe.lambd:
        yield f"\n    lambd={recipe.lambd!r},"
    if recipe.clip_norm is not None:
        yield f"\n    clip_norm={recipe.clip_norm!r},"


def _made(family: str, registry: Registry[Any], thing: Any) -> str:
    """A member of a registry as it is written: optimizers["adam"](beta1=0.9)."""
    said = ", ".join(f"{one.name}={getattr(thing, one.name)!r}" for one in fields(thing))
    return f'{family}["{registry.name_of(thing)}"]({said})'


EXPORTER = PythonExporter("best.py")
