"""Training a configuration once more, on all rows but the test rows, and testing it on those."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, cast

import numpy as np
from threadpoolctl import threadpool_limits

import hpsearch
from hpsearch import data as tables
from hpsearch.cores import usable_cores
from hpsearch.data import Data
from hpsearch.data.table import counted
from hpsearch.errors import RunError, StudyFileError, UsageError
from hpsearch.models import intervals
from hpsearch.models.saved import SavedModel
from hpsearch.models.seen import Seen
from hpsearch.study.options import Task
from hpsearch.study.recipe import Shape, cook
from hpsearch.study.seeds import trial_seed
from hpsearch.study.space import Config
from hpsearch.study.studyfile import StudyFile, differences
from nncore import Dataset, Diverged, Epoch, metrics, train
from nncore.arrays import Array, Targets
from nncore.losses import Loss

FIGURES: Mapping[Task, tuple[str, ...]] = {
    "binary": ("accuracy", "balanced_accuracy", "f1", "roc_auc", "cost"),
    "multiclass": ("accuracy", "balanced_accuracy", "f1", "cost"),
    "multilabel": ("accuracy", "subset_accuracy", "balanced_accuracy", "f1", "roc_auc", "cost"),
    "regression": ("rmse", "mae", "r2"),
}
"""What is told of a model on test rows. cost: the mean loss, without a penalty or class weights.

