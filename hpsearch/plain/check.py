"""The text of `hpsearch check`: what a study file means, before anything is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hpsearch.data import ColumnReport, Data
from hpsearch.data.folding import AUTO_FOLDS, AUTO_ROWS, AUTO_SHARE
from hpsearch.data.weighing import uneven
from hpsearch.study.kinds import shown
from hpsearch.study.recipe import Shape, cook, network_parameters
from hpsearch.study.space import (
    NEEDS,
    Choice,
    Config,
    Float,
    Int,
    Layers,
    Range,
    Value,
    corners,
    parameters,
)
from hpsearch.study.studyfile import StudyFile
from hpsearch.view.format import cells, clean, duration, pad
from nncore import Dataset, Diverged, train

_LAYERS = "network.layer_dims"
_WORK = 1e9
"""Multiplications a measured epoch may take: well under a second."""
_EPOCHS = 3


def study_text(study: StudyFile) -> Iterator[str]:
    """What the file alone tells, line by line."""
    options = study.study
    yield f"study     {options.name}"
    trials = "1 trial" if options.trials == 1 else f"{options.trials} trials"
    yield f"budget    {trials} in all, ranked by {options.metric}; seed {options.seed}"
    yield f"sampler   {options.sampler}; pruner {_pruner(study)}"
    yield f"reads     {clean(_source(study))}"
    yield f"judged    {_judged(study)}"
    if not study.space:
        yield "searched  nothing: every trial would be the same, so one is run"
    else:
        yield "searched"
        told = {name: _range(range_) + _only(study, name) for name, range_ in study.space.items()}
        yield from _aligned(told)
    yield "fixed"
    yield from _aligned({name: clean(_value(value)) for name, value in study.fixed.items()})
    for entry in study.enqueue:
        words = ", ".join(f"{name} = {_value(value)}" for name, value in entry.items())
        yield f"first     {clean(words) or 'whatever the sampler draws'}"
    if options.defaults_first and study.space:
        first = ", ".join(f"{_last(name)} {_value(v)}" for name, v in study.defaults().items())
        yield f"{'then' if study.enqueue else 'first'}".ljust(10) + f"the defaults: {clean(first)}"


def data_text(study: StudyFile, data: Data) -> Iterator[str]:
    """What the data adds: its columns and splits, and how large and slow networks may get."""
    yield f"data      {clean(data.name)}: {data.task}, {_ends(data)}"
    for note in data.notes:
        yield f"          {clean(note)}"
    if data.class_weight == "none" and (found := uneven(data.target, data.split.train)):
        yield f'          {clean(found)}: class_weight = "balanced" makes the others count.'
    yield "columns"
    yield from _columns(data.columns)
    yield from _sizes(study, data)


def _pruner(study: StudyFile) -> str:
    if study.study.pruner != "auto":
        return study.study.pruner
    chosen = "median" if study.study.trials < 300 else "hyperband"
    return f"auto, which is {chosen} (median below 300 trials, hyperband from there)"


def _source(study: StudyFile) -> str:
    if study.data.path is not None:
        return f"{study.data.path}, and nothing from the network"
    return f"{study.data.source}, which comes with its library: no file, nothing from the network"


def _judged(study: StudyFile) -> str:
    data = study.data
    if data.folds is not None:
        return f"in {data.folds} folds; a score is their mean"
    share = AUTO_SHARE if data.validation == "auto" else data.validation
    told = f"by {share:g} of the rows"
    if data.repeats is not None:
        return f"{told}, with {data.repeats} seeds; a score is their mean"
    if data.validation == "auto":
        return f"auto: in {AUTO_FOLDS} folds below {AUTO_ROWS:,} rows to learn from, else {told}"
    return told


def _only(study: StudyFile, name: str) -> str:
    """Which of the study's own choices bring a range into play, where not all of them do."""
    chooser, words = NEEDS.get(name, ("", ()))
    range_ = study.space.get(chooser)
    if not isinstance(range_, Choice) or set(range_.options) <= set(words):
        return ""
    known = [str(option) for option in range_.options if option in words]
    return f"; only with {_last(chooser)} {' or '.join(known)}"


def _range(range_: Range) -> str:
    match range_:
        case Choice(options):
            text = "one of " + ", ".join(_value(option) for option in options)
        case Layers(depth, width):
            deep = _between(depth) + (" layers" if depth[1] > 1 else " layer")
            text = f"{deep} of {_between(width)} units, {range_.shape}"
        case Int(low, high) | Float(low, high):
            text = f"{_value(low)} to {_value(high)}"
            if range_.step not in (None, 1):
                text += f" in steps of {_value(range_.step)}"
    if not isinstance(range_, Choice) and range_.log:
        text += ", log"
    return clean(text)


def _between(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} to {pair[1]}"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return value
    return f"{value:g}" if isinstance(value, float) else shown(value)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _ends(data: Data) -> str:
    outputs = "1 output" if data.outputs == 1 else f"{data.outputs} outputs"
    return f"{data.features} features, {outputs}"


def _columns(columns: tuple[ColumnReport, ...]) -> Iterator[str]:
    def missing(column: ColumnReport) -> str:
        return f"{column.missing:,} empty"

    rows = [
        (clean(column.name), column.kind, missing(column), clean(column.detail))
        for column in columns
    ]
    widths = [max(cells(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        parts = [pad(text, width) for text, width in zip(row, widths, strict=False)]
        yield f"  {'  '.join([*(part for part in parts if part), row[3]])}".rstrip()


def _aligned(told: Mapping[str, str]) -> Iterator[str]:
    width = max(map(cells, told), default=0)
    for name, text in told.items():
        yield f"  {pad(name, width)}  {text}"


def _sizes(study: StudyFile, data: Data) -> Iterator[str]:
    layers = study.space[_LAYERS] if _LAYERS in study.space else study.fixed[_LAYERS]
    small, large = corners(layers, data.features, data.outputs, study.max_parameters)
    config = study.config(study.defaults())
    dataset = next(data.prepared(str(config["data.normalize"]))).dataset
    named = {"network": small} if small == large else {"smallest": small, "largest": large}
    for name, dims in named.items():
        count = parameters(dims, data.features, data.outputs)
        chain = "-".join(map(str, (data.features, *dims, data.outputs)))
        members = data.evaluation.members
        seconds = epoch_seconds({**config, _LAYERS: dims}, dataset, Shape.of(data), members)
        times = f" of all {members} networks" if members > 1 else ""
        yield (
            f"{pad(name, 8)}  {chain}: {count:,} parameters, {_bytes(4 * count)}, "
            f"about {_brief(seconds)} an epoch{times}"
        )


def _brief(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else duration(seconds)


def _bytes(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def epoch_seconds(config: Config, dataset: Dataset, shape: Shape, members: int = 1) -> float:
    """How long one epoch of a configuration takes here, for so many networks trained together.

    Measured; a large network on some of the rows, so that the answer is there within seconds.
    """
    work = 6 * len(dataset.x) * network_parameters(config, shape) * members
    rows = max(1, min(len(dataset.x), int(len(dataset.x) * _WORK / work)))
    part = Dataset(dataset.x[:rows], dataset.y[:rows], y_scale=dataset.y_scale)
    recipe = cook({**config, "training.epochs": _EPOCHS}, shape)
    shortest = float("inf")
    try:
        for epoch in train(recipe, part, 0, members if members > 1 else None):
            shortest = min(shortest, epoch.seconds)
    except Diverged:  # the defaults are too fast for this data; the epochs so far will do
        pass
    return shortest * len(dataset.x) / rows
