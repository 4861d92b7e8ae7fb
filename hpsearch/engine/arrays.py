"""The arrays trainers learn from: npy files by fingerprint, memory-mapped, never copied.

On the engine's host a trainer maps the files of the run folder itself. Elsewhere it asks for each
file once a host, over the wire, and maps its own copy from then on.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from hpsearch.engine.wire import Line
from nncore import Dataset

CHUNK = 16 << 20
"""Bytes of a file that travel in one frame."""

_FIELDS = ("x", "y", "x_valid", "y_valid", "y_scale")


def write(folder: Path, fingerprint: str, dataset: Dataset) -> Path:
    """Put a data set's arrays into `folder/fingerprint/`, unless they are there."""
    place = folder / fingerprint
    if place.is_dir():
        if _same(place, dataset):
            return place
        shutil.rmtree(place)  # cut short, by a full disk or a machine that went down
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
    try:
        for name in _FIELDS:
            array = getattr(dataset, name)
            if array is not None:
                np.save(aside / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        aside.rename(place)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        if not place.is_dir():  # nobody else was faster: it is a fault of the disk
            raise
    return place


def _same(place: Path, dataset: Dataset) -> bool:
    """Whether the files hold these very arrays."""
    try:
        held = read(place)
    except (OSError, ValueError):
        return False
    pairs = [(getattr(held, name), getattr(dataset, name)) for name in _FIELDS]
    return all((a is None) == (b is None) and np.array_equal(a, b) for a, b in pairs)


def read(place: Path) -> Dataset:
    """The data set in `place`; its arrays are views of the files."""
    x, y = _map(place / "x.npy"), _map(place / "y.npy")
    others = {name: place / f"{name}.npy" for name in _FIELDS[2:]}
    return Dataset(x, y, **{name: _map(path) for name, path in others.items() if path.exists()})


def obtain(line: Line, fingerprint: str, folder: str) -> Dataset:
    """The data set with that fingerprint: from the run folder, this host's cache, or the engine."""
    place = Path(folder) / fingerprint
    if not place.is_dir():
        place = _fetch(line, fingerprint)
    return read(place)


def chunk(folder: Path, fingerprint: str, name: str, offset: int) -> bytes | None:
    """What the engine answers to a fetch: bytes of a file, empty at its end; None for no file."""
    if name not in _FIELDS or not fingerprint.isalnum():
        return None
    try:
        with (folder / fingerprint / f"{name}.npy").open("rb") as file:
            file.seek(offset)
            return file.read(CHUNK)
    except OSError:
        return None


def _fetch(line: Line, fingerprint: str) -> Path:
    cache = Path(tempfile.gettempdir()) / f"hpsearch-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    if cache.is_symlink() or cache.stat().st_uid != os.getuid():
        cache = Path(tempfile.mkdtemp(prefix="hpsearch-"))  # somebody else took the name
    place = cache / fingerprint
    if place.is_dir():
        return place
    aside = Path(tempfile.mkdtemp(dir=cache, prefix=".new-"))
    for name in _FIELDS:
        _fetch_file(line, fingerprint, name, aside / f"{name}.npy")
    try:
        aside.rename(place)
    except OSError:  # another trainer of this host was faster
        shutil.rmtree(aside, ignore_errors=True)
    return place


def _fetch_file(line: Line, fingerprint: str, name: str, into: Path) -> None:
    offset = 0
    while True:
        line.send({"kind": "fetch", "fingerprint": fingerprint, "name": name, "offset": offset})
        frame = line.receive()
        while frame.head["kind"] != "chunk":  # a verdict that came too late
            frame = line.receive()
        if not frame.head["found"] or not frame.body:
            return
        with into.open("ab") as file:
            file.write(frame.body)
        offset += len(frame.body)


def _map(path: Path) -> np.ndarray:
    # A plain view of the map: the memmap class itself makes every slice a Python call dearer.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
