"""NumPy archives: named arrays, never pickled, and never larger than they look."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from hpsearch.data.arrays import EXTRAS, check_size, from_named, layout
from hpsearch.data.npyformat import read_array
from hpsearch.data.readers import reader
from hpsearch.data.table import Dialect, Table, quoted
from hpsearch.errors import DataError


@reader(".npz")
def read(path: Path, dialect: Dialect) -> Table:
    """Read features and targets, by their usual names; `y` may be missing when predicting.

    Raises:
        DataError: not an archive of plain arrays, or too large, or names that are not known.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {Path(info.filename).stem: info for info in archive.infolist()}
            pairs = layout(members, path.name)
            wanted = [name for pair in pairs for name in pair if name in members]
            wanted += [name for name in EXTRAS if name in members]
            declared = sum(members[name].file_size for name in wanted)
            way_out = "uncompressed (numpy.savez) or with fewer rows"
            check_size(path.name, path.stat().st_size, declared, way_out)
            arrays = {name: _array(archive, members[name], path.name) for name in wanted}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path.name} is not a sound npz file: {error}.") from None
    return from_named(path.name, arrays, pairs)


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> np.ndarray:
    """One array, once its own header agrees with the archive's about its size."""
    what = f"{name}: array {quoted(Path(info.filename).stem)}"
    try:
        with archive.open(info) as file:
            return read_array(file, info.file_size, what)
    except (EOFError, zlib.error) as error:
        raise DataError(f"{what} cannot be read: {str(error) or 'it ends early'}.") from None
