"""What a fold must not know: words that its own training rows hardly show."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from polars.selectors import by_name

from hpsearch.data.columns import FEWEST_ROWS, Category, Column

_RARE = "\0rare"
"""No cell of a file: it is encoded as rare words are."""


def seen(
    train: pl.DataFrame, validation: pl.DataFrame, columns: Sequence[Column]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both frames with the levels that are rare in the first turned into rare words.

    All folds have the same inputs, as judged on all rows that are not for testing, since their
    networks have one shape. But whether a level is common enough to stand for itself is for each
    fold's training rows to show, as it is where there is one split. Where no word is rare in all
    rows together there is no input for rare ones, and a level keeps its own.
    """
    for column in columns:
        if not isinstance(column, Category) or not column.rest:
            continue
        counts = train[column.name].value_counts()
        common = set(counts.filter(pl.col("count") >= FEWEST_ROWS)[column.name])
        rare = [level for level in column.levels if level not in common]
        if rare:
            word = pl.when(by_name(column.name).is_in(rare)).then(pl.lit(_RARE))
            word = word.otherwise(by_name(column.name)).alias(column.name)
            train, validation = train.with_columns(word), validation.with_columns(word)
    return train, validation
