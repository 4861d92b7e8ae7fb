"""From a [data] table to rows a network can learn from, with every decision said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import polars as pl

from hpsearch.data import bundled, readers
from hpsearch.data.columns import Column, Number, Unusable, judge
from hpsearch.data.dealing import Ties
from hpsearch.data.encoder import clean_frame
from hpsearch.data.split import Split, split
from hpsearch.data.table import Dialect, Table, check_known, counted, listed, quoted
from hpsearch.data.tabular import ColumnReport, Data
from hpsearch.data.target import Target, read_target
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions

FEW_ROWS = 30
"""Validation rows below which a figure says little."""


def open_table(options: DataOptions) -> Table:
    """The file or bundled set that a [data] table names.

    Raises:
        DataError: there is none, or it cannot be read.
    """
    if options.source is not None:
        return bundled.read(options.source)
    if options.path is None:
        raise DataError(
            '[data] names no data; give path = "FILE.csv" or source = "sklearn:digits".'
        )
    given = Dialect(options.separator, options.decimal, options.encoding, options.null_values)
    return readers.read(options.path, given)


def load(options: DataOptions, say: Callable[[str], None] = lambda note: None) -> Data:
    """Read, understand and split what a [data] table names; `say` hears each note as it comes.

    Raises:
        DataError: what is wrong, where, and the way out.
    """
    notes: list[str] = []

    def tell(sentences: Iterable[str]) -> None:
        for sentence in sentences:
            notes.append(sentence)
            say(sentence)

    whole = open_table(options)
    tell(whole.notes)
    names = _target_names(whole, options)
    candidates = _candidates(whole, options, names)
    table = _with_target(whole, names)
    if lost := whole.frame.height - table.frame.height:
        tell([_without_target(whole, table, names, lost)])
    target = read_target(table, names, options.task)
    tell(target.notes)
    ties = Ties(_strata(target))
    parts = _split(table, ties, options)
    tell(_split_notes(parts, target, held=table.held > 0))
    inputs, unusable = _judge(table, candidates, parts.train, options)
    tell(f"Column {quoted(one.name)} is left out: {one.reason}." for one in unusable)
    clean = clean_frame(table, inputs)
    tell(_duplicates(clean, target, parts))
    data = Data(
        name=table.name,
        notes=tuple(notes),
        columns=_reports(whole, names, inputs, unusable),
        target=target,
        inputs=inputs,
        clean=clean,
        split=parts,
        ties=ties,
        dialect=_kept_dialect(table.dialect, options),
    )
    _check_fingerprint(data, options)
    return data


def _target_names(table: Table, options: DataOptions) -> tuple[str, ...]:
    names = options.target or table.targets
    if not names:
        raise DataError(
            f'{table.name}: which column is to be predicted? Write target = "COLUMN" under'
            f" [data]. It has: {listed(table.frame.columns)}."
        )
    check_known(names, table, "data.target")
    if len(set(names)) < len(names):
        raise DataError(f"data.target names a column twice: {listed(names)}.")
    return names


def _candidates(table: Table, options: DataOptions, targets: Sequence[str]) -> list[str]:
    """The columns that may become inputs, in the file's order."""
    check_known(options.drop, table, "data.drop")
    check_known(options.features or (), table, "data.features")
    for key, names in (("drop", options.drop), ("features", options.features or ())):
        if both := [name for name in names if name in targets]:
            raise DataError(f"data.{key} names {listed(both)}, which data.target names too.")
    if both := set(options.drop) & set(options.features or ()):
        raise DataError(f"data.features and data.drop both name {listed(sorted(both))}.")
    wanted = set(table.frame.columns if options.features is None else options.features)
    left = wanted - set(options.drop) - set(targets) - set(table.targets)
    return [name for name in table.frame.columns if name in left]


def _with_target(table: Table, names: Sequence[str]) -> Table:
    """The table without the rows in which a target is empty."""
    kept = np.ones(table.frame.height, bool)
    for name in names:
        kept &= ~_empty(table.frame[name]).to_numpy()
    if not kept.any():
        raise DataError(f"{table.name}: no row has a target; {listed(names)} is always empty.")
    return table.only(kept)


def _empty(column: pl.Series) -> pl.Series:
    empty = column.is_null()
    return empty | column.is_nan().fill_null(False) if column.dtype.is_float() else empty


def _empty_cells(column: pl.Series) -> int:
    gaps = int(np.isnan(column.to_numpy()).sum()) if column.dtype.is_float() else 0
    return gaps or column.null_count()  # to_numpy shows nulls as nan


def _without_target(whole: Table, table: Table, names: Sequence[str], lost: int) -> str:
    kept = np.arange(table.frame.height) if table.rows is None else table.rows
    first = int(np.setdiff1d(np.arange(whole.frame.height), kept)[0])
    return (
        f"{counted(lost, 'row')} without {listed(names)}, not to be learnt from: left out"
        f" (first: row {whole.number(first):,})."
    )


