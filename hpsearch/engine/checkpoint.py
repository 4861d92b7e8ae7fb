"""From where an interrupted trial goes on: safetensors, written aside and renamed."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from hpsearch import faults
from hpsearch.errors import RunError


@dataclass(frozen=True)
class Checkpoint:
    """A trial at the end of an epoch."""

    epoch: int
    """How many epochs it holds."""
    arrays: Mapping[str, np.ndarray]
    """Weights and the optimizer's memory."""
    meta: Mapping[str, Any]
    """The state of every generator, and what early stopping knows; JSON."""

    def to_bytes(self) -> bytes:
        """As safetensors."""
        text = json.dumps({"epoch": self.epoch, **self.meta})
        return save({name: np.asarray(a) for name, a in self.arrays.items()}, {"meta": text})

    @classmethod
    def from_bytes(cls, data: bytes) -> Checkpoint | None:
        """What `to_bytes` wrote; None where it is not whole."""
        try:
            arrays = load(data)
            size = int.from_bytes(data[:8], "little")
            header = json.loads(data[8 : 8 + size])
            meta = json.loads(header["__metadata__"]["meta"])
            return cls(int(meta.pop("epoch")), arrays, meta)
        except (SafetensorError, ValueError, KeyError, TypeError):
            return None


def named(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Arrays by name, as safetensors."""
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def write_aside(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        RunError: the disk is full, or gone. What was there stays.
    """
    aside = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            faults.at("write file")
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        faults.at("file aside")
        aside.replace(path)
        faults.at("file renamed")
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise RunError(f"{path} cannot be written: {error.strerror or error}.") from None


class Checkpoints:
    """The checkpoints of a run, one a trial."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tidy(self, open_: Collection[int]) -> None:
        """Forget what a crash left: checkpoints of trials that are over, and halves of files."""
        wanted = {self._path(number) for number in open_}
        for path in self._folder.glob("trial-*"):
            if path not in wanted:
                path.unlink(missing_ok=True)

    def write(self, number: int, data: bytes) -> None:
        """Keep a trial's checkpoint."""
        faults.at("trial checkpointed")
        write_aside(self._path(number), data)

    def read(self, number: int) -> tuple[int, bytes]:
        """A trial's epochs and checkpoint; (0, b"") where it has none that is whole."""
        try:
            data = self._path(number).read_bytes()
        except OSError:
            return 0, b""
        found = Checkpoint.from_bytes(data)
        return (0, b"") if found is None else (found.epoch, data)

    def remove(self, number: int) -> None:
        """Forget a trial's checkpoint: it is over."""
        faults.at("trial closed")
        self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._folder / f"trial-{number:05d}.safetensors"
