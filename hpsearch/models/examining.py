"""A trial's networks, as its best epoch left them, on the rows it was judged by.

The test rows are not read. In folds each network is asked about the rows of its own fold, which it
has not learnt from; networks that differ by their seed are all asked about the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose

import numpy as np

from hpsearch.data import Data, Encoder
from hpsearch.data.columns import Block
from hpsearch.errors import ModelError
from hpsearch.models import calibration
from hpsearch.models.evaluation import confusions
from hpsearch.models.images import pixels
from hpsearch.models.weights import restored, restored_members
from hpsearch.store.records import TrialRecord
from hpsearch.study.examination import (
    QUANTILES,
    Examination,
    FarRow,
    LayerState,
    Residuals,
    WrongRow,
)
from hpsearch.study.recipe import Shape, cook, recorded
from hpsearch.study.scores import scored
from hpsearch.study.space import Config
from hpsearch.study.studyfile import StudyFile
from nncore import Network, Recipe, metrics
from nncore.activations import Activation, Relu
from nncore.arrays import Array
from nncore.dataset import Dataset
from nncore.layers import Dense

MOST_ROWS = 12
"""Wrong rows that are told one by one."""
MOST_CELLS = 6
"""Columns that are told of each."""
LAYER_ROWS = 10_000
"""Rows that show which units are dead."""
CLOSE = 1e-4
"""Relative; how near a figure has to be to count as the leaderboard's."""


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the networks say of the rows they are judged by, one network's below the other's."""

    z: Array
    y: Array
    """As a `Dataset` has them."""
    rows: np.ndarray
    """Where each stands among the rows that have a target."""
    truth: Array
    """Targets in the units of the file, (rows, targets), for a regression; else as y."""
    predicted: Array
    """Values in the units of the file for a regression; else probabilities."""


def examine(study: StudyFile, data: Data, trial: TrialRecord, content: bytes) -> Examination:
    """Predict a trial's validation rows with the weights that were kept of it.

    Args:
        study: settled.
        data: the rows that the trial saw.
        content: the weights of its best epoch, as safetensors.

    Raises:
        ModelError: they are not the weights of such a network.
    """
    config = study.config(trial.params)
    shape, metric = Shape.of(data), study.study.metric
    recipe = cook(config, shape, recorded(shape.task, metric))
    networks = _networks(recipe, data, content)
    asked: list[_Asked] = []
    figures: dict[str, list[float]] = {}
    layers: list[list[LayerState]] = []
    for network, dataset, rows, encoder in _pairs(networks, data, config):
        assert dataset.x_valid is not None  # `_pairs` has seen to it
        z = network.logits(dataset.x_valid)
        for name, value in _figures(recipe, network, dataset, z).items():
            figures.setdefault(name, []).append(value)
        layers.append(_layers(network, dataset.x_valid[:LAYER_ROWS]))
        asked.append(_said(data, encoder, dataset, z, rows))
    found = scored({name: np.array(each) for name, each in figures.items()}, metric)
    every = _together(asked)
    told = trial.value if metric in found else trial.figures.get("val_cost")
    mine = found.get(metric, found.get("val_cost"))
    regression = shape.task == "regression"
    return Examination(
        study=study.study.name,
        trial=trial.number,
        task=shape.task,
        metric=metric,
        value=trial.value,
        figures=found,
        agrees=told is None or (mine is not None and isclose(told, mine, rel_tol=CLOSE)),
        rows=len(np.unique(every.rows)),
        networks=len(networks),
        judged=_judged(data),
        layers=tuple(_mean(each) for each in zip(*layers, strict=True)),
        confusions=confusions(shape.task, data.target.names, data.target.labels, every.z, every.y),
        wrong=() if regression else _wrong(data, every),
        residuals=_residuals(data, every) if regression else (),
        far=_far(data, every) if regression else (),
    )


def _networks(recipe: Recipe, data: Data, content: bytes) -> list[Network]:
    evaluation = data.evaluation
    if evaluation.folds or evaluation.repeats:
        return restored_members(recipe.network, content, evaluation.members)
    return [restored(recipe.network, content)]


def _pairs(
    networks: Sequence[Network], data: Data, config: Config
) -> Iterator[tuple[Network, Dataset, np.ndarray, Encoder]]:
    """Each network with the rows it is judged by, as its training saw them."""
    normalize = str(config["data.normalize"])
    folds = data.evaluation.folds
    rows = [fold.validation for fold in folds] or [data.split.validation]
    if not len(rows[0]):
        raise ModelError("its study holds no rows back to judge it by")
    prepared = data.prepared(normalize)
    if folds:
        for network, made, at in zip(networks, prepared, rows, strict=True):
            yield network, made.dataset, at, made.encoder
        return
    made = next(prepared)
    for network in networks:
        yield network, made.dataset, rows[0], made.encoder


def _figures(recipe: Recipe, network: Network, dataset: Dataset, z: Array) -> dict[str, float]:
    """What the leaderboard calls `val_…`, of one network."""
    y = recipe.loss.targets(np.asarray(dataset.y_valid), network.outputs)
    found = {
        f"val_{name}": metrics[name]().quietly(z, y, dataset.y_scale) for name in recipe.metrics
    }
    with np.errstate(all="ignore"):
        return {**found, "val_cost": float(recipe.loss.mean(z.copy(), y))}


def _said(data: Data, encoder: Encoder, dataset: Dataset, z: Array, rows: np.ndarray) -> _Asked:
    y = np.asarray(dataset.y_valid)
    if data.task != "regression":
        return _Asked(z, y, rows, y, calibration.probabilities(data.task, z))
    units = encoder.target_scale
    truth = data.target.values[rows].reshape(len(rows), -1)
    return _Asked(z, y, rows, truth, z * np.array(units.scale) + np.array(units.shift))


def _together(asked: Sequence[_Asked]) -> _Asked:
    names = ("z", "y", "rows", "truth", "predicted")
    return _Asked(*(np.concatenate([getattr(one, name) for one in asked]) for name in names))


def _judged(data: Data) -> str:
    evaluation = data.evaluation
    if evaluation.folds:
        return f"in {len(evaluation.folds)} folds, by networks that have not seen them"
    if evaluation.repeats:
        return f"by {evaluation.repeats} networks with seeds of their own"
    return "by a network that has not seen them"


# What was taken for what ---------------------------------------------------------------------


def _wrong(data: Data, every: _Asked) -> tuple[WrongRow, ...]:
    """The rows whose wrong class, or label, the network was surest of."""
    target = data.target
    if data.task == "multiclass":
        said, true = every.predicted.argmax(axis=1), every.y
        sure = every.predicted[np.arange(len(said)), said]
        said, true, sure = said[:, None], true[:, None], sure[:, None]
    else:
        true = every.y.reshape(len(every.y), -1).astype(np.int64)
        said = (every.z > 0).astype(np.int64)
        sure = np.where(said == 1, every.predicted, 1.0 - every.predicted)
    at, label = np.nonzero(said != true)
    first = np.argsort(-sure[at, label], kind="stable")[:MOST_ROWS]
    at, label = at[first], label[first]
    picture = pixels(data)
    rows = [int(row) for row in every.rows[at]]
    images = picture.drawn(data, rows) if picture is not None and rows else [None] * len(rows)
    return tuple(
        WrongRow(
            row=_number(data, row),
            target=target.names[k],
            true=target.labels[k][int(true[i, k])],
            predicted=target.labels[k][int(said[i, k])],
            probability=float(sure[i, k]),
            cells=_cells(data, row) if picture is None else {},
            image=image,
        )
        for i, k, row, image in zip(at, label, rows, images, strict=True)
    )


def _residuals(data: Data, every: _Asked) -> tuple[Residuals, ...]:
    off = every.predicted - every.truth
    return tuple(
        Residuals(name, tuple(float(q) for q in np.quantile(off[:, k], QUANTILES)))
        for k, name in enumerate(data.target.names)
    )


def _far(data: Data, every: _Asked) -> tuple[FarRow, ...]:
    """The rows that were missed by most, in units of each target's spread."""
    off = np.abs(every.predicted - every.truth)
    spread = every.truth.std(axis=0)
    at, target = np.unravel_index(
        np.argsort(-(off / np.where(spread > 0, spread, 1.0)), axis=None)[:MOST_ROWS], off.shape
    )
    return tuple(
        FarRow(
            row=_number(data, int(every.rows[i])),
            target=data.target.names[k],
            true=float(every.truth[i, k]),
            predicted=float(every.predicted[i, k]),
            cells=_cells(data, int(every.rows[i])),
        )
        for i, k in zip(at, target, strict=True)
    )


