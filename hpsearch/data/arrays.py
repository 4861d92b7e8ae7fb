"""Arrays as tables: rows of numbers whose columns get names, or stay one array."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import polars as pl

from hpsearch.data.table import Dialect, Table, listed
from hpsearch.errors import DataError

LARGEST = 4 << 30
"""Bytes of all arrays that are read."""
_FREE = 64 << 20
_RATIO = 50
"""Above _FREE bytes, arrays may be this many times larger than the file: 486 KB can hold 512 MB."""
WIDE = 257
"""From this many features on, rows stay one array: a column each would take more time and memory
than the numbers in them."""

_LAYOUTS = (
    (("x", "y"), ("x_test", "y_test")),
    (("X", "y"), ("X_test", "y_test")),
    (("X", "Y"),),
    (("data", "target"),),
    (("images", "labels"),),
    (("x_train", "y_train"), ("x_test", "y_test")),
    (("X_train", "y_train"), ("X_test", "y_test")),
    (("train_x", "train_y"), ("test_x", "test_y")),
    (("train_set_x", "train_set_y"), ("test_set_x", "test_set_y")),
    (("x_test", "y_test"),),
    (("X_test", "y_test"),),
    (("test_x", "test_y"),),
    (("test_set_x", "test_set_y"),),
)
"""Names of (features, targets), and of the rows a file keeps for testing."""
FILE = "file"
"""The column that says which file a row was read from, where each row has one of its own."""
EXTRAS = ("feature_names", "list_classes")
"""Names of arrays of words: of the features, and of the classes that targets number."""


def layout(there: Collection[str], name: str) -> tuple[tuple[str, str], ...]:
    """The pairs of arrays to read: the first layout whose features are there.

    Raises:
        DataError: none of the known names is there.
    """
    for first, *more in _LAYOUTS:
        if first[0] in there:
            return (first, *(pair for pair in more if set(pair) | set(first) <= set(there)))
    raise DataError(
        f"{name} holds {listed(there) or 'no arrays'}; features and targets must be called"
        " x and y, or x_train, y_train, x_test and y_test."
    )


def check_size(name: str, file: int, declared: int, way_out: str = "with fewer rows") -> None:
    """Hold what a file says of its arrays against its own size, before any of them is read.

    Raises:
        DataError: it would not fit, or is a small file that unpacks to a huge one.
    """
    allowed = most_bytes(file)
    if declared > allowed:
        raise DataError(
            f"{name} declares {declared / 2**20:,.0f} MiB of arrays, more than the"
            f" {allowed / 2**20:,.0f} MiB a file of its size may hold; save it {way_out}."
        )


def most_bytes(file: int) -> int:
    """How many bytes of arrays a file of that size may hold."""
    return min(LARGEST, max(_FREE, _RATIO * file))


def from_named(
    name: str, arrays: Mapping[str, np.ndarray], pairs: Sequence[tuple[str, str]], note: str = ""
) -> Table:
    """A table of the arrays that `layout` chose; targets may be missing when predicting.

    Raises:
        DataError: features that are words, or shapes that do not fit each other.
    """
    xs = [arrays[x] for x, _ in pairs]
    if any(x.dtype.kind not in "biuf" for x in xs):
        raise DataError(f"{name}: the features are words; of arrays only numbers are read.")
    ys = [arrays[y] for _, y in pairs if y in arrays]
    if len(ys) not in (0, len(xs)):
        raise DataError(f"{name}: some of its rows have targets, others have none.")
    # (1, rows) is how some courses write a list of targets.
    ys = [y.T if y.ndim == 2 and y.shape[0] == 1 < len(x) else y for x, y in zip(xs, ys)]  # noqa: B905  # ys may be empty
    if "list_classes" in arrays:
        ys = [_classes(y, arrays["list_classes"]) for y in ys]
    names = [_word(word) for word in arrays["feature_names"]] if "feature_names" in arrays else None
    return from_arrays(name, xs, ys, names, note)


def _classes(y: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Class numbers as words, where there is one for each."""
    if y.dtype.kind not in "iu" or words.ndim != 1 or not y.size:
        return y
    if int(y.min()) < 0 or int(y.max()) >= len(words):
        return y
    return np.array([_word(word) for word in words])[y]


def _word(word: object) -> str:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)


