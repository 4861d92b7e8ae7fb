"""What is said about the split and about each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from hpsearch.data.blocks import with_marks
from hpsearch.data.columns import Block, Column, Number, Unusable, judge
from hpsearch.data.dealing import Ties
from hpsearch.data.folding import Evaluation, Fold
from hpsearch.data.rows import empty
from hpsearch.data.split import Split
from hpsearch.data.table import Table, counted, listed, quoted
from hpsearch.data.tabular import ColumnReport
from hpsearch.data.target import Target
from hpsearch.data.weighing import balanced
from hpsearch.study.options import DataOptions

FEW_ROWS = 30
"""Validation rows below which a figure says little."""


def about_split(
    parts: Split,
    evaluation: Evaluation,
    ties: Ties,
    target: Target,
    table: Table,
    options: DataOptions,
) -> list[str]:
    """How many rows each part has, and by what they were dealt."""
    size = {name: f"{count:,}" for name, count in parts.sizes.items()}
    turns = f"{size['train']} in {len(evaluation.folds)} folds"
    judged = f"{size['train']} for training, {size['validation']} for validation"
    notes = [
        f"Rows: {turns if evaluation.folds else judged}, {size['test']} for testing"
        f"{_how(ties, target, table)}.",
        *about_evaluation(evaluation, ties),
    ]
    notes += [*_about_ties(parts, ties, table, options), *_left_out(parts, table, options)]
    if 0 < parts.sizes["validation"] < FEW_ROWS:
        notes.append(
            f"The trials are judged by only {counted(parts.sizes['validation'], 'row')}: their"
            " figures will jump about, and the best of many is partly luck."
        )
    if target.task in ("binary", "multiclass"):
        counts = np.bincount(target.values, minlength=len(target.classes))
        if evaluation.folds:
            needed, where = len(evaluation.folds), "to judge in every fold"
            counts = np.bincount(target.values[parts.train], minlength=len(target.classes))
        else:
            needed, where = 3, "to be in all three parts"
        few = [word for word, count in zip(target.classes, counts, strict=True) if count < needed]
        if few:
            notes.append(f"Too few rows (below {needed}) {where}: {listed(few)}.")
        notes += _without_classes(parts, target)
        notes += _folds_without_classes(evaluation.folds, target)
    return notes


def about_rows(
    parts: Split, ties: Ties, target: Target, table: Table, options: DataOptions
) -> list[str]:
    """The same where nothing is judged: one network learns from all rows but the test rows."""
    learnt = np.concatenate([parts.train, parts.validation])
    sides = Split(learnt, learnt[:0], parts.test)
    how = _how(ties, target, table)
    return [
        f"Rows: {len(learnt):,} for training, {parts.sizes['test']:,} for testing{how}.",
        *_about_ties(sides, ties, table, options),
    ]


def _about_ties(parts: Split, ties: Ties, table: Table, options: DataOptions) -> list[str]:
    if ties.groups is not None:
        return _about_groups(parts, ties.groups, options)
    return [] if ties.order is None else _about_time(parts, ties.order, table, options)


def _how(ties: Ties, target: Target, table: Table) -> str:
    alike = target.task != "regression" and ties.order is None
    how = ", classes alike in each" if alike else ""
    if alike and ties.groups is not None:
        how = ", classes as alike as whole groups allow"
    return how + ("; the test rows are the file's own" if table.held else "")


def about_evaluation(evaluation: Evaluation, ties: Ties) -> list[str]:
    """How trials are judged, where that is more than by a share, and what `auto` went by."""
    notes = [f"data.validation is auto: {evaluation.why}."] if evaluation.why else []
    if evaluation.repeats:
        notes.append(
            f"Each trial trains {evaluation.repeats} networks with seeds of their own; its figures"
            " are their means."
        )
    if not evaluation.folds:
        return notes
    trains, judges = (
        _between([len(getattr(one, part)) for one in evaluation.folds])
        for part in ("train", "validation")
    )
    where = " that came just before" if ties.order is not None else ""
    notes.append(
        f"Each trial trains {len(evaluation.folds)} networks, each on {trains} rows{where} and"
        f" judged by {judges} others; its figures are their means."
    )
    if ties.groups is not None:
        notes.append("Whole groups cannot be cut: an epoch is as long as the shortest fold's.")
    elif left := evaluation.left_out:
        notes.append(
            f"One row is left out of the training in {left} of the folds, so that all are as long."
        )
    return notes


def _between(sizes: Sequence[int]) -> str:
    low, high = min(sizes), max(sizes)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _folds_without_classes(folds: Sequence[Fold], target: Target) -> list[str]:
    """Classes that a fold is judged by and never sees, as groups and time may have it."""
    notes = []
    for k, one in enumerate(folds, start=1):
        unseen = np.setdiff1d(target.values[one.validation], target.values[one.train])
        if len(unseen):
            words = listed(target.classes[at] for at in unseen)
            notes.append(f"Fold {k} is judged by class {words}, and learns from no row of it.")
    return notes


def _about_groups(parts: Split, groups: np.ndarray, options: DataOptions) -> list[str]:
    sides = {name: np.unique(groups[rows]) for name, rows in _rows(parts).items()}
    counts = ", ".join(f"{len(side):,} for {name}" for name, side in sides.items() if len(side))
    notes = [f"Whole groups, as data.group says: {quoted(options.group or '')} makes {counts}."]
    both = np.intersect1d(sides["testing"], np.union1d(sides["training"], sides["validation"]))
    if len(both):  # only where the file itself sets the test rows aside
        notes.append(
            f"{counted(len(both), 'group')} of the file's own test rows are among the others too;"
            " they are easier than new ones."
        )
    return notes


def _about_time(parts: Split, order: np.ndarray, table: Table, options: DataOptions) -> list[str]:
    cells = table.frame[options.order or ""]
    said = []
    for name, rows in _rows(parts).items():
        if len(rows):
            first, last = rows[np.argmin(order[rows])], rows[np.argmax(order[rows])]
            said.append(
                f"{name} {quoted(str(cells[int(first)]))} to {quoted(str(cells[int(last)]))}"
            )
    notes = [f"By time, as data.order says: {quoted(options.order or '')}, {', '.join(said)}."]
    known = np.concatenate([parts.train, parts.validation])
    if len(parts.test) and order[parts.test].min() <= order[known].max():
        notes.append("Some of the file's own test rows are no newer than rows it is trained on.")
    return notes


def _left_out(parts: Split, table: Table, options: DataOptions) -> list[str]:
    """Of the column that decides the split, that it is no input; and how it could be one."""
    name = options.group if options.order is None else options.order
    if name is None or name in (options.features or ()):
        return []
    cells = table.frame[name].gather(parts.train)
    why, way = "it says which rows belong together", ""
    if options.order is not None:
        why = "it says which rows came first"
        way = "; to learn from it too, add one of numbers made of it, as the month is"
    if not isinstance(judge(cells, parts.train, table.dialect.decimal, asked=True), Unusable):
        way = "; to learn from it too, name it in data.features"
    return [f"Column {quoted(name)} is left out: {why}{way}."]


def _rows(parts: Split) -> dict[str, np.ndarray]:
    return {"training": parts.train, "validation": parts.validation, "testing": parts.test}


def _without_classes(parts: Split, target: Target) -> list[str]:
    """Classes with rows enough that some part has none of, as groups and time may have it."""
    counts = np.bincount(target.values, minlength=len(target.classes))
    notes = []
    for name, rows in _rows(parts).items():
        there = np.bincount(target.values[rows], minlength=len(target.classes))
        none = [target.classes[at] for at in np.flatnonzero((there == 0) & (counts >= 3))]
        if len(rows) and none:
            notes.append(f"No row for {name} is of class {listed(none)}.")
    return notes


def about_weights(parts: Split, target: Target, options: DataOptions) -> list[str]:
    """What a row of each class counts for, where classes are balanced."""
    if options.class_weight == "none":
        return []
    shown = "in the loss that is minimised; what is shown and ranked is not weighted"
    values = target.values[parts.train]
    if values.ndim == 2:
        return [f"Class weights: each label's two values count alike {shown}."]
    weights = balanced(values)
    each = {int(kind): weight for kind, weight in zip(values, weights, strict=True)}
    several = [f"{quoted(target.classes[kind])} {each[kind]:.3g}" for kind in sorted(each)][:5]
    more = f" and {len(each) - 5} more" if len(each) > 5 else ""
    return [f"Class weights: a row counts, by its class, {', '.join(several)}{more} {shown}."]


def about_duplicates(
    clean: pl.DataFrame, target: Target, parts: Split, evaluation: Evaluation, judged: bool = True
) -> list[str]:
    """How many rows kept for checking are word for word among those learnt from before them.

    Validation rows are held against the training rows, in each fold where there are folds; test
    rows against both, since `retrain` learns from both.

    Args:
        judged: by validation rows, too; else one network learns from them, and tests alone count.
    """
    values = target.values.reshape(len(target.values), -1)
    columns = [pl.Series(f"\0{at}", column) for at, column in enumerate(values.T)]
    marks = with_marks(clean).with_columns(columns).hash_rows().to_numpy()
    both = np.concatenate([parts.train, parts.validation])
    notes = []
    validation, learnt = parts.validation, "training and validation rows"
    if not judged:
        validation, learnt = validation[:0], "training rows"
    folds = evaluation.folds if judged else ()
    copies = sum(int(np.isin(marks[f.validation], marks[f.train]).sum()) for f in folds)
    if copies:
        notes.append(
            f"{copies:,} of {len(parts.train):,} rows {_have(copies)} an exact copy in another"
            f" fold, target included; {_they_are(copies)} easier to judge by than new ones."
        )
    for name, rows, known, among in (
        ("validation", validation, parts.train, "training rows"),
        ("test", parts.test, both, learnt),
    ):
        if copies := int(np.isin(marks[rows], marks[known]).sum()):
            notes.append(
                f"{copies:,} of {len(rows):,} {name} rows {_have(copies)} an exact copy among the"
                f" {among}, target included; {_they_are(copies)} easier than new ones."
            )
    return notes


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _they_are(count: int) -> str:
    return "it is" if count == 1 else "they are"


def about_columns(
    table: Table,
    targets: Sequence[str],
    inputs: Sequence[Column],
    unusable: Sequence[Unusable],
    tying: Mapping[str, str],
) -> tuple[ColumnReport, ...]:
    """One report a column, in the file's order; `tying` has what split the rows, and how."""
    used = {column.name: column for column in inputs}
    reasons = {**{one.name: one.reason for one in unusable}, **tying}
    reports = []
    for name in table.frame.columns:
        missing = int(empty(table.frame[name]).sum())
        if name in targets:
            reports.append(ColumnReport(name, "target", missing, 0, "to be predicted"))
        elif name in table.asides:
            reports.append(ColumnReport(name, "name", missing, 0, "of the row, not learnt from"))
        elif (column := used.get(name)) is None:
            reason = reasons.get(name, "the study file leaves it out")
            reports.append(ColumnReport(name, "left out", missing, 0, reason))
        elif isinstance(column, Number):
            kind = "boolean" if column.words else "number"
            detail = "0 and 1 for " + " and ".join(column.words) if column.words else "scaled"
            if column.indicator:
                detail += "; empty cells get the median and a sign"
            reports.append(ColumnReport(name, kind, missing, column.width, detail))
        elif isinstance(column, Block):
            detail = f"{column.size:,} {'bytes' if column.octets else 'numbers'} a row"
            detail += ", each scaled as a column would be"
            reports.append(ColumnReport(name, "array", missing, column.width, detail))
        else:
            detail = f"{len(column.levels)} levels"
            detail += " and a rest" if column.rest else ""
            detail += "; empty is one more" if column.missing else ""
            reports.append(ColumnReport(name, "category", missing, column.width, detail))
    return tuple(reports)
