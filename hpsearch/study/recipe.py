"""From a configuration in the study file's words to a recipe that nncore trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from hpsearch.study.options import Task
from hpsearch.study.space import Config, Value, parameters
from nncore import Recipe, Sequential, losses, optimizers, schedules

if TYPE_CHECKING:
    from hpsearch.data import Data
    from hpsearch.study.studyfile import StudyFile

OUTPUTS: Mapping[Task, tuple[str, str]] = {
    "binary": ("sigmoid", "binary_cross_entropy"),
    "multilabel": ("sigmoid", "binary_cross_entropy"),
    "multiclass": ("softmax", "categorical_cross_entropy"),
    "regression": ("linear", "mse"),
}
"""The output activation of a task, and the loss that `loss = "auto"` means."""

_SHOWN: Mapping[Task, tuple[str, ...]] = {
    "binary": ("accuracy",),
    "multilabel": ("accuracy", "subset_accuracy"),
    "multiclass": ("accuracy",),
    "regression": ("rmse", "mae", "r2"),
}


@dataclass(frozen=True)
class Shape:
    """What the data decides about a network."""

    features: int
    outputs: int
    task: Task

    @classmethod
    def of(cls, data: Data) -> Self:
        """The shape that fits a data set."""
        return cls(data.features, data.outputs, data.task)

    def to_json(self) -> dict[str, Any]:
        """For the wire and for `model.json`; the fields by name."""
        return asdict(self)


def cook(
    config: Config, shape: Shape, metrics: Sequence[str] = (), measured: int | None = None
) -> Recipe:
    """The recipe for a configuration.

    Args:
        config: only what takes effect, by full names.
        shape: what the data decides.
        metrics: what to measure each epoch, in nncore's names.
        measured: training rows that are measured, at most.
    """
    regularization = config.get("training.regularization", "none")
    keep = config.get("training.keep_prob") if regularization in ("dropout", "both") else None
    lambd = config.get("training.lambd") if regularization in ("l2", "both") else None
    loss = str(config.get("training.loss", "auto"))
    return Recipe(
        network=network(config, shape, keep),
        loss=losses[OUTPUTS[shape.task][1] if loss == "auto" else loss](),
        optimizer=_made(optimizers, config, "training.optimizer", "adam"),
        learning_rate=_number(config, "training.learning_rate"),
        schedule=_made(schedules, config, "training.decay", "none"),
        epochs=int(_number(config, "training.epochs")),
        mini_batch_size=int(_number(config, "training.mini_batch_size")),
        lambd=float(lambd) if isinstance(lambd, (int, float)) else 0.0,
        clip_norm=_optional(config, "training.clip_norm"),
        schedule_epochs=_whole(config, "training.schedule_epochs"),
        metrics=tuple(metrics),
        measured=measured,
    )


def network(config: Config, shape: Shape, keep_prob: Value | None = None) -> Sequential:
    """The network of a configuration."""
    return Sequential.from_dims(
        [shape.features, *_hidden(config), shape.outputs],
        activation=str(config["network.activation"]),
        output=OUTPUTS[shape.task][0],
        initializer=str(config["network.initializer"]),
        keep_prob=_kept(keep_prob),
    )


def network_parameters(config: Config, shape: Shape) -> int:
    """Weights and biases of a configuration's network."""
    return parameters(_hidden(config), shape.features, shape.outputs)


def training_bytes(study: StudyFile, shape: Shape, members: int = 1) -> int:
    """Memory that training the largest network of a study takes, roughly.

    Weights, gradient, two moments, the best epoch's weights and room for a checkpoint, in float32;
    of each of the networks that a trial trains.
    """
    largest = study.largest()
    return members * 8 * 4 * network_parameters(largest, shape)


def recorded(task: Task, metric: str) -> list[str]:
    """What is measured each epoch, in nncore's names: what the task shows, and what ranks."""
    names = list(_SHOWN[task])
    ranked = metric.removeprefix("val_").removeprefix("train_")
    if ranked not in ("cost", "parameters") and ranked not in names:
        names.append(ranked)
    return names


def _hidden(config: Config) -> tuple[int, ...]:
    widths = config["network.layer_dims"]
    assert isinstance(widths, tuple)
    return tuple(int(width) for width in widths)


def _kept(keep_prob: Any) -> Any:
    """What dropout keeps, of all hidden layers or of each; one that keeps all has no dropout."""
    if not isinstance(keep_prob, tuple):
        return keep_prob
    return [None if share == 1.0 else share for share in keep_prob]


def _made(registry: Any, config: Config, name: str, default: str) -> Any:
    """A member of a registry, with whichever of its settings the configuration has."""
    kind = registry[str(config.get(name, default))]
    settings = {
        field.name: config[f"training.{field.name}"]
        for field in fields(kind)
        if f"training.{field.name}" in config
    }
    return kind(**settings)


def _number(config: Config, name: str) -> float:
    value = config[name]
    assert isinstance(value, (int, float))
    return value


def _optional(config: Config, name: str) -> float | None:
    return _number(config, name) if name in config else None


def _whole(config: Config, name: str) -> int | None:
    return int(_number(config, name)) if name in config else None
