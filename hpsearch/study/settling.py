"""What only the data can tell about a study file: its task, and how wide its ends are."""

from __future__ import annotations

from typing import Any

from hpsearch.study import families
from hpsearch.study.kinds import shown
from hpsearch.study.mistakes import Mistakes
from hpsearch.study.options import Task
from hpsearch.study.ranges import WholeNetwork
from hpsearch.study.space import Choice, Layers, corners, parameters

_LAYERS = "network.layer_dims"


def hold_layers(
    layers: Any, features: int, outputs: int, limit: int | None, mistakes: Mistakes
) -> None:
    """Refuse layers that are, or might be meant to be, of another data set's width."""
    if isinstance(layers, WholeNetwork):
        _hold_whole(layers.dims, features, outputs, mistakes)
        layers = layers.hidden
    elif isinstance(layers, tuple) and _could_be_whole(layers, features, outputs):
        inside = [features, *layers, outputs]
        mistakes.add(
            _LAYERS,
            f"{shown(layers)} could be the whole network, from {features} features to {outputs} "
            f"outputs, or its hidden layers; write {{ all = {shown(layers)} }} for the first, "
            f"{{ all = {inside} }} for the second.",
        )
    elif isinstance(layers, Choice):
        options: list[Any] = list(layers.options)
        if all(_could_be_whole(option, features, outputs) for option in options):
            mistakes.add(
                _LAYERS,
                f"every option begins with {features} and ends with {outputs}, as the data does; "
                "write the hidden layers alone.",
            )
    _hold_to_limit(layers, features, outputs, limit, mistakes)


def _hold_whole(dims: tuple[int, ...], features: int, outputs: int, mistakes: Mistakes) -> None:
    for what, written, true in (
        ("begins", dims[0], features),
        ("ends", dims[-1], outputs),
    ):
        if written != true:
            kind = "features" if what == "begins" else "outputs"
            mistakes.add(
                _LAYERS,
                f"all {what} with {written}, but the data has {true} {kind}; write {true}.",
            )


def _could_be_whole(layers: tuple[int, ...], features: int, outputs: int) -> bool:
    return len(layers) >= 2 and (layers[0], layers[-1]) == (features, outputs)


def _hold_to_limit(
    layers: Any, features: int, outputs: int, limit: int | None, mistakes: Mistakes
) -> None:
    if limit is None:
        return
    small, _ = corners(layers, features, outputs)
    least = parameters(small, features, outputs)
    if least > limit:
        which = "the smallest network" if isinstance(layers, (Layers, Choice)) else "the network"
        mistakes.add(
            "network.max_parameters",
            f"is {limit}, but {which} has {least} parameters; raise it, or take smaller layers.",
        )


def hold_metric(metric: str, task: Task, mistakes: Mistakes) -> None:
    """Refuse a metric that says nothing about such a target."""
    about_classes = families.is_about_classes(metric)
    if about_classes is None or about_classes == (task != "regression"):
        return
    fits = [
        name
        for name in families.metrics()
        if families.is_about_classes(name) in (None, task != "regression")
    ]
    sentence = f'"{metric}" does not fit a {task} task; write one of {", ".join(fits)}.'
    mistakes.add("study.metric", sentence)


def loss(written: Any, task: Task, mistakes: Mistakes) -> Any:
    """The loss, with `auto` resolved; or its range."""
    from hpsearch.study.recipe import OUTPUTS

    usual = {name: made for name, (_, made) in OUTPUTS.items()}
    classes = {made for name, made in usual.items() if name != "regression"}
    fits = [
        name
        for name in families.losses()[1:]
        if (name == usual[task] if task != "regression" else name not in classes)
    ]
    for name in written.options if isinstance(written, Choice) else (written,):
        if name != "auto" and name not in fits:
            mistakes.add(
                "training.loss",
                f'"{name}" does not fit a {task} task; write "auto" or {" or ".join(fits)}.',
            )
    return usual[task] if written == "auto" else written
