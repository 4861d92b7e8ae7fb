"""Epochs as lines, for whoever watches."""

from __future__ import annotations

from collections.abc import Iterator

from nncore.checks import whole
from nncore.epochs import Epoch


def printed(epochs: Iterator[Epoch], planned: int, every: bool | int) -> Iterator[Epoch]:
    """The same epochs; the first, the last and one in `every` are printed.

    Args:
        planned: how many there are at most.
        every: True: such that there are some ten lines.
    """
    every = max(1, planned // 10) if every is True else whole("print_cost", every)
    last = None
    for epoch in epochs:
        last = epoch
        if epoch.number == 1 or not epoch.number % every:
            print(_said(epoch, planned))  # noqa: T201  # what print_cost asks for
            last = None
        yield epoch
    if last is not None:
        print(_said(last, planned))  # noqa: T201  # the same


def _said(epoch: Epoch, planned: int) -> str:
    figures = ", ".join(f"{name} {value:.4g}" for name, value in epoch.figures.items())
    return f"epoch {epoch.number:>{len(str(planned))}} of {planned}: {figures}"
