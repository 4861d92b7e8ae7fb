"""Study files drawn from the schema: every key may stand there, and everything fits together.

What a kind takes is drawn by kind, so that a new key is drawn by existing; what must fit among keys
(`hpsearch.study.checks`) is settled here a second time, by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from hpsearch.study import limits, schema
from hpsearch.study.kinds import (
    Flag,
    Hidden,
    KeepProb,
    Kind,
    Number,
    Options,
    Text,
    Texts,
    Whole,
    Word,
)
from hpsearch.study.ranges import Searched
from hpsearch.study.space import (
    NEEDS,
    Choice,
    Float,
    Int,
    Layers,
    Range,
    nearest,
    range_to_json,
)

Document = dict[str, Any]
"""A study file as tomllib gives it: tables by name, and `enqueue`."""

words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=8)
"""What a column may be called."""
_SHORT = 400
"""Layers and epochs are drawn up to here; the schema takes far more."""
wholes = st.integers(1, _SHORT)
shares = st.floats(0.01, 0.99)


# Ranges -----------------------------------------------------------------------------------------


@st.composite
def ints(draw, low=1, high=_SHORT):
    """A range of whole numbers between these."""
    first = draw(st.integers(low, high - 1))
    step = draw(st.integers(1, min(9, high - first)))
    last = first + step * draw(st.integers(1, min(50, (high - first) // step)))
    return Int(first, last, draw(st.booleans()) if step == 1 and first > 0 else False, step)


@st.composite
def floats(draw, between=shares):
    """A range of numbers whose ends are drawn from `between`."""
    low, high = sorted(draw(st.tuples(between, between)))
    assume(low < high)
    if draw(st.booleans()):
        return Float(low, high, draw(st.booleans()) and low > 0)
    return Float(low, high, False, (high - low) / draw(st.integers(1, 20)))


@st.composite
def layers(draw):
    """A range of hidden layers."""
    depth = tuple(sorted(draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))))
    width = tuple(sorted(draw(st.tuples(wholes, wholes))))
    assume(depth[0] < depth[1] or width[0] < width[1])
    shape = draw(st.sampled_from(["free", "funnel", "constant"]))
    return Layers(depth, width, draw(st.booleans()), shape)


def _range(inner: Kind) -> st.SearchStrategy[Any]:
    """A range of values of that kind, as a study file writes it."""
    options = st.lists(value(inner), min_size=2, max_size=4, unique_by=inner.read)
    found: list[st.SearchStrategy[Any]] = [options.map(lambda these: {"choice": these})]
    match inner:
        case Hidden():
            found.append(layers().map(range_to_json))
        case Whole(low, high):
            found.append(ints(low, min(high, low + _SHORT)).map(range_to_json))
        case Number(low, high):
            ends = st.floats(max(low, 1e-6), min(high, 1e4), exclude_max=high <= 1e4)
            found.append(floats(ends).map(range_to_json))
            if high > 10:
                found.append(ints(1, 9).map(range_to_json))
    return st.one_of(found)


# Values -----------------------------------------------------------------------------------------


def value(kind: Kind) -> st.SearchStrategy[Any]:
    """What may stand at a key of that kind, as TOML has it."""
    match kind:
        case Searched(inner):
            return st.one_of(value(inner), _range(inner))
        case schema.Validation():
            return st.one_of(st.just("auto"), _numbers(kind))
        case KeepProb():  # one a hidden layer only where there are so many
            return _numbers(kind)
        case Number():
            return _numbers(kind)
        case Whole(low, high):
            return st.integers(low, min(high, low + _SHORT)) | st.integers(low, high)
        case Flag():
            return st.booleans()
        case Word():
            return st.sampled_from(kind.names())
        case limits.Duration():
            return st.floats(0.1, 1e6) | st.sampled_from(["90s", "30m", "1h30m", "2d", "1.5h"])
        case limits.Keep():
            return st.sampled_from(["all", "none"]) | st.integers(1, 999_999).map("best:{}".format)
        case schema.ImageSize():
            side = st.integers(1, 4096)
            return side | st.lists(side, min_size=2, max_size=2)
        case Texts(alone, empty, none):
            each = words | st.just("") if empty else words
            several = st.lists(each, min_size=not none, max_size=4, unique=True)
            return several | words if alone else several
        case Text():
            return st.from_regex(kind.pattern, fullmatch=True).filter(lambda text: len(text) < 400)
        case Hidden():
            return st.lists(wholes, max_size=5)
        case Options():
            settings = st.booleans() | words | st.integers(-(2**62), 2**62) | st.floats(-1e9, 1e9)
            return st.dictionaries(words, settings, max_size=3)
    raise AssertionError(f"no strategy for {kind}")


def _numbers(kind: Number) -> st.SearchStrategy[Any]:
    ends: Any = {"exclude_min": not kind.low_fits, "exclude_max": not kind.high_fits}
    found = st.floats(kind.low, kind.high, allow_subnormal=False, **ends)
    low, high = floor(max(kind.low, -1e6)) + 1, ceil(min(kind.high, 1e6)) - 1
    return found | st.integers(low, high) if low <= high else found


# Files ------------------------------------------------------------------------------------------


@st.composite
def documents(draw) -> Document:
    """A study file in which everything fits together and takes effect."""
    training, network = draw(_trainings())
    study = draw(_studies(training, network))
    document: Document = {"study": study, "data": draw(_data()), "network": network}
    document["training"] = training
    document = {table: keys for table, keys in document.items() if keys or table == "data"}
    if entries := draw(st.lists(_entries(network, training), max_size=3)):
        document["enqueue"] = entries
    return document


def _some(table: str, *without: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any keys of a table with values that fit by themselves."""
    names = [key for key in schema.TABLES[table].model_fields if key not in without]
    kinds = {key: value(schema.kind_of(f"{table}.{key}")) for key in names}
    return st.fixed_dictionaries({}, optional=kinds)


