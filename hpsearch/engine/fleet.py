"""The shells, started and placed by joblib.

joblib launches one shell a slot from a thread of the engine, and they stay: growing a loky pool
with running jobs would block until they end, so a slot that is not wanted holds a parked shell.
Whatever the backend raises when a shell dies ends the call; it is then made again.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from joblib import Parallel, delayed, parallel_config

from hpsearch import system
from hpsearch.engine.calling import Address
from hpsearch.engine.shell import Shell
from hpsearch.errors import HpsearchError

if TYPE_CHECKING:  # as in staff.py
    from hpsearch.engine.cluster import Cluster

PAUSE = 0.2
"""Seconds before the call is made again after a shell died; doubled each time one follows soon."""
SOON = 30.0
"""Seconds within which a call has failed for the same reason as the one before, most likely."""
GIVE_UP = 5
"""Calls that failed soon, in a row: something is wrong that another try will not mend."""


log = logging.getLogger("hpsearch.engine")


class Fleet:
    """Shells in as many slots as asked for, until told to end."""

    def __init__(
        self,
        slots: int,
        at_once: int,
        nice: int,
        memory: int | None,
        scratch: Path,
        cluster: Cluster | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            slots: how many shells.
            at_once: so many of them are likely to be allowed a trainer, and warm one up.
            nice: by how much trainers give way to other processes.
            memory: bytes a trainer may use; 0 for no bound, None for what its host bears.
            scratch: a folder joblib may use; by default it would use /dev/shm, and leave files
                there when a tree is killed.
            cluster: the dask workers that run them; None: loky's, here.
        """
        self._slots, self._at_once, self._nice, self._memory = slots, at_once, nice, memory
        self._scratch, self._cluster = scratch, cluster
        self.hopeless = ""
        """Why shells are not started any more, in words: they kept dying."""
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, address: Address) -> None:
        """Launch the shells; they call the engine at `address`."""
        shutil.rmtree(self._scratch, ignore_errors=True)  # what a killed run left
        os.environ.update(dict(system.BLAS_THREADS))  # loky's children inherit it
        self._thread = threading.Thread(
            target=self._keep, args=(address,), name="fleet", daemon=True
        )
        self._thread.start()

    def end(self, patience: float = 1.0) -> None:
        """Stop starting shells, and take down what joblib keeps for its next call.

        The engine has told the shells to end before; those that do not within `patience` seconds
        are killed.
        """
        self._ending.set()
        if self._thread is not None:
            self._thread.join(patience)
        if self._cluster is not None:
            self._cluster.close(patience)
        else:
            _shut_down()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _keep(self, address: Address) -> None:
        shells = [
            Shell(address, slot, self._nice, self._memory, slot < self._at_once)
            for slot in range(self._slots)
        ]
        tasks: list[Any] = list(shells)
        if self._cluster is not None:
            from hpsearch.engine.placed import Placed

            tasks = [Placed(shell) for shell in shells]
        quick = 0
        while not self._ending.is_set():
            began, refused = time.monotonic(), False
            try:
                with self._backend():
                    Parallel(batch_size=1, pre_dispatch="all")(  # type: ignore[arg-type]  # its hints lag
                        delayed(task)() for task in tasks
                    )
                if self._ending.is_set():
                    return
                reason = "the workers ended"
            except BaseException as error:  # joblib raises what its backend likes, SystemExit too
                if self._ending.is_set():
                    return
                reason, refused = _said(error), isinstance(error, HpsearchError)
            quick = quick + 1 if time.monotonic() - began < SOON else 0
            if quick >= GIVE_UP:
                self.hopeless = reason if refused else f"the workers keep dying: {reason}"
                return
            log.warning("workers are started again: %s", reason)
            self._ending.wait(PAUSE * 2**quick)

    def _backend(self) -> parallel_config:
        """Whom joblib has run the shells."""
        if self._cluster is not None:
            from hpsearch.engine.daskbackend import register

            return parallel_config(register(self._cluster.client()), n_jobs=self._slots)
        _hold_back_tracker()
        # A loky worker that has no shell yet would outlive the engine by five minutes.
        alive = {"initializer": system.die_with_parent, "initargs": (os.getpid(),)}
        scratch = str(self._scratch)
        # With one job joblib would run the shell in this process, and its end would be ours.
        jobs = max(2, self._slots)
        return parallel_config("loky", n_jobs=jobs, temp_folder=scratch, **alive)


def _hold_back_tracker() -> None:
    """Start the process that tidies up after loky, behind all others.

    Nothing waits for it; yet to begin it imports as much as a shell, at the same time as they do.
    """
    from joblib.externals.loky.backend import resource_tracker

    resource_tracker.ensure_running()
    if pid := resource_tracker._resource_tracker._pid:
        system.hold_back(pid)


def _said(error: BaseException) -> str:
    if isinstance(error, HpsearchError):
        return str(error)  # a sentence already
    first = (str(error).strip().splitlines() or ["no reason given"])[0]
    return f"{type(error).__name__}: {first[:200]}"


def _shut_down() -> None:
    """End loky's idle processes at once; left alone they would stay for five minutes."""
    from joblib.externals.loky import get_reusable_executor

    executor = get_reusable_executor(reuse=True)  # type: ignore[arg-type]  # its hints lag
    executor.shutdown(wait=True, kill_workers=True)
