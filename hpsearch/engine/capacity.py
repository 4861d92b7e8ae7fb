"""How many trials may train at once on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from hpsearch.cores import usable_cores
from hpsearch.errors import StudyFileError
from hpsearch.memory import memory
from hpsearch.study.options import StudyOptions

TRAINER_BYTES = 150 << 20
"""An idle trainer: the interpreter, NumPy and its linear algebra."""
TRAINER_ROOM = 4 << 30
"""Address space a trainer has at least; address space is not memory."""


@dataclass(frozen=True)
class Capacity:
    """What this machine bears."""

    workers: int
    """Trials at once."""
    slots: int
    """Shells that are started: as many as `workers` may be raised to."""
    note: str
    """Why so many, as a sentence."""


def capacity(options: StudyOptions, network_bytes: int, threads: int | None = None) -> Capacity:
    """Choose workers where the study does not.

    Args:
        options: what the study asks for.
        network_bytes: of the largest network that may be trained, with all that training needs.
        threads: of the cluster that trains; None: this machine does.

    Raises:
        StudyFileError: more workers than slots.
    """
    if threads is not None and options.workers is None:
        workers = min(threads, options.max_workers or threads)
        note = f"{workers} workers: the threads that the scheduler's workers have now"
        return Capacity(workers, slots(options, threads), note)
    cores = usable_cores()
    _, free = memory()
    bears = max(1, free // (TRAINER_BYTES + network_bytes)) if free else cores.count
    workers, note = cores.count, f"{cores.count} workers: {cores.why}"
    if options.max_workers and options.max_workers < workers:
        workers, note = options.max_workers, f"{options.max_workers} workers: study.max_workers"
    if bears < workers:
        workers = bears
        note = f"{workers} workers: no more networks of this size fit into the free memory"
    if options.workers is not None:
        workers, note = options.workers, f"{options.workers} workers: as asked for"
    return Capacity(
        workers, slots(options, threads), note if workers != 1 else note.replace("s:", ":", 1)
    )


def slots(options: StudyOptions, threads: int | None = None) -> int:
    """How many shells are started: as many as the workers may be raised to.

    Args:
        options: what the study asks for.
        threads: of the cluster that trains; None: this machine does.

    Raises:
        StudyFileError: more workers than slots.
    """
    workers = options.workers or 1
    most = options.max_workers or max(workers, threads or usable_cores().count)
    if workers > most:
        raise StudyFileError(
            f"study.workers is {workers}, but study.max_workers is {most}: raise max_workers."
        )
    return most


def trainer_memory() -> int:
    """Bytes of address space a trainer may use; beyond it MemoryError, not a full machine.

    0, no bound, where the machine does not say how much it has.
    """
    total, _ = memory()
    return max(TRAINER_ROOM, total) if total else 0