def possible(written: Any, name: str) -> set[Any]:
    """The words that a key may come to have."""
    if isinstance(written, dict):
        return set(written["choice"])
    return {schema.default(name) if written is None else written}


@st.composite
def _trainings(draw):
    """[training] and [network]."""
    training = draw(_some("training", "epochs", "schedule_epochs", "decay_interval"))
    network = draw(_some("network"))
    for name, (chooser, effective) in NEEDS.items():
        key, by = name.partition(".")[2], chooser.partition(".")[2]
        if not possible(training.get(by), chooser).intersection(effective):
            training.pop(key, None)
    _draw_epochs(draw, training)
    hidden = network.get("layer_dims", [100])
    lists = [hidden] if isinstance(hidden, list) else hidden.get("choice")
    regularization = possible(training.get("regularization"), "training.regularization")
    if lists and not all(lists) and regularization & {"dropout", "both"}:
        network.pop("layer_dims")  # dropout needs hidden layers
    elif isinstance(hidden, list) and "keep_prob" in training and draw(st.booleans()):
        some_or_all = [draw(shares | st.just(1.0)) for _ in hidden[1:]]
        training["keep_prob"] = [draw(shares), *some_or_all]
    if isinstance(loss := training.get("loss"), dict):
        loss["choice"] = draw(st.permutations([name for name in _losses() if name != "auto"]))
    return training, network


def _losses() -> Iterable[str]:
    kind = schema.kind_of("training.loss")
    assert isinstance(kind, Searched)
    assert isinstance(kind.inner, Word)
    return kind.inner.names()


def _draw_epochs(draw: Any, training: dict[str, Any]) -> None:
    """How long a trial lasts, and the keys that are held against it."""
    epochs = draw(st.none() | st.integers(2, _SHORT) | ints(2).map(range_to_json))
    if epochs is not None:
        training["epochs"] = epochs
    fewest, most = epochs["int"] if isinstance(epochs, dict) else (epochs or 60,) * 2
    lasts = fewest
    if draw(st.booleans()):
        lasts = training["schedule_epochs"] = draw(st.integers(most, 2 * _SHORT))
    decays = possible(training.get("decay"), "training.decay")
    if "discrete" in decays and draw(st.booleans()):
        interval = st.integers(1, lasts - 1)
        if lasts > 2:
            interval |= ints(1, lasts - 1).map(range_to_json)
        training["decay_interval"] = draw(interval)


@st.composite
def _studies(draw, training, network):
    """[study]."""
    study = draw(_some("study"))
    if {"workers", "max_workers"} <= study.keys():
        study["workers"] = min(study["workers"], study["max_workers"])
    if isinstance(training.get("loss"), dict):
        study["metric"] = "val_accuracy"
    if study.get("pruner") == "none":
        study.pop("pruner_options", None)
    ranges = [given for given in (*training.values(), *network.values()) if isinstance(given, dict)]
    if any("float" in given and "step" not in given for given in ranges):
        study["sampler"] = draw(st.sampled_from(["tpe", "random", "qmc"]))
    return study


@st.composite
def _data(draw):
    """[data]."""
    data = draw(_some("data", "source", "path", "features", "drop", "target", "group", "order"))
    if draw(st.booleans()):
        data["source"] = draw(value(schema.kind_of("data.source")))
        for key in ("null_values", "separator", "decimal", "encoding"):
            data.pop(key, None)
    else:
        data["path"] = draw(value(schema.kind_of("data.path")))
    names = draw(st.lists(words, unique=True, max_size=6))
    for key in draw(st.lists(st.sampled_from(["target", "features", "drop"]), unique=True)):
        taken = draw(st.integers(0, len(names)))
        if taken or key == "drop":
            data[key], names = names[:taken], names[taken:]
    if names and draw(st.booleans()):
        data[draw(st.sampled_from(["group", "order"]))] = names[0]
    if "folds" in data:
        data.pop("repeats", None)
        data.pop("validation", None)
    data["test"] = draw(st.just(0) | st.floats(0, 0.5))
    if data.get("validation", "auto") != "auto":
        data["validation"] = draw(st.floats(0.01, 0.49))
    return data


@st.composite
def _entries(draw, network, training):
    """One [[enqueue]]."""
    tables = {"network": network, "training": training}
    written = {f"{table}.{key}": v for table, keys in tables.items() for key, v in keys.items()}
    space = {name: given for name, given in written.items() if isinstance(given, dict)}
    entry: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(sorted(space)), unique=True)) if space else ():
        entry[name] = draw(_within(name, space[name]))
    for name in list(entry):
        chooser, effective = NEEDS.get(name, ("", ()))
        if chooser in entry and entry[chooser] not in effective:
            del entry[name]
    return entry


def _within(name: str, written: Any) -> st.SearchStrategy[Any]:
    """What a range may become, as a study file writes it."""
    if "choice" in written:
        return st.sampled_from(written["choice"])
    found: Range = schema.kind_of(name).read(written)
    assert not isinstance(found, Choice)
    tries = (
        st.lists(wholes, max_size=6).map(tuple) if isinstance(found, Layers) else st.floats(0, 500)
    )
    near = tries.map(lambda tried: nearest(found, tried))
    return near.map(lambda one: list(one) if isinstance(one, tuple) else one)
