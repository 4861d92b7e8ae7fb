"""A shell inside a dask worker, which belongs to somebody else and may be asked to close."""

from __future__ import annotations

import pickle
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import hpsearch
from hpsearch.engine.shell import Shell


@dataclass(frozen=True)
class Placed:
    """What travels to a dask worker: a shell that ends when its worker does."""

    shell: Shell
    version: str = hpsearch.__version__
    """Of who sends it."""

    def __call__(self) -> int:
        """Keep a trainer at work until the engine has had enough. Returns the slot.

        Raises:
            Unreached: the engine cannot be called from there.
            ImportError: another release of hpsearch is installed there.
        """
        if hpsearch.__version__ != self.version:  # of a worker that came after all were asked
            raise ImportError(f"it has {hpsearch.__version__}, and the engine {self.version}")
        from distributed import get_worker
        from distributed.core import Status

        worker = get_worker()
        self.shell.work(lambda: worker.status in (Status.running, Status.paused))
        return self.shell.slot


@dataclass(frozen=True)
class _Sealed:
    call: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __reduce__(self) -> Any:
        return self.call, self.arguments


def sealed(call: Callable[..., Any], *arguments: Any) -> bytes:
    """A call as bytes, which whoever unpickles them makes.

    Dask's scheduler and workers unpickle what they are handed before they run it. A scheduler would
    need hpsearch for that; a worker without it would end, and not say why. Bytes they hand on.
    """
    return pickle.dumps(_Sealed(call, arguments))


def installed() -> dict[str, str]:
    """What a worker has that matters for values: versions by package."""
    import numpy as np

    return {
        "hpsearch": hpsearch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What a dask worker runs. joblib's own would call the scheduler from within the task."""
    return [call() for call in calls]
