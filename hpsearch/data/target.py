"""What is to be learnt: the task, its classes, and the numbers a network is trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np
import polars as pl

from hpsearch.data.cells import WORDS, numbers, strict_numbers
from hpsearch.data.columns import twins
from hpsearch.data.table import Table, counted, listed, quoted
from hpsearch.errors import DataError
from hpsearch.study.options import Task

MOST_NUMERIC_CLASSES = 20
"""A target of whole numbers with more different values is taken for a regression."""
_MANY = 100
_FEW, _OFTEN = 10, 20
"""Rows of a class that may be a slip, and how many times as many the class it is near to has."""


@dataclass(frozen=True, eq=False)
class Target:
    """The target of every row that has one."""

    task: Task
    names: tuple[str, ...]
    """The columns it was read from."""
    values: np.ndarray
    """Class numbers, int64 (rows,), for one column of classes; else float64 (rows, targets)."""
    classes: tuple[str, ...]
    """As written in the file, in the order of their numbers; () for regression, and for
    multilabel the names of the columns."""
    labels: tuple[tuple[str, ...], ...]
    """For each column the words its numbers stand for; () for regression."""
    notes: tuple[str, ...]

    @property
    def outputs(self) -> int:
        """How many numbers the network's last layer gives."""
        if self.task == "multiclass":
            return len(self.classes)
        return 1 if self.task == "binary" else len(self.names)


def read_target(
    table: Table, names: tuple[str, ...], task: Task | None, positive: str | None = None
) -> Target:
    """Understand the target columns of a table whose rows all have one.

    Args:
        positive: of two classes the one to come second; None: the one that is sorted second.

    Raises:
        DataError: the columns do not fit the task, or any.
    """
    found = _read_target(table, names, task)
    return found if found.task != "binary" and positive is None else _turned(found, table, positive)


def _read_target(table: Table, names: tuple[str, ...], task: Task | None) -> Target:
    if len(names) != 1:
        return _several(table, names, task)
    (name,) = names
    column = table.frame[name]
    if task is None:
        chosen, why = _guess(table, column)
        note = f"Task: {chosen}, since {why}."
    else:
        chosen, note = task, f"Task: {task}, as data.task says."
    if chosen == "regression":
        _refuse_words(table, column)
        return _regression(table, names, note)
    if chosen == "multilabel":
        return _multilabel(table, names, note)
    return _classes(table, column, chosen, (note, *_alike(column)))


def _refuse_words(table: Table, column: pl.Series) -> None:
    """Refuse a column of words as a quantity; a slip or two among numbers are named as cells."""
    _, bad = numbers(column, table.dialect.decimal)
    words = column.cast(pl.String).filter(pl.Series(bad))
    words = words.filter(~words.str.contains(r"\d"))
    if len(words) * 2 > len(column):
        raise DataError(
            f"{table.name}: data.task is regression, but the target {quoted(column.name)} holds"
            f" words: {listed(words.unique().sort(), 5)}. Choose another data.target, or leave"
            " data.task out: words are classes."
        )


def _guess(table: Table, column: pl.Series) -> tuple[Task, str]:
    """The task a single target column asks for, and what shows it."""
    name, different = quoted(column.name), column.n_unique()
    override = "data.task overrides"
    values, bad = numbers(column, table.dialect.decimal)
    if 0 < bad.sum() < 0.05 * len(column):
        strict_numbers(table, column.name, table.dialect.decimal)  # raises, naming the cell
    if bad.any() or column.dtype == pl.Boolean:
        if different > _MANY and different * 5 > len(column):
            raise DataError(
                f"{table.name}: the target {name} holds {different:,} different words in"
                f" {len(column):,} rows, such as {quoted(str(column[0]))}: neither numbers nor"
                " classes. Choose another data.target."
            )
        kind: Task = "binary" if different == 2 else "multiclass"
        return kind, f"{name} holds {different:,} different words ({override})"
    different = len(np.unique(values))
    if (values != np.round(values)).any():
        return "regression", f"{name} holds fractions ({override})"
    if different > MOST_NUMERIC_CLASSES:
        return "regression", f"{name} holds {different:,} different numbers ({override})"
    kind = "binary" if different == 2 else "multiclass"
    return kind, f"{name} holds {different} different whole numbers ({override})"


def _labels(table: Table, column: pl.Series) -> tuple[tuple[str, ...], np.ndarray]:
    """Every class as it is written, sorted, and each row's class number.

    Numbers are sorted by value, and 1 and 1.0 are one class, called what it is called first.
    """
    text = column.cast(pl.String)
    values, bad = numbers(column, table.dialect.decimal)
    if bad.any():
        words = sorted(text.unique())
        places = range(len(words))
        return tuple(words), text.replace_strict(words, places, return_dtype=pl.Int64).to_numpy()
    _, first, ids = np.unique(values, return_index=True, return_inverse=True)
    return tuple(text[int(at)] for at in first), ids.astype(np.int64)


