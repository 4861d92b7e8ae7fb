"""A shell inside a dask worker, which belongs to somebody else and may be asked to close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hpsearch.engine.shell import Shell


@dataclass(frozen=True)
class Placed:
    """What travels to a dask worker: a shell that ends when its worker does."""

    shell: Shell

    def __call__(self) -> int:
        """Keep a trainer at work until the engine has had enough. Returns the slot.

        Raises:
            Unreached: the engine cannot be called from there.
        """
        from distributed import get_worker
        from distributed.core import Status

        worker = get_worker()
        self.shell.work(lambda: worker.status in (Status.running, Status.paused))
        return self.shell.slot


def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What a dask worker runs. joblib's own would call the scheduler from within the task."""
    return [call() for call in calls]
