"""HDF5 files of named arrays, such as the cat / non-cat images of a well-known course."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hpsearch.data.arrays import EXTRAS, check_size, from_named, layout
from hpsearch.data.readers import folder, reader
from hpsearch.data.rehearsal import rehearse
from hpsearch.data.table import Dialect, Table, quoted
from hpsearch.errors import DataError

if TYPE_CHECKING:
    import h5py

_MOST_WORDS = 10_000_000


@reader(".h5")
@reader(".hdf5")
def read(path: Path, dialect: Dialect) -> Table:
    """Read features and targets by their usual names; without targets when predicting.

    Raises:
        DataError: not a sound file of plain arrays, or names that are not known.
    """
    rehearse(__name__, path)
    arrays = load(path)
    return from_named(path.name, arrays, layout(arrays, path.name), _note(path, arrays))


@folder(".h5")
@folder(".hdf5")
def read_folder(path: Path, dialect: Dialect) -> Table:
    """Read the arrays of all files in a folder as one: train_set_x in one, test_set_x in another.

    Raises:
        DataError: two files hold arrays of one name, or no names are known.
    """
    arrays: dict[str, np.ndarray] = {}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() not in (".h5", ".hdf5") or file.name.startswith("."):
            continue
        rehearse(__name__, file)
        more = load(file)
        if twice := [name for name in more if name in arrays and name not in EXTRAS]:
            raise DataError(
                f"{path.name}: {file.name} and another file both hold {quoted(twice[0])}; name one"
                " file, or keep one training and one test file in the folder."
            )
        arrays |= more
    return from_named(path.name, arrays, layout(arrays, path.name))


def load(path: Path) -> dict[str, np.ndarray]:
    """The arrays that `layout` chooses, by name; "group/name" is called group_name.

    Raises:
        DataError: h5py is missing, or the file reaches beyond itself, or is damaged.
    """
    try:
        import h5py
    except ImportError:
        raise DataError(
            f"{path.name} needs h5py to be read: pip install 'hpsearch[hdf5]'."
        ) from None
    try:
        with h5py.File(path, "r") as file:
            there = _datasets(h5py, file, path.name)
            pairs = layout(there, path.name)
            wanted = [name for pair in pairs for name in pair if name in there]
            wanted += [name for name in EXTRAS if name in there]
            declared = sum(int(there[name].nbytes) for name in wanted)
            check_size(path.name, path.stat().st_size, declared)
            return {
                name: _array(h5py, there[name], f"{path.name}: array {quoted(name)}")
                for name in wanted
            }
    except (OSError, KeyError, RuntimeError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path.name} is not a sound HDF5 file: {_brief(error)}.") from None


def _datasets(h5py: Any, file: h5py.Group, name: str) -> dict[str, h5py.Dataset]:
    """The arrays of the file and of its groups, none of them elsewhere."""
    found: dict[str, h5py.Dataset] = {}
    groups: list[tuple[str, Any]] = [("", file)]
    for prefix, group in groups:
        for key in group:
            link = group.get(key, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise DataError(
                    f"{name}: {quoted(prefix + key)} is a link to elsewhere, which is not followed;"
                    " write the array itself into the file."
                )
            one = group[key]
            if isinstance(one, h5py.Dataset):
                found[f"{prefix}{key}"] = one
            elif isinstance(one, h5py.Group) and not prefix:
                groups.append((f"{key}_", one))
    return found


def _array(h5py: Any, dataset: h5py.Dataset, what: str) -> np.ndarray:
    if dataset.is_virtual or dataset.external is not None:
        raise DataError(f"{what} keeps its numbers in other files, which are not read.")
    if h5py.check_string_dtype(dataset.dtype) is not None and dataset.dtype.hasobject:
        if (dataset.size or 0) > _MOST_WORDS:
            raise DataError(f"{what} holds {dataset.size:,} words; at most {_MOST_WORDS:,}.")
        return np.asarray(dataset.asstr(errors="replace")[...], dtype=np.str_)
    if dataset.dtype.hasobject or dataset.dtype.kind not in "biufS" or dataset.shape is None:
        raise DataError(f"{what} holds {dataset.dtype}; numbers, booleans or words are needed.")
    return dataset[...]


def _note(path: Path, arrays: dict[str, np.ndarray]) -> str:
    """Where the test rows lie in a file of their own, a word about it; else the usual note."""
    other = path.with_name(re.sub("train", "test", path.name, count=1, flags=re.IGNORECASE))
    first = next(iter(arrays.values()))
    if other == path or not other.is_file() or any("test" in name for name in arrays):
        return ""
    shape = " × ".join(f"{size:,}" for size in first.shape[1:]) or "1"
    return (
        f"{path.name}: {len(first):,} rows of {shape} numbers. {other.name} is not read; to hold"
        " its rows out for testing, name the folder of both."
    )


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:160].rstrip(".") or type(error).__name__