def _number(data: Data, row: int) -> int:
    return row if data.numbers is None else int(data.numbers[row])


def _cells(data: Data, row: int) -> Mapping[str, str]:
    """Some cells of a row, as they were read."""
    names = [column.name for column in data.inputs if not isinstance(column, Block)][:MOST_CELLS]
    cells = data.clean[row][names].to_dicts()[0] if names else {}
    return {
        name: f"{cell:.6g}" if isinstance(cell, float) else "" if cell is None else str(cell)
        for name, cell in cells.items()
    }


# The networks themselves ---------------------------------------------------------------------


def _layers(network: Network, x: Array) -> list[LayerState]:
    """Each layer's weights, and the units that no row turns on."""
    found: list[LayerState] = []
    weights, stages = network.weights, network.sequential.body
    dense = sum(isinstance(stage, Dense) for stage in stages)
    y = np.asarray(x, np.float32)
    for place, stage in enumerate(stages):
        if isinstance(stage, Dense):
            w = weights[f"{place}.W"]
            y = y @ w + weights[f"{place}.b"]
            last = len(found) == dense - 1
            name = "output" if last else f"hidden {len(found) + 1}"
            found.append(LayerState(name, float(np.linalg.norm(w)), None))
        elif isinstance(stage, Activation):
            z, y = y, np.empty_like(y)
            with np.errstate(all="ignore"):
                stage.f(z, y)
            if isinstance(stage, Relu) and found:
                off = float((~(y > 0).any(axis=0)).mean())
                found[-1] = LayerState(found[-1].name, found[-1].weight_norm, off)
    return found


def _mean(each: Sequence[LayerState]) -> LayerState:
    """One layer of all networks."""
    dead = [one.dead for one in each if one.dead is not None]
    norm = sum(one.weight_norm for one in each) / len(each)
    return LayerState(each[0].name, norm, sum(dead) / len(dead) if dead else None)
