"""How far a training is: a bar on a terminal, a line now and then in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from nncore import Epoch

LINE_SECONDS = 5.0
"""A pipe hears no more often than this, and of the last epoch."""


CURVE = 40
"""Cells of the curve at the end."""


class Progress:
    """Hears of each epoch, shows it, and keeps its cost."""

    def __init__(self, show: Callable[[int, float], None]) -> None:
        self._show = show
        self._costs: list[float] = []

    def __call__(self, epoch: Epoch) -> None:
        import numpy as np

        cost = float(np.mean(epoch.figures["train_cost"]))
        self._costs.append(cost)
        self._show(epoch.number, cost)

    def curve(self) -> str:
        """How the cost of the rows to learn from went, in a line."""
        from hpsearch.plain.terminal import terminal
        from hpsearch.view.format import figure
        from hpsearch.view.spark import spark

        line = spark(self._costs, CURVE, terminal(sys.stderr).glyphs.bars)
        first, last = (figure(cost) for cost in (self._costs[0], self._costs[-1]))
        return f"train_cost {first} {line} {last}"


@contextmanager
def training_progress(epochs: int) -> Iterator[Progress]:
    """What hears of each epoch, shown on standard error as suits it while the block lasts."""
    from hpsearch.plain.terminal import mode_for

    if mode_for(stream=sys.stderr) != "bars":
        yield Progress(_Lines(epochs))
        return

    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("epoch {task.completed}/{task.total}"),
        BarColumn(),
        TextColumn("train_cost {task.fields[cost]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task("", total=epochs, cost="–")
        yield Progress(lambda epoch, cost: bar.update(task, completed=epoch, cost=f"{cost:.4g}"))


class _Lines:
    """Written into a pipe."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._said = time.monotonic()

    def __call__(self, epoch: int, cost: float) -> None:
        now = time.monotonic()
        if epoch == self._epochs or now - self._said >= LINE_SECONDS:
            typer.echo(f"epoch {epoch}/{self._epochs}  train_cost {cost:.4g}", err=True)
            self._said = now
