"""What `hpsearch retrain` prints: a model's test figures, beside simpler models'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hpsearch.data.table import quoted
from hpsearch.view.format import figure

if TYPE_CHECKING:
    from hpsearch.models.saved import SavedModel
    from hpsearch.models.worth import Worth

Pair = Sequence[float] | None


def lines(model: SavedModel, worth: Worth, epochs: int) -> Iterator[str]:
    """A row for each model and two for the interval, a column for each figure; what it is worth."""
    rows, test = model.rows, model.metrics["test"]
    many = f" in {model.members} networks" if model.members > 1 else ""
    trained = f"{epochs} epochs on {rows['train']:,} rows{many}"
    of = f"; f1 is that of {quoted(model.encoder.classes[1])}" if model.task == "binary" else ""
    yield f"{model.name}: {trained}, tested on {rows['test']:,}{of}"
    every = [["", *test], *_models(test, model.intervals.get("test", {}), worth)]
    yield from _table(every)
    if worth.ahead:
        yield ""
        yield from _differences(test, worth)


def _models(
    test: Mapping[str, float | None], intervals: Mapping[str, Pair], worth: Worth
) -> Iterator[list[str]]:
    yield ["this model", *(figure(value) for value in test.values())]
    if intervals:
        pairs = [intervals.get(name) for name in test]
        for head, at in (("  95 % from", 0), ("       to", 1)):
            yield [head, *(figure(pair[at] if pair else None) for pair in pairs)]
    for name, figures in worth.baselines.items():
        yield [name, *(figure(figures[metric]) for metric in test)]


def _differences(test: Mapping[str, float | None], worth: Worth) -> Iterator[str]:
    """How far ahead of each baseline, and how much of that may be the rows' chance."""
    name = worth.judged
    less = ", less is better" if name == "rmse" else ""
    every = [[f"{name} above that of{less}", "by", "95 % from", "to"]]
    digits = 4 if (test[name] or 0.0) < 100 else 1  # as `figure` shows it
    for baseline, interval in worth.ahead.items():
        theirs, mine = worth.baselines[baseline][name], test[name]
        apart = None if mine is None or theirs is None else mine - theirs
        told = (apart, *(interval or (None, None)))
        every.append([f"  {baseline}", *(_signed(value, digits) for value in told)])
    yield from _table(every)


def _signed(value: float | None, digits: int) -> str:
    return figure(None) if value is None else f"{value:+.{digits}f}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for first, *others in rows:
        cells = (f"{cell:>{width}}" for cell, width in zip(others, wide[1:], strict=True))
        yield f"  {first:<{wide[0]}}  {'  '.join(cells)}".rstrip()
