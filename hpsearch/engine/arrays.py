"""The arrays trainers learn from: npy files by fingerprint, memory-mapped, never copied.

On the engine's host a trainer maps the files of the run folder itself; elsewhere `fetching` gets
it a copy.

With folds there is a data set for each, scaled by its own training rows, so each has files of its
own: `x.npy`, `x-1.npy`, …. They are made one after another, and only one is in memory at a time.
Where all folds see a row alike, their rows are slices of one array; it is `rows.npy`, and
`slices.npy` says which are whose.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

import numpy as np

from hpsearch import faults
from hpsearch.errors import RunError
from nncore import Dataset

_FIELDS = tuple(field.name for field in fields(Dataset))
_SLICED = ("x", "x_valid")
_ROWS, _SLICES = "rows", "slices"
FILE = re.compile(rf"(({'|'.join(_FIELDS)})(-[1-9]\d{{0,3}})?|{_ROWS}|{_SLICES})\.npy")
"""What the files are called."""


def write(folder: Path, fingerprint: str, datasets: Callable[[], Iterable[Dataset]]) -> Path:
    """Put data sets into `folder/fingerprint/`, unless they are there.

    Args:
        datasets: makes them, one at a time; called again where what is there is not the same.

    Raises:
        RunError: the disk is full, or gone.
    """
    try:
        return _written(folder, fingerprint, datasets)
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror or error}.") from None


def _written(folder: Path, fingerprint: str, datasets: Callable[[], Iterable[Dataset]]) -> Path:
    place = folder / fingerprint
    if place.is_dir():
        if _same(place, datasets()):
            return place
        shutil.rmtree(place)  # cut short, by a full disk or a machine that went down
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
    try:
        _save(aside, datasets())
        faults.at("arrays aside")
        aside.rename(place)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        if not place.is_dir():  # nobody else was faster: it is a fault of the disk
            raise
    return place


def _save(place: Path, datasets: Iterable[Dataset]) -> None:
    whole: np.ndarray | None = None
    slices: list[list[int]] = []
    for k, dataset in enumerate(datasets):
        shared = whole_of(dataset)
        if shared is not None:
            if whole is None:
                whole = shared
                _write(place / f"{_ROWS}.npy", whole)
            slices.append([at for name in _SLICED for at in _slice(getattr(dataset, name), whole)])
        for name in _FIELDS:
            array = getattr(dataset, name)
            if array is not None and (shared is None or name not in _SLICED):
                _write(_file(place, name, k), array)
    if slices:
        _write(place / f"{_SLICES}.npy", np.array(slices, np.int64))


def whole_of(dataset: Dataset) -> np.ndarray | None:
    """The one array whose rows its inputs are, where both parts are slices of one."""
    if dataset.x_valid is None or dataset.x.base is not dataset.x_valid.base:
        return None
    whole = dataset.x.base
    if not isinstance(whole, np.ndarray) or whole.shape[1:] != dataset.x.shape[1:]:
        return None
    return whole if whole.flags.c_contiguous else None


def _slice(part: np.ndarray, whole: np.ndarray) -> tuple[int, int]:
    """Which rows of the whole a part is: the first, and the one after the last."""
    first = (part.ctypes.data - whole.ctypes.data) // whole.strides[0]
    return first, first + len(part)


def _file(place: Path, name: str, k: int) -> Path:
    return place / (f"{name}-{k}.npy" if k else f"{name}.npy")


def _write(path: Path, array: np.ndarray) -> None:
    faults.at("write arrays")
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)


def _same(place: Path, datasets: Iterable[Dataset]) -> bool:
    """Whether the files hold these very arrays."""
    for k, dataset in enumerate(datasets):
        try:
            held = _read(place, k)
        except Exception:  # NumPy raises anything over a damaged file, from EOFError to TokenError
            return False
        pairs = [(getattr(held, name), getattr(dataset, name)) for name in _FIELDS]
        if not all((a is None) == (b is None) and np.array_equal(a, b) for a, b in pairs):
            return False
    return True


def read(place: Path, count: int = 1) -> tuple[Dataset, ...]:
    """The data sets in `place`; their arrays are views of the files."""
    return tuple(_read(place, k) for k in range(count))


def _read(place: Path, k: int) -> Dataset:
    paths = {name: _file(place, name, k) for name in _FIELDS}
    found = {name: _map(path) for name, path in paths.items() if path.exists()}
    if (place / f"{_SLICES}.npy").exists():
        whole, slices = _map(place / f"{_ROWS}.npy"), np.load(place / f"{_SLICES}.npy")[k]
        found["x"], found["x_valid"] = whole[slice(*slices[:2])], whole[slice(*slices[2:])]
    elif not paths["x"].exists():
        raise FileNotFoundError(paths["x"])
    return Dataset(**found)


def _map(path: Path) -> np.ndarray:
    # A plain view of the map: the memmap class itself makes every slice a Python call dearer.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
