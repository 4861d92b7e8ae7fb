"""A study file for a table: what `hpsearch init` writes, with every choice and its reason."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from hpsearch.data import Data, load
from hpsearch.data.columns import MOST_LEVELS, Block, Category, Number, Unusable, judge
from hpsearch.data.loading import open_table, refuse_without_targets
from hpsearch.data.table import counted, quoted
from hpsearch.data.target import plain
from hpsearch.data.weighing import uneven
from hpsearch.study.defaults import default_space_toml
from hpsearch.study.options import DataOptions

_TARGET_WORDS = re.compile(
    r"(?i:(^|[_\s.-])(target|label|class|y|outcome|result|response|price|cost|sales?|demand|score"
    r"|quality|species|type|status|survived|churn(ed)?|default(ed)?|diagnosis|ziel|klasse|preis)$)"
)
_SHOWN = 60
"""Columns in use that are listed one by one; of images there are thousands."""


def propose(
    options: DataOptions, folder: Path, name: str, say: Callable[[str], None] = lambda note: None
) -> str:
    """The text of a study file, to stand in `folder`, that searches a network for this data.

    It reads back without a mistake. `say` hears what was read, guessed and left out.

    Raises:
        DataError: the data cannot be read, or not with that target.
    """
    data = load(options, say)
    metric, why = _metric(data)
    if why:
        say(f"Metric: {metric}, {why}.")
    parts = [
        *_opening(data, name),
        "[study]",
        _line("name", name, f"the run goes to runs/{name}/"),
        _line("metric", metric, why or "what trials are ranked by, on the validation rows"),
        _line("trials", _trials(data), "in all: raise it and run again to go on"),
        _line("seed", 0, "of the search, and of the split"),
        "",
        "[data]",
        *_source(options, data, folder),
        *_left_out(data, (options.group, options.order)),
        _line("test", options.test, "share of all rows that only `hpsearch retrain` reads"),
        *_evaluation(data),
        *_weights(data),
        _line(
            "normalize",
            _normalizer(data),
            "standard | minmax | quantile | robust | scale255 | none",
        ),
        "",
        default_space_toml(data.task),
    ]
    return "\n".join(parts)


def study_name(source: str) -> str:
    """A name a study may have, made from a file's or a bundled set's.

    >>> study_name("Häuser (2020).csv")
    'H-user-2020'
    """
    stem = source.partition(":")[2] if ":" in source else Path(source).stem
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("._-")[:64] or "study"


def likely_targets(options: DataOptions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """For a table whose target is not known: a line for each column, and the likeliest targets.

    Raises:
        DataError: the table cannot be read.
    """
    table = open_table(options)
    refuse_without_targets(table)
    rows = np.arange(table.frame.height)
    lines, scores = [], {}
    for at, column in enumerate(table.frame.get_columns()):
        found = judge(column, rows, table.dialect.decimal)
        if isinstance(found, Unusable):
            about = f"cannot be used: {found.reason}"
        elif isinstance(found, Category):
            about = f"category, {column.drop_nulls().n_unique():,} different"
        elif isinstance(found, Block):
            about = f"arrays of {found.size:,} numbers"
        elif words := _two_words(column, found):
            about = f"boolean, {' or '.join(words)}"
        else:
            about = "number"
        lines.append(f"{quoted(column.name)}: {about}")
        if isinstance(found, (Unusable, Block)):
            continue
        different = column.drop_nulls().n_unique()
        if different < 2:  # nothing to tell apart
            continue
        last = at == table.frame.width - 1
        if isinstance(found, Category):
            classes = different <= MOST_LEVELS
        else:
            classes = bool(_two_words(column, found))
        named = bool(_TARGET_WORDS.search(column.name))
        scores[column.name] = 4 * named + 2 * last + classes
    likely = sorted(scores, key=lambda column: -scores[column])
    return tuple(lines), tuple(column for column in likely[:3] if scores[column])


def _two_words(column: pl.Series, found: Number) -> tuple[str, ...]:
    return ("false", "true") if column.dtype == pl.Boolean else found.words or ()


def _opening(data: Data, name: str) -> list[str]:
    what = ", ".join(quoted(target) for target in data.target.names)
    rows = sum(data.rows.values())
    return [
        f"# {data.name}: {data.task}, {what} from {counted(len(data.inputs), 'column')}"
        f" of {rows:,} rows.",
        "#",
        f"#   hpsearch check {name}.toml     what this file means",
        f"#   hpsearch run {name}.toml       search; running it again goes on",
        "#",
        "# Write a value to fix it, a range to search it: { float = [low, high], log = true },",
        "# { int = [low, high] } or { choice = [a, b] }.",
        "",
    ]


def _metric(data: Data) -> tuple[str, str]:
    """What to rank by; and why, where it is not the cost."""
    found = uneven(data.target, data.split.train)
    if found is None:
        return "val_cost", ""
    metric = "val_roc_auc" if data.task == "binary" else "val_f1"
    return metric, f"and not val_cost, since {found}"


def _looked_for(data: Data) -> str:
    """Of two classes the rare one, where one is rare; else the second."""
    rare = uneven(data.target, data.split.train) is not None
    counts = np.bincount(data.target.values[data.split.train])
    return data.target.classes[int(counts.argmin()) if rare else 1]


def _weights(data: Data) -> list[str]:
    """Class weights, where a network would else learn to say the common class only."""
    if uneven(data.target, data.split.train) is None:
        return []
    return [
        _line("class_weight", "balanced", "rare classes count like common ones when learning;"),
        f'{"":<40}# with "none" probabilities stay as they are, and rare classes are seldom said',
    ]


def _evaluation(data: Data) -> list[str]:
    """How trials are judged: what `auto` chose, written out."""
    share, folds = data.evaluation.validation, len(data.evaluation.folds)
    if folds:
        return [
            _line("folds", folds, "parts that take turns at judging what the others taught;"),
            f"{'':<40}# quicker and less sure: validation = 0.2, a share of all rows",
        ]
    return [_line("validation", share, "share of all rows that trials are judged by")]


def _trials(data: Data) -> int:
    """A budget that ends within the hour or so on two cores."""
    cells = data.rows["train"] * data.features
    if cells <= 2_000_000:
        return 100
    return 60 if cells <= 20_000_000 else 30


def _normalizer(data: Data) -> str:
    """What suits: the bytes of images have a scale of their own."""
    images = all(isinstance(column, Block) and column.octets for column in data.inputs)
    return "scale255" if images else "standard"


def _source(options: DataOptions, data: Data, folder: Path) -> list[str]:
    if options.source is not None:
        lines = [_line("source", options.source, "made, or comes with its library")]
    else:
        path = Path(os.path.relpath(options.path or "", folder)).as_posix()
        lines = [_line("path", path, "from this file's folder")]
    if options.target:
        target = options.target[0] if len(options.target) == 1 else list(options.target)
        lines.append(_line("target", target, "to be predicted"))
    lines.append(_line("task", data.task, "binary | multiclass | multilabel | regression"))
    if data.task == "binary" and not plain(data.target.classes):
        lines.append(
            _line("positive", _looked_for(data), "whose precision, recall and F1 are told")
        )
    dialect = data.dialect
    if dialect.separator is not None:
        lines.append(_line("separator", dialect.separator, "between cells"))
        lines.append(_line("decimal", dialect.decimal, "in numbers"))
    if dialect.image_size is not None:
        lines.append(_line("image_size", list(dialect.image_size), "height and width in pixels"))
    encoding = options.encoding or data.encoding
    if encoding not in (None, "utf-8"):
        lines.append(_line("encoding", encoding, "of the file"))
    if options.group is not None:
        lines.append(_line("group", options.group, "rows that share its cell stay on one side"))
    if options.order is not None:
        lines.append(_line("order", options.order, "the newest rows are tested on"))
    if options.null_values is not None:
        lines.append(_line("null_values", list(options.null_values), "read as empty"))
    return lines


def _left_out(data: Data, tying: Sequence[str | None]) -> list[str]:
    """The columns: those in use as comments, those left out as a list with the reasons."""
    used = [column for column in data.columns if column.inputs]
    lines = ["# Columns in use. To choose them by name: features = [...]"]
    lines += [
        f"#   {quoted(column.name)}: {column.kind}, {column.detail}"
        + (f" ({column.missing:,} empty)" if column.missing else "")
        for column in used[:_SHOWN]
    ]
    if len(used) > _SHOWN:
        lines.append(f"#   and {len(used) - _SHOWN:,} more")
    out = [c for c in data.columns if c.kind == "left out" and c.name not in tying]
    if out:
        lines.append("drop = [  # left out, and why")
        lines += [f"    {_toml(column.name)},  # {column.detail}" for column in out]
        lines.append("]")
    return lines


def _line(key: str, value: object, comment: str) -> str:
    setting = f"{key} = {_toml(value)}"
    return f"{setting:<40}# {comment}" if comment else setting


def _toml(value: object) -> str:
    """A string, number or list as TOML writes it: JSON does, but for one control character."""
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
