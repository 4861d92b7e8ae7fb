"""What holds of every table: it is read and learnt from, or refused with its place.

And a model that learnt from it sees the same rows again.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl

from hpsearch.data import Data, load
from hpsearch.data.encoder import Encoder
from hpsearch.data.matching import Matching, encode, read_like
from hpsearch.data.notation import plain
from hpsearch.data.pieces import pieces
from hpsearch.data.readers import read
from hpsearch.data.table import Dialect
from hpsearch.errors import DataError
from hpsearch.models.saved import SavedModel
from hpsearch.study.options import DataOptions
from hpsearch.study.recipe import OUTPUTS
from nncore import Sequential
from tests.data.drawn import Broken, Drawn

PLACE = r"row \d|column|empty|the target|no row|too few"
"""What a refusal says of the file."""


def found(path: Path, made: Drawn) -> None:
    """Hold that reading gives the cells that were written, as numbers where a column is of them."""
    frame = read(path, made.dialect).frame
    cells = dict(zip(made.names, zip(*made.rows, strict=True), strict=True))
    wanted = pl.DataFrame({name: pl.Series(c, dtype=pl.String) for name, c in cells.items()})
    wanted = plain(wanted, made.dialect.decimal or ".")[0]
    assert frame.columns == wanted.columns
    assert frame.rows() == wanted.rows()


def guessed(path: Path) -> None:
    """Read it as nobody says how: there are rows, or a sentence."""
    try:
        assert read(path).frame.height
    except DataError as error:
        said(error, path)


def refused(path: Path, made: Broken) -> str:
    """Hold that it is not read; the sentence that says why not."""
    try:
        frame = read(path, made.dialect).frame
    except DataError as error:
        text = said(error, path)
    else:
        raise AssertionError(f"it was read: {frame.rows()}")
    assert re.search(rf"row {made.row}\b", text), text
    assert made.column in text, text
    return text


def said(error: DataError, path: Path) -> str:
    """The sentence of a refusal, which names file and place, and can be shown."""
    text = str(error)
    assert path.name in text, text
    assert text.isprintable(), text
    assert re.search(PLACE, text), text
    return text


def learnt(path: Path, target: str, dialect: Dialect, folder: Path) -> bool:
    """Learn from it, keep a model, and ask that about the same file. Whether it could be learnt."""
    how = {name: getattr(dialect, name) for name in ("separator", "decimal", "encoding")}
    try:
        data = load(DataOptions(path=path, target=(target,), **how))
    except DataError as error:
        said(error, path)
        return False
    prepared = data.prepare("standard")
    assert np.isfinite(prepared.dataset.x).all()
    encoder, kept = prepared.encoder, data.numbers
    assert kept is not None
    asked = read_like(encoder, path)
    try:
        x, notes = encode(encoder, asked, path.name)
    except DataError as error:
        text = said(error, path)
        _hold_row_without_target(text, kept)
        return False
    assert np.array_equal(x[kept - 2], encoder.encode_clean(data.clean))
    _predicted(data, encoder, asked, path, folder)
    matching = Matching(encoder, path.name)
    parts = [matching.encode(frame) for frame in pieces(encoder, path, at_once=200)]
    assert np.array_equal(np.concatenate(parts), x)
    assert matching.notes == notes
    return True


def _hold_row_without_target(text: str, kept: np.ndarray) -> None:
    """Hold that what cannot be predicted from was not learnt from either."""
    row = re.search(r"row ([\d,]+)", text)
    assert row is not None, text
    assert int(row[1].replace(",", "")) not in kept, text


def _predicted(data: Data, encoder: Encoder, asked: pl.DataFrame, path: Path, folder: Path) -> None:
    """A model says the same when it was saved and loaded again."""
    network = Sequential.from_dims([data.features, data.outputs], output=OUTPUTS[data.task][0])
    model = SavedModel(
        name="drawn",
        task=data.task,
        network=network.build(data.features, 32, np.random.default_rng(0)),
        encoder=encoder,
        metrics={},
        rows=data.rows,
        fingerprint=data.fingerprint,
        training={},
        versions={},
    )
    model.save(folder, force=True)
    said_again = SavedModel.load(folder).predict(asked, path.name).table()
    assert said_again.equals(model.predict(asked, path.name).table(), null_equal=True)