def _split(table: Table, ties: Ties, options: DataOptions) -> Split:
    share = options.test if not table.held else 0.0
    rows = table.frame.height
    return split(rows, options.split_seed, share, options.validation, ties, table.held)


def _strata(target: Target) -> np.ndarray | None:
    """What is to be alike in every part; nothing for numbers."""
    if target.task == "regression":
        return None
    return _combinations(target.values) if target.task == "multilabel" else target.values


def _combinations(labels: np.ndarray) -> np.ndarray:
    """A stratum for each combination of labels with ten rows or more; one for all others."""
    _, ids, counts = np.unique(labels, axis=0, return_inverse=True, return_counts=True)
    common = counts >= 10
    strata = np.where(common, np.cumsum(common), 0)[ids.ravel()]
    return np.unique(strata, return_inverse=True)[1]


def _split_notes(parts: Split, target: Target, held: bool) -> list[str]:
    size = {name: f"{count:,}" for name, count in parts.sizes.items()}
    alike = "" if target.task == "regression" else ", classes alike in each"
    own = "; the test rows are the file's own" if held else ""
    notes = [
        f"Rows: {size['train']} for training, {size['validation']} for validation,"
        f" {size['test']} for testing{alike}{own}."
    ]
    if 0 < parts.sizes["validation"] < FEW_ROWS:
        notes.append(
            f"Only {size['validation']} rows judge the trials: their figures will jump about, and"
            " the best of many is partly luck."
        )
    if target.task in ("binary", "multiclass"):
        counts = np.bincount(target.values, minlength=len(target.classes))
        few = [word for word, count in zip(target.classes, counts, strict=True) if count < 3]
        if few:
            notes.append(f"Too few rows (below 3) to be in all three parts: {listed(few)}.")
    return notes


def _judge(
    table: Table, candidates: Sequence[str], train: np.ndarray, options: DataOptions
) -> tuple[tuple[Column, ...], list[Unusable]]:
    """What each candidate is good for, as the training rows show it."""
    rows = train if table.rows is None else table.rows[train]
    asked = options.features is not None
    usable: list[Column] = []
    unusable: list[Unusable] = []
    for column in table.frame[train].select(candidates).get_columns():
        name = column.name
        verdict = judge(column, rows, table.dialect.decimal, asked, table.first_row > 0)
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


def _duplicates(clean: pl.DataFrame, target: Target, parts: Split) -> list[str]:
    """How many rows kept for checking stand in the training rows too, word for word."""
    values = target.values.reshape(len(target.values), -1)
    columns = [pl.Series(f"\0{at}", column) for at, column in enumerate(values.T)]
    marks = clean.with_columns(columns).hash_rows().to_numpy()
    notes = []
    for name, rows in (("validation", parts.validation), ("test", parts.test)):
        if copies := int(np.isin(marks[rows], marks[parts.train]).sum()):
            notes.append(
                f"{copies:,} of {len(rows):,} {name} rows have an exact copy among the training"
                " rows, target included; they are easier than new ones."
            )
    return notes


def _reports(
    table: Table,
    targets: Sequence[str],
    inputs: Sequence[Column],
    unusable: Sequence[Unusable],
) -> tuple[ColumnReport, ...]:
    """One report a column, in the file's order."""
    used = {column.name: column for column in inputs}
    reasons = {one.name: one.reason for one in unusable}
    reports = []
    for name in table.frame.columns:
        missing = _empty_cells(table.frame[name])
        if name in targets:
            reports.append(ColumnReport(name, "target", missing, 0, "to be predicted"))
        elif (column := used.get(name)) is None:
            reason = reasons.get(name, "the study file leaves it out")
            reports.append(ColumnReport(name, "left out", missing, 0, reason))
        elif isinstance(column, Number):
            kind = "boolean" if column.words else "number"
            detail = "0 and 1 for " + " and ".join(column.words) if column.words else "scaled"
            if column.indicator:
                detail += "; empty cells get the median and a sign"
            reports.append(ColumnReport(name, kind, missing, column.width, detail))
        else:
            detail = f"{len(column.levels)} levels"
            detail += " and a rest" if column.rest else ""
            detail += "; empty is one more" if column.missing else ""
            reports.append(ColumnReport(name, "category", missing, column.width, detail))
    return tuple(reports)


def _kept_dialect(dialect: Dialect, options: DataOptions) -> Dialect:
    """What a model remembers of its file; the next one may well be encoded otherwise."""
    return Dialect(dialect.separator, dialect.decimal, options.encoding, dialect.null_values)


def _check_fingerprint(data: Data, options: DataOptions) -> None:
    if options.fingerprint is None or options.fingerprint == data.fingerprint:
        return
    raise DataError(
        f"{data.name} is not what it was: its fingerprint is {data.fingerprint}, but the study"
        f" file says {quoted(options.fingerprint)}. Cells, columns or the split have changed;"
        " restore them, or delete data.fingerprint to go on with what is there."
    )
