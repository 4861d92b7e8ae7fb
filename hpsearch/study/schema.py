"""The tables of a study file: every key, what may stand there, and what it is when left out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from hpsearch.study import families
from hpsearch.study.kinds import (
    Flag,
    Hidden,
    KeepProb,
    Kind,
    Name,
    Number,
    Options,
    Text,
    Texts,
    Whole,
    Word,
)
from hpsearch.study.limits import Duration, Keep
from hpsearch.study.options import NICE, WORKERS
from hpsearch.study.ranges import Searched

_SEED = Whole(0, 2**63 - 1)
_RATE = Number(0.0, 1e6)
_BETA = Number(0.0, 1.0, low_fits=True)
_EPOCHS = Whole(1, 100_000)
_MEMBERS = Whole(2, 100)
_CHARACTER = Text("one character in quotes", r"[^\r\n]")

NORMALIZERS = ("standard", "minmax", "quantile", "robust", "scale255", "none")
TASKS = ("binary", "multiclass", "multilabel", "regression")
PRUNERS = ("auto", "none", "median", "percentile", "halving", "hyperband", "threshold")


class Validation(Number):
    """A share, or "auto"."""

    @property
    def wanted(self) -> str:
        return f'"auto", or {super().wanted}'

    def read(self, value: object) -> Any:
        return value if value == "auto" else super().read(value)


class ImageSize(Kind):
    """Height and width in pixels; or one number for both."""

    @property
    def wanted(self) -> str:
        return "pixels, such as 64, or [height, width], each from 1 to 4096"

    def read(self, value: object) -> tuple[int, int]:
        sides: list[Any] = value if isinstance(value, list) else [value, value]
        if len(sides) != 2 or any(type(side) is not int for side in sides):
            raise self.refuse(value)
        if not all(1 <= side <= 4096 for side in sides):
            raise self.refuse(value)
        return sides[0], sides[1]


class Table(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Study(Table):
    """[study]: how to search, and for how long."""

    name: Annotated[Any, Name()] = None
    metric: Annotated[Any, Word("metric", families.metrics)] = "val_cost"
    trials: Annotated[Any, Whole(1, 1_000_000)] = 100
    complete_trials: Annotated[Any, Whole(1, 1_000_000)] = None
    timeout: Annotated[Any, Duration()] = None
    cpu_time: Annotated[Any, Duration()] = None
    stop_at: Annotated[Any, Number(-1e300, 1e300)] = None
    patience: Annotated[Any, Whole(1, 1_000_000)] = None
    sampler: Annotated[
        Any,
        Word("sampler", families.fixed("tpe", "random", "grid", "qmc"), ("cmaes", "gp", "nsga2")),
    ] = "tpe"
    pruner: Annotated[Any, Word("pruner", families.fixed(*PRUNERS))] = "auto"
    seed: Annotated[Any, _SEED] = 0
    workers: Annotated[Any, Whole(*WORKERS)] = None
    max_workers: Annotated[Any, Whole(*WORKERS)] = None
    backend: Annotated[Any, Word("backend", families.fixed("loky", "dask"), ("ray",))] = "loky"
    defaults_first: Annotated[Any, Flag()] = True
    warm_start: Annotated[Any, Texts(alone=True, none=True)] = None
    retries: Annotated[Any, Whole(0, 100)] = 2
    max_consecutive_failures: Annotated[Any, Whole(1, 1_000_000)] = 10
    trial_timeout: Annotated[Any, Duration()] = None
    stall_timeout: Annotated[Any, Duration()] = None
    keep: Annotated[Any, Keep()] = "best:10"
    nice: Annotated[Any, Whole(*NICE)] = 10
    sampler_options: Annotated[Any, Options()] = {}
    pruner_options: Annotated[Any, Options()] = {}


class Data(Table):
    """[data]: what to learn from, and how its rows are split."""

    source: Annotated[
        Any, Text('a source such as "sklearn:digits"', r"[A-Za-z0-9_.:/-]{1,256}")
    ] = None
    path: Annotated[Any, Text('a path such as "houses.csv"')] = None
    target: Annotated[Any, Texts(alone=True)] = None
    features: Annotated[Any, Texts()] = None
    drop: Annotated[Any, Texts(none=True)] = None
    task: Annotated[Any, Word("task", families.fixed(*TASKS))] = None
    positive: Annotated[Any, Text('a class such as "sick"')] = None
    null_values: Annotated[Any, Texts(empty=True, none=True)] = None
    separator: Annotated[Any, _CHARACTER] = None
    decimal: Annotated[Any, _CHARACTER] = None
    encoding: Annotated[
        Any, Text('an encoding such as "utf-8"', r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
    ] = None
    image_size: Annotated[Any, ImageSize()] = None
    split_seed: Annotated[Any, _SEED] = None
    test: Annotated[Any, Number(0.0, 1.0, low_fits=True)] = 0.2
    validation: Annotated[Any, Validation(0.0, 1.0)] = "auto"
    folds: Annotated[Any, _MEMBERS] = None
    repeats: Annotated[Any, _MEMBERS] = None
    group: Annotated[Any, Text('a column such as "patient"')] = None
    order: Annotated[Any, Text('a column such as "date"')] = None
    class_weight: Annotated[Any, Word("class weight", families.fixed("none", "balanced"))] = "none"
    normalize: Annotated[Any, Searched(Word("normalizer", families.fixed(*NORMALIZERS)))] = (
        "standard"
    )
    fingerprint: Annotated[Any, Text("what the export wrote", r"[0-9a-f]{8,128}")] = None


class Network(Table):
    """[network]: its layers."""

    layer_dims: Annotated[Any, Searched(Hidden())] = (100,)
    activation: Annotated[Any, Searched(Word("activation", families.activations))] = "relu"
    initializer: Annotated[Any, Searched(Word("initializer", families.initializers))] = "he_normal"
    max_parameters: Annotated[Any, Whole(1, 10**12)] = None


class Training(Table):
    """[training]: how the weights are found. What is None is left to other keys."""

    seed: Annotated[Any, _SEED] = None
    epochs: Annotated[Any, Searched(_EPOCHS)] = 60
    schedule_epochs: Annotated[Any, _EPOCHS] = None
    mini_batch_size: Annotated[Any, Searched(Whole(1, 1_048_576))] = 32
    optimizer: Annotated[Any, Searched(Word("optimizer", families.optimizers))] = "adam"
    learning_rate: Annotated[Any, Searched(_RATE)] = 1e-3
    beta1: Annotated[Any, Searched(_BETA)] = 0.9
    beta2: Annotated[Any, Searched(_BETA)] = 0.999
    weight_decay: Annotated[
        Any, Searched(Number(0.0, 1e6, because="; without weight decay choose adam"))
    ] = 0.01
    decay: Annotated[Any, Searched(Word("decay", families.decays))] = "none"
    decay_rate: Annotated[
        Any, Searched(Number(0.0, 1e6, because='; without it write decay = "none"'))
    ] = 0.01
    decay_interval: Annotated[Any, Searched(_EPOCHS)] = None
    regularization: Annotated[
        Any,
        Searched(Word("regularization", families.fixed("none", "l2", "dropout", "both"))),
    ] = "none"
    lambd: Annotated[
        Any, Searched(Number(0.0, 1e9, because='; without l2 write regularization = "none"'))
    ] = 1.0
    keep_prob: Annotated[
        Any, Searched(KeepProb(0.0, 1.0, because='; without dropout write regularization = "none"'))
    ] = 0.8
    clip_norm: Annotated[Any, Searched(_RATE)] = None
    early_stopping: Annotated[Any, Searched(Whole(0, 100_000))] = 10
    loss: Annotated[Any, Searched(Word("loss", families.losses))] = "auto"


TABLES: dict[str, type[Table]] = {
    "study": Study,
    "data": Data,
    "network": Network,
    "training": Training,
}


def kind_of(name: str) -> Kind:
    """What may stand at a key, by its full name."""
    table, _, key = name.partition(".")
    (kind,) = TABLES[table].model_fields[key].metadata
    return kind


def names() -> tuple[str, ...]:
    """Every key by its full name, in the order of the tables."""
    return tuple(f"{table}.{key}" for table, model in TABLES.items() for key in model.model_fields)


def searchable() -> tuple[str, ...]:
    """The keys whose value may be a range: what a configuration is made of."""
    return tuple(name for name in names() if isinstance(kind_of(name), Searched))


def default(name: str) -> Any:
    """What a key is when it is left out; None where that depends on others, or on the data."""
    table, _, key = name.partition(".")
    return TABLES[table].model_fields[key].default
