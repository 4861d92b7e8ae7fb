"""Some of the images that a model was asked about, with what is true and what it said."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from hpsearch.data.cleaning import clean_frame
from hpsearch.data.table import Table, listed
from hpsearch.errors import UsageError
from hpsearch.models.images import Image, Pixels, pixels_of
from hpsearch.models.saved import SavedModel
from nncore.arrays import Array

SEED = 0
"""Of the images that are chosen: the same of the same rows."""


@dataclass(frozen=True)
class Picture:
    """An image of the rows, and what a network made of it."""

    row: int
    """Among the rows that were compared, from 0."""
    true: str
    predicted: str
    right: bool | None
    """None of a regression, which is never quite right."""
    image: Image

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return asdict(self)


def check_images(model: SavedModel) -> Pixels:
    """Where an image's pixels are among a model's columns.

    Raises:
        UsageError: its rows are no images.
    """
    encoder = model.encoder
    found = pixels_of(encoder.columns, encoder.dialect)
    if found is None:
        count = len(encoder.columns)
        has = f"{count:,} columns, {listed(encoder.names, 3)}" if count > 1 else "one column"
        raise UsageError(
            f"--images: the rows of {model.name} are no images that could be drawn: each has {has}."
        )
    return found


def pictures(
    model: SavedModel, frame: pl.DataFrame, z: Array, y: Array, count: int
) -> tuple[Picture, ...]:
    """So many images, chosen by chance, in the rows' order.

    Args:
        frame: the rows that were compared.
        z: what the model put out for them, shape (rows, outputs).
        y: the truth, as `data.truth.targets` gives it.
    """
    pixels, encoder = check_images(model), model.encoder
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.choice(len(z), min(count, len(z)), replace=False))
    clean = clean_frame(Table("", frame, encoder.dialect), encoder.columns)
    images = pixels.drawn_of(clean, rows.tolist())
    true, said = _words(model, y[rows], true=True), _words(model, z[rows], true=False)
    known = model.task != "regression"
    return tuple(
        Picture(int(row), t, s, t == s if known else None, image)
        for row, t, s, image in zip(rows, true, said, images, strict=True)
    )


def _words(model: SavedModel, values: Array, true: bool) -> list[str]:
    """What targets (`true`) or outputs mean, a word a row; of several targets one each."""
    encoder = model.encoder
    if model.task == "multiclass":
        ids = values if true else values.argmax(axis=1)
        return [encoder.labels[0][int(at)] for at in ids]
    if model.task == "regression":
        scale = encoder.target_scale
        units = values * np.array(scale.scale) + np.array(scale.shift)
        return [" ".join(f"{value:.4g}" for value in row) for row in units]
    on = values > (0.5 if true else 0.0)
    return [
        " ".join(words[int(at)] for words, at in zip(encoder.labels, row, strict=True))
        for row in on
    ]