def _classes(table: Table, column: pl.Series, task: Task, notes: tuple[str, ...]) -> Target:
    classes, ids = _labels(table, column)
    name = quoted(column.name)
    if len(classes) == 1:
        raise DataError(
            f"{table.name}: the target {name} says {listed(classes)} in every row;"
            " there is nothing to tell apart."
        )
    if task == "binary" and len(classes) != 2:
        raise DataError(
            f"{table.name}: data.task is binary, but the target {name} has {len(classes):,}"
            f' classes: {listed(classes)}. Write task = "multiclass".'
        )
    if len(classes) * 2 > len(ids) and len(classes) > 2:
        raise DataError(
            f"{table.name}: the target {name} has {len(classes):,} classes in {len(ids):,}"
            ' rows, too many to learn; if it is a quantity, write task = "regression".'
        )
    return Target(task, (column.name,), ids, classes, (classes,), notes)


def _turned(target: Target, table: Table, positive: str | None) -> Target:
    """Two classes in the order asked for; which is the second is said, unless it goes by itself."""
    if target.task != "binary":
        raise DataError(
            f"{table.name}: data.positive = {quoted(positive or '')} is about two classes, and the"
            f" task is {target.task}; take it out."
        )
    if positive is None:
        if plain(target.classes):
            return target
        said = "unless data.positive names the other"
    elif positive not in target.classes:
        raise DataError(
            f"{table.name}: data.positive names {quoted(positive)}, but {quoted(target.names[0])}"
            f" says {listed(target.classes)}."
        )
    else:
        said = "as data.positive says"
        if positive == target.classes[0]:
            turned = target.classes[::-1]
            target = replace(target, values=1 - target.values, classes=turned, labels=(turned,))
    note = f"Precision, recall and F1 are those of {quoted(target.classes[1])}, {said}."
    return replace(target, notes=(*target.notes, note))


def plain(classes: tuple[str, ...]) -> bool:
    """Whether of two classes it goes by itself which is the one looked for: yes, true or 1."""
    return classes == ("0", "1") or tuple(word.casefold() for word in classes) in WORDS


def _alike(column: pl.Series) -> tuple[str, ...]:
    """Words about classes that a person would take for one."""
    if column.dtype != pl.String:
        return ()
    apart = [
        f"Classes that differ in case only are kept apart: {pair}; write them alike in the file if"
        " they are one."
        for pair in twins(column)[:5]
    ]
    return (*apart, *_slips(column)[:5])


def _slips(column: pl.Series) -> list[str]:
    """Of a class of very few rows, that it is spelt nearly as one of many."""
    counts = dict(sorted(column.value_counts().iter_rows()))
    if len(counts) > _MANY:
        return []
    said = []
    for word, few in counts.items():
        often = [one for one, rows in counts.items() if rows >= _OFTEN * few and _spelt(one)]
        near = get_close_matches(word, often, n=1, cutoff=0.75) if _spelt(word) else []
        if few <= _FEW and near and near[0].casefold() != word.casefold():
            said.append(
                f"Class {quoted(word)} ({counted(few, 'row')}) is spelt nearly as"
                f" {quoted(near[0])} ({counts[near[0]]:,}) and kept apart: mend it if it is a slip."
            )
    return said


def _spelt(word: str) -> bool:
    """Whether it is a word: what counts, as in class 1 and class 10, is not misspelt."""
    return not any(char.isdigit() for char in word)


def _several(table: Table, names: tuple[str, ...], task: Task | None) -> Target:
    binary = [table.frame[name].n_unique() == 2 for name in names]
    if task in ("binary", "multiclass"):
        raise DataError(
            f"{table.name}: data.task is {task}, which has one target, but data.target names"
            f" {len(names)}: {listed(names)}."
        )
    if task == "multilabel" or (task is None and all(binary)):
        why = "as data.task says" if task else "since each target has two values"
        return _multilabel(table, names, f"Task: multilabel, {why}.")
    if task is None:
        for name in names:
            _, bad = numbers(table.frame[name], table.dialect.decimal)
            if bad.sum() > 0.05 * len(bad):
                raise DataError(
                    f"{table.name}: several targets must all be numbers or all have two values;"
                    f" {quoted(name)} holds words and {table.frame[name].n_unique():,} of them."
                )
    why = "as data.task says" if task else f"since the {len(names)} targets are numbers"
    return _regression(table, names, f"Task: regression, {why}.")


def _regression(table: Table, names: tuple[str, ...], note: str) -> Target:
    columns = [strict_numbers(table, name, table.dialect.decimal) for name in names]
    for name, column in zip(names, columns, strict=True):
        if (column == column[0]).all():
            raise DataError(
                f"{table.name}: the target {quoted(name)} is {column[0]:g} in every row;"
                " there is nothing to predict."
            )
    values = np.stack(columns, axis=1)
    return Target("regression", names, values, (), (), (note,))


def _multilabel(table: Table, names: tuple[str, ...], note: str) -> Target:
    labels, values = [], []
    for name in names:
        words, ids = _labels(table, table.frame[name])
        if len(words) != 2:
            raise DataError(
                f"{table.name}: data.task is multilabel, so every target needs two values, but"
                f" {quoted(name)} has {len(words):,}: {listed(words, 5)}."
            )
        labels.append(words)
        values.append(ids.astype(np.float64))
    return Target("multilabel", names, np.stack(values, axis=1), names, tuple(labels), (note,))
