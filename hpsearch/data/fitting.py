"""What training rows teach an encoder: medians, scales, and nothing of any other row."""

from __future__ import annotations

import numpy as np
import polars as pl

from hpsearch.data.blocks import Features
from hpsearch.data.columns import Block, Column, Number
from hpsearch.data.encoder import Encoder
from hpsearch.data.scaling import LinearScaler, normalizer, spread
from hpsearch.data.table import Dialect
from hpsearch.data.target import Target


def fit(
    clean: pl.DataFrame,
    columns: tuple[Column, ...],
    normalize: str,
    target: Target,
    train: np.ndarray,
    dialect: Dialect,
) -> Encoder:
    """Fit an encoder to the rows numbered `train` of a clean frame, and to nothing else."""
    fills, ranges, known = [], [], Features()
    for column in columns:
        if isinstance(column, Number):
            values = clean[column.name].to_numpy()[train].astype(np.float64)
            there = values[~np.isnan(values)]
            fills.append(float(np.median(there)) if len(there) else 0.0)
            ranges.append((float(there.min()), float(there.max())) if len(there) else (0.0, 0.0))
            known.add(there if len(there) else np.zeros(1))
    for column in columns:
        if isinstance(column, Block):
            array = clean[column.name].to_numpy()[train]
            fills += known.add_array(array)
    target_scale = LinearScaler((), ())
    if target.task == "regression":
        y = target.values[train]
        target_scale = LinearScaler(
            tuple(float(c.mean()) for c in y.T), tuple(spread(c) for c in y.T)
        )
    return Encoder(
        columns=columns,
        fills=tuple(fills),
        scaler=normalizer[normalize](known),
        task=target.task,
        targets=target.names,
        classes=target.classes,
        labels=target.labels,
        target_scale=target_scale,
        dialect=dialect,
        ranges=tuple(ranges),
    )