Of several labels accuracy is the mean over labels, subset_accuracy the share of rows that are right
in all of them; f1, balanced_accuracy and roc_auc are means over labels."""


@dataclass(frozen=True)
class Retraining:
    """A configuration and its data, checked and ready to be trained."""

    study: StudyFile
    """Settled, without ranges."""
    data: Data
    config: Config
    notes: tuple[str, ...] = ()
    """What a person should know before it begins: a sentence each."""
    members: int = 1
    """How many networks are trained together."""
    seeds: tuple[int, ...] = ()
    """Each network's own; without, all come from the configuration's."""

    @property
    def epochs(self) -> int:
        """How many it will take."""
        return int(self.config["training.epochs"])  # type: ignore[arg-type]  # the file says whole

    def run(self, on_epoch: Callable[[Epoch], None] = lambda _: None) -> SavedModel:
        """Train on training and validation rows, then measure on the test rows.

        Args:
            on_epoch: hears of every epoch as it ends.

        Raises:
            RunError: the training diverged, or the network does not fit in memory.
        """
        shape = Shape.of(self.data)
        recipe = cook(self.config, shape)
        final = self.data.final(str(self.config["data.normalize"]))
        members = None if self.members == 1 else self.members
        seed: Any = (members and self.seeds) or self.config["training.seed"]
        try:
            dataset = Dataset(final.x, final.y, y_scale=final.y_scale, weights=final.weights)
            # Large members learn at once, a core each; a BLAS of several threads is in their way.
            with threadpool_limits(1, "blas") if members else nullcontext():
                training = train(recipe, dataset, seed, members, threads=usable_cores().count)
                for epoch in training:
                    on_epoch(epoch)
        except Diverged as error:
            raise RunError(f"{self.study.path}: the training diverged. {error}") from None
        except MemoryError:
            raise RunError(f"{self.study.path}: its network does not fit in memory.") from None
        rows = self.data.rows
        model = SavedModel(
            name=self.study.study.name,
            task=shape.task,
            network=training.network,
            encoder=final.encoder,
            metrics={},
            rows={"train": rows["train"] + rows["validation"], "test": rows["test"]},
            fingerprint=self.data.fingerprint,
            training={**self._config(), **_source(self.study)},
            versions=versions(),
            seen=Seen.of(final.x, final.y, final.x_test, final.y_test),
        )
        test = measured(model, recipe.loss, final.x_test, final.y_test, final.y_scale)
        if not len(final.x_test):
            return replace(model, metrics={"test": test})
        z = model.logits(final.x_test)
        draws = intervals.resampled(shape.task, z, final.y_test, final.y_scale, test)
        return replace(model, metrics={"test": test}, intervals=draws.to_json())

    def _config(self) -> dict[str, Any]:
        """The configuration, with the seeds that were used."""
        if self.members == 1 or not self.seeds:
            return {**self.config}
        config = {**self.config, "training.seeds": list(self.seeds)}
        del config["training.seed"]
        return config


def prepare(
    study: StudyFile,
    say: Callable[[str], None] = lambda _: None,
    members: int | None = None,
    seeds: Sequence[int] = (),
) -> Retraining:
    """Check that a study file is one configuration, and that its data is what it was.

    Args:
        say: hears what is noticed while the data is read.
        members: how many networks to train together; None: as many as there are seeds, or one.
        seeds: of each network, in place of the file's. Without them the first network is the one
            that the file's seed gives alone, and the others come from the same seed.

    Raises:
        UsageError: the file has ranges; or there are as many seeds as there are not members.
        StudyFileError: its data is not what the export saw; or it does not fit its data.
        DataError: the data cannot be read.
    """
    _refuse_seeds(members, seeds)
    if study.space:
        some = ", ".join(list(study.space)[:3]) + (", …" if len(study.space) > 3 else "")
        raise UsageError(
            f"{study.path} has ranges ({some}), and a model is trained on one value of each. "
            f"Search first, then write out the best trial:\n"
            f"  hpsearch run {study.path}\n"
            f"  hpsearch export {study.study.name} -o best.toml"
        )
    # The fingerprint is compared here, where more can be said than that the file has changed.
    data = tables.load(replace(study.data, fingerprint=None), say, judged=False)
    _refuse_other_data(study, data)
    settled = study.settle(cast(Task, data.task), data.features, data.outputs)
    config = dict(settled.config({}))
    config.setdefault("training.seed", trial_seed(study.study.seed, 0))
    notes = []
    if config.pop("training.early_stopping", 0):
        notes.append(
            "Early stopping has no rows to judge by here, so all "
            f"{config['training.epochs']} epochs are trained; an exported file has the best number."
        )
    if not data.rows["test"]:
        notes.append("There are no test rows, so nothing can be said of how good the model is.")
    if len(seeds) == 1:
        config["training.seed"] = seeds[0]
    count = members or len(seeds) or 1
    return Retraining(settled, data, config, tuple(notes), count, tuple(seeds))


def _refuse_seeds(members: int | None, seeds: Sequence[int]) -> None:
    if members is not None and members < 1:
        raise UsageError(f"An ensemble of {members} networks is none: members is 1 or more.")
    for at, seed in enumerate(seeds):
        if not 0 <= seed < 2**32:
            raise UsageError(f"Seed {seed} is not a whole number from 0 to 4,294,967,295.")
        if seed in seeds[:at]:
            raise UsageError(f"Seed {seed} is there twice, and would give the same network twice.")
    if seeds and members is not None and members != len(seeds):
        raise UsageError(
            f"{counted(members, 'member')} and {counted(len(seeds), 'seed')}: each network has"
            " one; leave members out, or name as many seeds."
        )


def measured(
    model: SavedModel, loss: Loss, x: Array, y: Targets, scale: Array | None
) -> dict[str, float | None]:
    """The figures of a model's task on some rows; None where one has no value.

    Args:
        scale: the units of a standardised regression target, shape (outputs,).
    """
    if not len(x):
        return dict.fromkeys(FIGURES[model.task])
    return figures_of(model.task, model.logits(x), loss, y, scale)


def figures_of(
    task: Task, z: Array, loss: Loss, y: Targets, scale: Array | None
) -> dict[str, float | None]:
    """The same of logits, shape (rows, outputs)."""
    y = loss.targets(np.asarray(y), z.shape[1])
    figures: dict[str, float | None] = {}
    for name in FIGURES[task]:
        if name == "cost":
            with np.errstate(all="ignore"):
                figures[name] = loss.mean(z.copy(), y)
        else:
            figures[name] = metrics[name]().figure(z, y, scale)
    return {name: _finite(value) for name, value in figures.items()}


def versions() -> dict[str, str]:
    """Of what trains: the same ones on the same machine give the same bits."""
    return {
        "hpsearch": hpsearch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and isfinite(value) else None


def _refuse_other_data(study: StudyFile, data: Data) -> None:
    written = study.data.fingerprint
    if written is None or written == data.fingerprint:
        return
    key = "data.fingerprint"
    (change,) = differences({key: written}, {key: data.fingerprint})
    rows = data.rows
    learnt = rows["train"] + rows["validation"]
    # What a study's name stands for is a text that lies nowhere.
    file = "the file" if study.path.is_file() else "the file that `hpsearch export` writes of it"
    raise StudyFileError(
        f"{study.path}: the data is not what the trial saw, so the test rows would differ, and "
        f"some may be rows it was chosen by:\n  {change}\n"
        f"  now: {learnt:,} rows to learn from, {rows['test']:,} for testing\n"
        f"Put data and split back as they were; or take data.fingerprint out of {file}, if the "
        "new data is meant, and retrain that."
    )


def _source(study: StudyFile) -> dict[str, str | int | float]:
    """Where the rows came from and how they were split, in the study file's words."""
    data = study.data
    told = {
        "data.source": data.source,
        "data.path": data.path.name if data.path is not None else None,
        "data.split_seed": data.split_seed,
        "data.test": data.test,
        "data.validation": data.validation if data.folds is None else None,
        "data.folds": data.folds,
        "data.repeats": data.repeats,
    }
    return {name: value for name, value in told.items() if value is not None}