def from_arrays(
    name: str,
    xs: Sequence[np.ndarray],
    ys: Sequence[np.ndarray],
    feature_names: Sequence[str] | None = None,
    note: str = "",
    target_names: Sequence[str] | None = None,
    asides: Mapping[str, Sequence[str]] | None = None,
) -> Table:
    """A table of features (x0, x1, … unless named) and targets (`target`, or target0, …).

    `xs` and `ys` hold one array each, or two where the second are rows for testing. A row of
    any shape, such as an image, is laid out flat; images, and rows from WIDE features on, stay
    arrays in one column `x`. Without `ys` there are only features. `asides` name the rows.

    Raises:
        DataError: shapes that do not fit each other.
    """
    rows = [len(x) if x.ndim else 0 for x in xs]
    if min(rows, default=0) == 0:
        raise DataError(f"{name} has no rows.")
    flat = [x.reshape(len(x), -1) for x in xs]
    if len({x.shape[1] for x in flat}) > 1:
        raise DataError(
            f"{name}: training rows have {flat[0].shape[1]:,} features,"
            f" test rows {flat[1].shape[1]:,}."
        )
    x = np.concatenate(flat) if len(flat) > 1 else flat[0]
    if x.shape[1] == 0:
        raise DataError(f"{name} has rows, but no features.")
    like = _as_images(xs[0])
    whole = feature_names is None and (like.image_size is not None or x.shape[1] >= WIDE)
    columns = dict(asides or {}) | _features(name, x, feature_names, whole)
    targets, notes = _targets(name, ys, rows, target_names)
    clash = [word for word in targets if word in columns]
    if clash:
        raise DataError(f"{name}: a feature is called {clash[0]!r}, which is the target's name.")
    shape = " × ".join(f"{size:,}" for size in xs[0].shape[1:]) or "1"
    notes.insert(0, note or f"{name}: {len(x):,} rows of {shape} numbers.")
    return Table(
        name,
        pl.DataFrame({**columns, **targets}),
        like,
        tuple(notes),
        targets=tuple(targets),
        asides=tuple(asides or ()),
        held=rows[1] if len(rows) > 1 else 0,
        first_row=0,
    )


def _features(
    name: str, x: np.ndarray, given: Sequence[str] | None, whole: bool
) -> dict[str, pl.Series]:
    if whole:
        return {"x": pl.Series(_dense(x))}
    names = _names(name, given, x.shape[1])
    return {word: pl.Series(_native(x[:, at])) for at, word in enumerate(names)}


def _as_images(x: np.ndarray) -> Dialect:
    """What an image needs to be like to be predicted from, where rows of bytes look like images."""
    if x.dtype != np.uint8 or not (x.ndim == 3 or (x.ndim == 4 and x.shape[3] in (1, 3))):
        return Dialect()
    return Dialect(image_size=x.shape[1:3], channels=x.shape[3] if x.ndim == 4 else 1)


def _dense(x: np.ndarray) -> np.ndarray:
    """As small as it can be without changing a number: what fits into bytes becomes bytes."""
    x = _native(x)
    if x.dtype == np.uint8:
        return x
    if x.dtype.kind == "b" or (x.dtype.kind in "iu" and x.min() >= 0 and x.max() <= 255):
        return x.astype(np.uint8)
    return x


def _names(name: str, given: Sequence[str] | None, width: int) -> list[str]:
    if given is None:
        return [f"x{at}" for at in range(width)]
    if len(given) != width or len(set(given)) != width:
        raise DataError(f"{name}: {len(given)} feature names for {width} features, or some twice.")
    return list(given)


def _native(values: np.ndarray) -> np.ndarray:
    """In this machine's byte order and in a type polars knows; half floats are not one."""
    if values.dtype == np.float16:
        return values.astype(np.float32)
    if values.dtype.kind == "f" and values.dtype.itemsize > 8:
        return values.astype(np.float64)
    if values.dtype.kind == "S":
        return np.char.decode(values, "latin-1")
    return np.ascontiguousarray(values, values.dtype.newbyteorder("="))


def _targets(
    name: str, ys: Sequence[np.ndarray], rows: Sequence[int], names: Sequence[str] | None
) -> tuple[dict[str, pl.Series], list[str]]:
    """The target columns by name, and what was noticed about them."""
    if not ys:
        return {}, []
    if [len(y) if y.ndim else 0 for y in ys] != list(rows):
        raise DataError(
            f"{name}: features have {rows[0]:,} rows, but targets have"
            f" {len(ys[0]) if ys[0].ndim else 0:,}."
        )
    flat = [y.reshape(len(y), -1) for y in ys]
    if len({y.shape[1] for y in flat}) > 1:
        raise DataError(f"{name}: targets of training and test rows differ in width.")
    y = np.concatenate(flat) if len(flat) > 1 else flat[0]
    if y.shape[1] > 1000:
        raise DataError(f"{name}: {y.shape[1]:,} targets a row; at most 1,000 are learnt.")
    if y.shape[1] == 1:
        return {"target": named_column(y[:, 0])}, []
    if y.shape[1] > 2 and y.dtype.kind in "biuf" and _one_hot(y):
        note = f"{name}: targets are one-hot; read as {y.shape[1]} classes."
        return {"target": named_column(y.argmax(axis=1))}, [note]
    words = names or [f"target{at}" for at in range(y.shape[1])]
    return {word: named_column(y[:, at]) for at, word in enumerate(words)}, []


def _one_hot(y: np.ndarray) -> bool:
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def named_column(values: np.ndarray) -> pl.Series:
    """One column of numbers or words, as polars knows them."""
    values = _native(values)
    return pl.Series(values.tolist() if values.dtype.kind in "US" else values)
