"""Rows and targets as people have them, in the form a network takes, or a sentence why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nncore.activations import Linear, Softmax
from nncore.arrays import Array, Targets
from nncore.dataset import Dataset
from nncore.losses import Loss, losses
from nncore.recipe import Recipe


def rows(name: str, x: Any, features: int | None) -> Array:
    """`x` as float32, shape (rows, features); None: as many features as it has.

    Raises:
        ValueError: it is of another shape, holds no numbers, or one that is not finite.
    """
    x = np.asarray(x)
    _numbers(name, x)
    if x.ndim != 2:
        way = f"{name}.reshape(len({name}), -1) lays each row out flat."
        if x.ndim == 1:
            way = f"one row alone is {name}[None]; one feature a row is {name}[:, None]."
        raise ValueError(
            f"{name} has shape {x.shape}; it is (rows, {features or 'features'}): {way}"
        )
    if features is not None and x.shape[1] != features:
        turned = f" Rows come first: perhaps {name}.T?" if x.shape[0] == features else ""
        raise ValueError(
            f"{name} has shape {x.shape}, but the network takes {features} features: (rows, "
            f"{features}).{turned}"
        )
    if not len(x):
        raise ValueError(f"{name} has no rows.")
    return _finite(name, x, "Fill or leave out what is missing.")


def targets(name: str, y: Any) -> Targets:
    """`y` as class ids (rows,), int64, or numbers (rows,) or (rows, outputs), float32.

    Whole numbers stay whole, so that what they mean can still be told.

    Raises:
        ValueError: it is of another shape, holds no numbers, or one that is not finite.
    """
    y = np.asarray(y)
    text = [one for one in y.reshape(-1)[:1].tolist() if isinstance(one, str | bytes)]
    if text:
        raise ValueError(
            f"{name} holds {text[0]!r}; targets are numbers. Number the classes: names, {name} = "
            f"np.unique({name}, return_inverse=True)."
        )
    _numbers(name, y)
    if y.ndim not in (1, 2) or not y.size:
        raise ValueError(
            f"{name} has shape {y.shape}; it is (rows,) or (rows, outputs), at least one row."
        )
    if y.dtype.kind in "bui":
        return y.astype(np.int64)
    return _finite(name, y, "Leave those rows out.")


def loss_for(y: Targets, outputs: int) -> Loss:
    """The loss that targets call for, where there is only one that makes sense.

    Class ids with a unit for each class: `categorical_cross_entropy`, and so for one-hot rows. 0
    and 1 for every unit: `binary_cross_entropy`. Other numbers with decimals: `mse`.

    Args:
        y: as `targets` gives them.
        outputs: units in the last layer.

    Raises:
        ValueError: the targets do not fit the units, or may mean one thing or another.

    >>> loss_for(np.array([0, 2, 1]), 3)
    CategoricalCrossEntropy()
    >>> loss_for(np.array([0, 1, 1]), 1)
    BinaryCrossEntropy()
    >>> loss_for(np.array([0, 2, 1]), 1)
    Traceback (most recent call last):
    ValueError: The targets are whole numbers from 0 to 2, which may be classes or amounts. For \
classes let layer_dims end in 3; for amounts say loss='mse'.
    """
    whole = y.dtype.kind == "i"
    if y.ndim == 1 and outputs > 1:
        if whole:
            return losses["categorical_cross_entropy"]()
        raise ValueError(
            f"The targets are decimals, one a row, but layer_dims ends in {outputs}. If they are "
            "class ids, make them whole: y.astype(int); if they are amounts, let it end in 1."
        )
    if y.ndim == 2 and y.shape[1] != outputs:
        column = " One column of class ids is y.ravel()." if y.shape[1] == 1 and whole else ""
        raise ValueError(
            f"The targets have shape {y.shape}, but layer_dims ends in {outputs}: it should end in "
            f"{y.shape[1]}.{column}"
        )
    sums = y.sum(axis=-1) if y.ndim == 2 else y
    if np.isin(y, (0, 1)).all():
        one_hot = outputs > 1 and bool((sums == 1).all())
        return losses["categorical_cross_entropy" if one_hot else "binary_cross_entropy"]()
    if whole:
        raise ValueError(
            f"The targets are whole numbers from {y.min()} to {y.max()}, which may be classes or "
            f"amounts. For classes let layer_dims end in {max(y.max() + 1, 2)}; for amounts say "
            "loss='mse'."
        )
    if outputs > 1 and y.min() >= 0.0 and np.allclose(sums, 1.0, atol=1e-4):
        raise ValueError(
            "The targets add up to 1 in every row, which may be shares or amounts. Say "
            "loss='categorical_cross_entropy' for the former, loss='mse' for the latter."
        )
    return losses["mse"]()


def fitting(name: str, y: Targets, loss: Loss, count: int, outputs: int) -> Targets:
    """Targets in the form their loss and its metrics take: one-hot rows become class ids.

    Args:
        count: the rows there are of x.

    Raises:
        ValueError: they do not fit the loss, the units or the rows; says how.
    """
    if len(y) != count:
        raise ValueError(f"{name} has {len(y)} targets for {count} rows.")
    try:
        y = loss.targets(y, outputs)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if y.ndim == 2 and loss.link is Softmax and np.isin(y, (0.0, 1.0)).all():
        return y.argmax(axis=1)
    return y if y.ndim == 1 else y.astype(np.float32)


def dataset(recipe: Recipe, x: Any, y: Any, x_valid: Any, y_valid: Any) -> Dataset:
    """Checked rows and targets, in the form the recipe's loss takes."""
    if (x_valid is None) != (y_valid is None):
        raise ValueError("Validation rows come as x_valid and y_valid, both or neither.")
    x = rows("x", x, recipe.network.width)
    outputs = recipe.network.plans(x.shape[1])[-1].width
    parts = [(x, fitting("y", targets("y", y), recipe.loss, len(x), outputs))]
    if x_valid is not None:
        x = rows("x_valid", x_valid, x.shape[1])
        y = targets("y_valid", y_valid)
        parts.append((x, fitting("y_valid", y, recipe.loss, len(x), outputs)))
    for _, y in parts:
        measurable(recipe.loss, y, recipe.metrics)
    return Dataset(*(array for part in parts for array in part))


def usual_metrics(loss: Loss, y: Array) -> tuple[str, ...]:
    """What is measured where nothing is said."""
    if loss.link is Linear:
        return ("rmse", "r2")
    shares = loss.link is Softmax and y.ndim == 2 and not np.isin(y, (0, 1)).all()
    return () if shares else ("accuracy",)


def measurable(loss: Loss, y: Array, names: Sequence[str]) -> None:
    """Refuse metrics of shares: they would take them for units that are on or off."""
    if names and loss.link is Softmax and y.ndim == 2:
        raise ValueError(
            f"{names[0]} compares classes, but the targets are shares of several: give class ids, "
            "or metrics=()."
        )


def _numbers(name: str, array: Array) -> None:
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"{name} is of type {array.dtype}; it holds numbers. If these are some: "
            f"{name}.astype(float)."
        )


def _finite(name: str, array: Array, way: str) -> Array:
    """As float32, each of which must be finite."""
    with np.errstate(over="ignore"):
        small = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(small).all():
        place = np.argwhere(~np.isfinite(small))[0]
        value, where = array[tuple(place)], zip(("row", "column"), place, strict=False)
        why = way if not np.isfinite(value) else "That is beyond float32: scale it down."
        said = ", ".join(f"{axis} {at}" for axis, at in where)
        raise ValueError(f"{name} holds {value} in {said}. {why}")
    return small
