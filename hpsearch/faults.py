"""Named places at which a test puts a fault in: a crash, a full disk, a delay.

In production nothing is planned and `at` returns at once. A plan comes from the environment
variable HPSEARCH_FAULTS, read once when a process starts, and from nowhere else: no study file,
no command and no message can name one. It is a list of faults, with `;` between them:

    crash PLACE N [FUSE]       end the process at once, as kill -9 does, the N-th time it is there
    slow PLACE SECONDS [FUSE]  sleep there, each time
    ENOSPC PLACE N [FUSE]      from the N-th time on nothing can be written there: the disk is full
    EIO PLACE N [FUSE]         the N-th time, and only then, writing fails

PLACE is one of `PLACES`, or its first word for all that begin with it: `write` is every write.
FUSE is a file: a fault but a delay comes only to the process that can delete it, so a process that
is started again does not crash again, and whether it came is seen afterwards. Delays come for as
long as it is there: a test holds a trial up until it has seen what it came for.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLACES: Mapping[str, str] = {
    "engine opened": "the run folder is locked, and its log open",
    "engine written": "the study's facts are stored, study.toml is not yet in place",
    "trial drawn": "a trial is drawn, and nowhere but in memory",
    "trial handed": "a trial is about to be handed to a trainer",
    "trial started": "that is stored, and the trainer does not know it yet",
    "trial reported": "epochs have come and are judged, and are not stored",
    "trial checkpointed": "the epochs before a checkpoint are stored, the checkpoint is not",
    "trial ended": "the result of a complete trial has come, nothing of it is stored",
    "trial told": "the sampler knows how a trial ended, the store does not",
    "trial closed": "that is stored, the checkpoint of the trial is still there",
    "command obeyed": "a command has done its work, and is not recorded",
    "command recorded": "it is recorded, and still lies in the inbox",
    "store gathered": "rows are in a transaction that is not committed",
    "store committed": "they are committed",
    "file aside": "a file is written beside its place",
    "file renamed": "it is in its place",
    "arrays aside": "the arrays of a data set are written beside their place",
    "engine ending": "the run is over, and that is not stored",
    "shell started": "a shell has its trainer, which waits for its order",
    "trainer taken": "a trainer has a trial in hand",
    "trainer epoch": "an epoch is trained, and not reported",
    "trainer saved": "a checkpoint was sent",
    "trainer ended": "a trial is trained, its result not sent",
    "trainer sent": "it is sent",
    "write store": "a transaction",
    "write file": "a checkpoint, or the weights of a trial",
    "write log": "what a trial printed",
    "write arrays": "the arrays of a data set",
    "write study": "study.toml of the run folder",
    "write command": "a command for the inbox",
    "write model": "a file of a model",
    "write export": "what a command writes where a person says",
}
"""Every place, and what is so when a process comes there."""

CODE = 77
"""How a process exits that crashes on purpose."""


@dataclass
class Fault:
    """One thing that shall go wrong."""

    act: str
    place: str
    count: float
    """The how-manieth time; of a delay, its seconds."""
    fuse: Path | None = None
    seen: int = 0
    """How often this process came there."""
    full: bool = False
    """Whether it came that far, of a disk."""

    def arrive(self, place: str) -> None:
        """Go wrong, if it is time.

        Raises:
            OSError: the disk is full, or failed.
        """
        if place != self.place and place.split(" ")[0] != self.place:
            return
        self.seen += 1
        if self.act == "slow":
            if self.fuse is None or self.fuse.exists():
                time.sleep(self.count)
            return
        came = self.seen == self.count and self._burns()
        self.full |= came and self.act == "ENOSPC"
        if came and self.act == "crash":
            self.crash()
        elif came or self.full:
            number = getattr(errno, self.act)
            raise OSError(number, os.strerror(number))

    def crash(self) -> None:
        """End this process, without a word."""
        os._exit(CODE)

    def _burns(self) -> bool:
        if self.fuse is None:
            return True
        try:
            self.fuse.unlink()
        except FileNotFoundError:
            return False
        return True


def planned(text: str) -> tuple[Fault, ...]:
    """The faults that a plan names.

    Raises:
        ValueError: it names none that there are.
    """
    return tuple(_fault(line.split(None, 4)) for line in text.split(";") if line.strip())


def _fault(words: list[str]) -> Fault:
    act, *rest = words
    place = " ".join(rest[:2]) if " ".join(rest[:2]) in PLACES else rest[0]
    count, *fuse = rest[len(place.split(" ")) :]
    known = {*PLACES, *(name.split(" ")[0] for name in PLACES)}
    if act not in ("crash", "slow", "ENOSPC", "EIO") or place not in known or len(fuse) > 1:
        raise ValueError(f"no fault: {' '.join(words)}")
    return Fault(act, place, float(count), Path(fuse[0]) if fuse else None)


_faults: tuple[Fault, ...] = planned(os.environ.get("HPSEARCH_FAULTS", ""))


def at(place: str) -> None:
    """A process comes to a place. Nothing happens, unless a test wants it.

    Raises:
        OSError: a test wants the disk to be full, or to fail.
    """
    for fault in _faults:
        fault.arrive(place)


@contextmanager
def plan(*faults: Fault) -> Iterator[None]:
    """These faults and no others, in this process, for a while."""
    global _faults
    before, _faults = _faults, faults
    try:
        yield
    finally:
        _faults = before
