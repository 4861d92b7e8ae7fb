"""From a [data] table to rows a network can learn from, with every decision said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from polars.selectors import by_name

from hpsearch.data import bundled, readers, reports, rows
from hpsearch.data.cleaning import clean_frame
from hpsearch.data.columns import (
    Category,
    Column,
    Unusable,
    judge,
    words_among_numbers,
    words_apart,
)
from hpsearch.data.folding import divide
from hpsearch.data.table import Dialect, Table, check_known, listed, quoted
from hpsearch.data.tabular import Data
from hpsearch.data.target import read_target
from hpsearch.data.telling import about_telling
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions


def open_table(options: DataOptions) -> Table:
    """The file or bundled set that a [data] table names.

    Raises:
        DataError: there is none, or it cannot be read.
    """
    if options.source is not None:
        return _of_that_size(bundled.read(options.source), options)
    if options.path is None:
        raise DataError(
            '[data] names no data; give path = "FILE.csv" or source = "sklearn:digits".'
        )
    given = Dialect(
        options.separator,
        options.decimal,
        options.encoding,
        options.null_values,
        options.image_size,
    )
    return _of_that_size(readers.read(options.path, given), options)


def _of_that_size(table: Table, options: DataOptions) -> Table:
    """The table, unless it holds no images to give the size that was asked for."""
    size = options.image_size
    if size is not None and table.dialect.image_size != size:
        raise DataError(
            f"data.image_size is {size[0]} × {size[1]}, but {table.name} holds no images that can"
            " be resized; take image_size out."
        )
    return table


def load(
    options: DataOptions,
    say: Callable[[str], None] = lambda note: None,
    judged: bool = True,
) -> Data:
    """Read, understand and split what a [data] table names; `say` hears each note as it comes.

    Raises:
        DataError: what is wrong, where, and the way out.
    """
    return understood(open_table(options), options, say, judged)


def understood(
    whole: Table,
    options: DataOptions,
    say: Callable[[str], None] = lambda note: None,
    judged: bool = True,
) -> Data:
    """The same of a table that is there already.

    Args:
        judged: trials are to be judged by some of the rows, and it is said how.

    Raises:
        DataError: what is wrong, where, and the way out.
    """
    notes: list[str] = []

    def tell(sentences: Iterable[str]) -> None:
        for sentence in sentences:
            notes.append(sentence)
            say(sentence)

    tell(whole.notes)
    if whole.guessed and not options.target:
        tell(
            [f"Of the columns the last, {whole.targets[0]}, is the target (data.target overrides)."]
        )
    names = _target_names(whole, options)
    tying = rows.tying(whole, options, names)
    candidates = _candidates(whole, options, names, tying)
    table, said = rows.filled(whole, names, "not to be learnt from")
    tell(said)
    table, said = rows.filled(table, tying, "which decides the split")
    tell(said)
    target = read_target(table, names, options.task, options.positive)
    tell(target.notes)
    if target.task == "regression" and options.class_weight != "none":
        raise DataError(
            f"data.class_weight = {quoted(options.class_weight)} is about classes, and the task is"
            " regression; take it out."
        )
    ties = rows.ties(table, target, options)
    parts, evaluation = divide(table.frame.height, options, ties, table.held)
    if judged:
        tell(reports.about_split(parts, evaluation, ties, target, table, options))
    else:
        tell(reports.about_rows(parts, ties, target, table, options))
    tell(reports.about_weights(parts, target, options))
    inputs, unusable = _judge(table, candidates, parts.train, options)
    tell(f"Column {quoted(one.name)} is left out: {one.reason}." for one in unusable)
    words = [table.frame[one.name] for one in inputs if isinstance(one, Category)]
    decimal = table.dialect.decimal
    tell(filter(None, (words_among_numbers(column, decimal) for column in words)))
    tell(filter(None, map(words_apart, words)))
    clean = clean_frame(table, inputs)
    tell(about_telling(clean, inputs, target, parts.train))
    tell(reports.about_duplicates(clean, target, parts, evaluation, judged))
    data = Data(
        name=table.name,
        notes=tuple(notes),
        columns=reports.about_columns(whole, names, inputs, unusable, _tying(options)),
        target=target,
        inputs=inputs,
        clean=clean,
        split=parts,
        ties=ties,
        dialect=_kept_dialect(table.dialect, options),
        evaluation=evaluation,
        class_weight=options.class_weight,
        encoding=table.dialect.encoding,
        numbers=table.numbers,
    )
    _check_fingerprint(data, options)
    return data


def refuse_without_targets(table: Table) -> None:
    """Refuse arrays that come without targets: no column of them could be one.

    Raises:
        DataError: says how targets are given.
    """
    columns = table.frame.drop(table.asides)
    if all(isinstance(dtype, pl.Array) for dtype in columns.dtypes):
        raise DataError(
            f"{table.name} holds rows without targets: they can be predicted from, not learnt from."
            " Targets stand in an array of their own (y), or in the names of folders of images."
        )


def _target_names(table: Table, options: DataOptions) -> tuple[str, ...]:
    names = options.target or table.targets
    if not names:
        refuse_without_targets(table)
        raise DataError(
            f'{table.name}: which column is to be predicted? Write target = "COLUMN" under'
            f" [data]. It has: {listed(table.frame.columns)}."
        )
    check_known(names, table, "data.target")
    if len(set(names)) < len(names):
        raise DataError(f"data.target names a column twice: {listed(names)}.")
    if arrays := [name for name in names if isinstance(table.frame[name].dtype, pl.Array)]:
        raise DataError(f"data.target names {listed(arrays)}, which holds arrays, not one value.")
    return names


def _candidates(
    table: Table, options: DataOptions, targets: Sequence[str], tying: Sequence[str]
) -> list[str]:
    """The columns that may become inputs, in the file's order.

    What only says how rows are split is one of them where `data.features` names it.
    """
    check_known(options.drop, table, "data.drop")
    check_known(options.features or (), table, "data.features")
    for key, names in (("drop", options.drop), ("features", options.features or ())):
        if both := [name for name in names if name in targets]:
            raise DataError(f"data.{key} names {listed(both)}, which data.target names too.")
    if both := set(options.drop) & set(options.features or ()):
        raise DataError(f"data.features and data.drop both name {listed(sorted(both))}.")
    every = set(table.frame.columns) - set(tying)
    wanted = every if options.features is None else set(options.features)
    given = set() if table.guessed and options.target else set(table.targets)
    left = wanted - set(options.drop) - set(targets) - given - set(table.asides)
    return [name for name in table.frame.columns if name in left]


def _judge(
    table: Table, candidates: Sequence[str], train: np.ndarray, options: DataOptions
) -> tuple[tuple[Column, ...], list[Unusable]]:
    """What each candidate is good for, as the training rows show it."""
    stand = train if table.rows is None else table.rows[train]
    asked = options.features is not None
    usable: list[Column] = []
    unusable: list[Unusable] = []
    for column in table.frame[train].select(by_name(candidates)).get_columns():
        name = column.name
        verdict = judge(column, stand, table.dialect.decimal, asked, table.first_row > 0)
        if not isinstance(verdict, Unusable):
            usable.append(verdict)
        elif asked and not verdict.harmless:
            raise DataError(
                f"{table.name}: data.features names {quoted(name)}, which cannot be used:"
                f" {verdict.reason}. Take it out of the list, or turn it into numbers first."
            )
        else:
            unusable.append(verdict)
    if not usable:
        why = "; ".join(f"{quoted(one.name)}: {one.reason}" for one in unusable[:5])
        raise DataError(f"{table.name} has no column to learn from{f' ({why})' if why else ''}.")
    return tuple(usable), unusable


def _tying(options: DataOptions) -> dict[str, str]:
    """Of the column that decides the split, what it says."""
    named = {"it says which rows belong together": options.group}
    named["it says which rows came first"] = options.order
    return {name: why for why, name in named.items() if name is not None}


def _kept_dialect(dialect: Dialect, options: DataOptions) -> Dialect:
    """What a model remembers of its file; the next one may well be encoded otherwise."""
    return replace(dialect, encoding=options.encoding)


def _check_fingerprint(data: Data, options: DataOptions) -> None:
    if options.fingerprint is None or options.fingerprint == data.fingerprint:
        return
    raise DataError(
        f"{data.name} is not what it was: its fingerprint is {data.fingerprint}, but the study"
        f" file says {quoted(options.fingerprint)}. Cells, columns or the split have changed;"
        " restore them, or delete data.fingerprint to go on with what is there."
    )
