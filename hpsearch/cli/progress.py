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


@contextmanager
def training_progress(epochs: int) -> Iterator[Callable[[Epoch], None]]:
    """What hears of each epoch, shown on standard error as suits it while the block lasts."""
    from hpsearch.plain.terminal import mode_for

    if mode_for(stream=sys.stderr) != "bars":
        yield _Lines(epochs)
        return

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("epoch {task.completed}/{task.total}"),
        BarColumn(),
        TextColumn("train_cost {task.fields[cost]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task("", total=epochs, cost="–")
        yield lambda epoch: bar.update(task, completed=epoch.number, cost=_cost(epoch))


class _Lines:
    """Written into a pipe."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._said = time.monotonic()

    def __call__(self, epoch: Epoch) -> None:
        now = time.monotonic()
        if epoch.number == self._epochs or now - self._said >= LINE_SECONDS:
            text = f"epoch {epoch.number}/{self._epochs}  train_cost {_cost(epoch)}"
            typer.echo(text, err=True)
            self._said = now


def _cost(epoch: Epoch) -> str:
    return f"{float(epoch.figures['train_cost']):.4g}"
