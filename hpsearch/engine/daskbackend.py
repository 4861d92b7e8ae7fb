"""joblib's dask backend, mended: whatever becomes of a shell, the call hears of it.

joblib's own never tells the call that a task has failed, which then waits for ever: when a task
cannot be unpickled or pickled, when the module is missing over there, when its worker died four
times, or when the scheduler is gone.
"""

from __future__ import annotations

import logging
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from distributed import Client, KilledWorker
from joblib import register_parallel_backend
from joblib._dask import DaskDistributedBackend

import hpsearch
from hpsearch.engine.placed import run, sealed
from hpsearch.engine.shell import Unreached

NAME = "hpsearch-dask"
HELD = 30.0
"""Seconds a shell stays at least where its workers die of something else."""
GIVE_UP = 2
"""Times in a row that a shell's workers die sooner: it is the shell that kills them."""

AGAIN = 30.0
"""Seconds until a shell is placed again that met a worker without hpsearch."""

log = logging.getLogger("hpsearch.engine")

Callback = Callable[[Any], None]


class Unfit(Exception):
    """A worker cannot import what a shell is made of."""

    def __init__(self, error: ImportError) -> None:
        super().__init__(
            f"a dask worker cannot run hpsearch ({error}); pip install"
            f" 'hpsearch[dask]=={hpsearch.__version__}' where it runs"
        )


class Backend(DaskDistributedBackend):
    """Gives each task to a dask worker, and again to another where workers are lost."""

    def __init__(self, client: Client, **options: Any) -> None:
        super().__init__(client=client, **options)
        self._tasks: list[_Task] = []

    def effective_n_jobs(self, n_jobs: int) -> int:
        """As many as are asked for: those beyond the threads there are wait for more workers.

        Never one, with which joblib would run the task here.
        """
        return max(2, n_jobs)

    def start_call(self) -> None:
        """A new call; nothing needs to be collected, tasks report by themselves."""
        self._tasks = []

    def stop_call(self) -> None:
        """The call is over."""
        self._give_back()

    def submit(self, func: Any, callback: Callback | None = None) -> Future[Any]:
        """Have a batch run by a worker, and `callback` told what came of it: always."""
        calls = [item[0] for item in func.items]
        task = _Task(self.client, calls, callback or (lambda out: None), self._any_placed)
        self._tasks.append(task)
        task.place()
        return task.outcome

    apply_async = submit  # its name before joblib 1.5

    def abort_everything(self, ensure_ready: bool = True) -> None:
        """Forget every task, so that none is started any more; those at work end by themselves."""
        self._give_back()

    def _any_placed(self) -> bool:
        return any(task.placed for task in self._tasks)

    def _give_back(self) -> None:
        for task in self._tasks:
            task.forget()
        self._tasks = []


@dataclass(eq=False)
class _Task:
    client: Client
    calls: list[Callable[[], Any]]
    callback: Callback
    others: Callable[[], bool]
    """Whether another shell of the same call is placed."""
    outcome: Future[Any] = field(default_factory=Future)
    early: int = 0
    """Workers in a row that did not last."""
    forgotten: bool = False
    placed: bool = False
    """Whether the scheduler has it."""

    def __post_init__(self) -> None:
        self.outcome.get = self.outcome.result  # type: ignore[attr-defined]  # joblib's word for it

    def place(self) -> None:
        """Hand it to the scheduler."""
        if self.forgotten:
            return
        self.placed = True
        self.began = time.monotonic()
        try:
            parcel = sealed(run, self.calls)
            self.future = self.client.submit(pickle.loads, parcel, key=f"hpsearch-{uuid4().hex}")
            self.future.add_done_callback(self._ended)
        except Exception as error:  # it cannot be pickled, or the client is closed
            self._tell(error)

    def forget(self) -> None:
        """Nobody wants to hear of it any more."""
        self.forgotten = True
        if (future := getattr(self, "future", None)) is not None:
            future.release()

    def _ended(self, future: Any) -> None:
        if self.forgotten:
            return
        self.placed = False
        if future.status == "finished":
            future.release()  # or it would be run again where its worker goes away
            self._tell([None] * len(self.calls))  # what a shell returns is not worth a journey
            return
        error = _why(future)
        lasted = time.monotonic() - self.began > HELD
        self.early = 0 if lasted else self.early + 1
        if isinstance(error, ImportError):  # a worker that came later, and has not what we need
            error = Unfit(error)
            if self.others():
                log.warning("%s; the shell is placed again in %.0f s", error, AGAIN)
                later = threading.Timer(AGAIN, self.place)
                later.daemon = True
                later.start()
                return
        if isinstance(error, KilledWorker | Unreached) and self.early < GIVE_UP:
            log.warning("a shell is placed again: %s", error)
            self.place()
        else:
            self._tell(error)

    def _tell(self, out: Any) -> None:
        """joblib takes an exception for an outcome, and raises it."""
        if isinstance(out, BaseException):
            self.outcome.set_exception(out)
        else:
            self.outcome.set_result(out)
        self.callback(out)


def _why(future: Any) -> BaseException:
    try:
        error = future.exception(timeout=5)
    except BaseException as raised:  # cancelled: the scheduler is gone, or was started again
        return raised
    return error or RuntimeError(f"a dask task ended as {future.status}")


def register(client: Client) -> str:
    """Make the backend known to joblib with this client. Returns its name."""
    register_parallel_backend(NAME, lambda **options: Backend(client, **options))
    return NAME
