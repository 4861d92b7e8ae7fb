"""When enough is enough: loops over epochs that end before the recipe does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from nncore.checks import whole
from nncore.epochs import Epoch
from nncore.metrics import Direction, metrics


def until_stale(
    epochs: Iterable[Epoch], name: str, patience: int, direction: Direction | None = None
) -> Iterator[Epoch]:
    """The epochs until a figure has not improved for `patience` of them.

    >>> costs = [3.0, 1.0, 2.0, 2.0, 0.0]
    >>> epochs = (Epoch(i, {"val_cost": c}, c, 0.1, 1.0, 0.0) for i, c in enumerate(costs, 1))
    >>> [epoch.number for epoch in until_stale(epochs, "val_cost", patience=2)]
    [1, 2, 3, 4]

    Args:
        name: a figure, such as `val_cost`; with members their mean is judged.
        direction: which way is better; None: what the metric says of itself.

    Raises:
        ValueError: patience is no whole number from 1.
        LookupError: the epochs have no such figure.
    """
    whole("patience", patience)
    if direction not in (None, "minimize", "maximize"):
        raise ValueError(f"direction is {direction!r}; it is 'minimize' or 'maximize'.")
    sign = 1.0 if (direction or metrics.direction(name)) == "maximize" else -1.0
    best, waited = -np.inf, 0
    for epoch in epochs:
        yield epoch
        if name not in epoch.figures:
            known = ", ".join(epoch.figures)
            raise LookupError(
                f"The epochs have no figure {name!r}, only {known}: those of val_ need validation "
                "rows."
            )
        score = sign * float(np.mean(epoch.figures[name]))
        waited = 0 if score > best else waited + 1
        best = max(best, score)
        if waited >= patience:
            return
