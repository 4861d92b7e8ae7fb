"""Networks in words: the summary table, and plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import prod
from typing import Any

from nncore.activations import activations
from nncore.buffers import Plan
from nncore.initializers import initializers
from nncore.layers import Layer, layers
from nncore.losses import losses
from nncore.optimizers import optimizers
from nncore.registry import Registry
from nncore.schedules import schedules

FAMILIES: Mapping[str, Registry[Any]] = {
    "layer": layers,
    "activation": activations,
    "initializer": initializers,
    "loss": losses,
    "optimizer": optimizers,
    "schedule": schedules,
}


def parameters(plan: Plan) -> int:
    """How many numbers a layer learns."""
    return sum(prod(param.shape) for param in plan.params.values())


def summary(stages: Sequence[Layer], plans: Sequence[Plan]) -> str:
    """A table of layers; an output activation may come after those that have plans."""
    rows = [("layer", "output shape", "parameters")]
    width = 0
    for i, stage in enumerate(stages):
        width = plans[i].width if i < len(plans) else width
        count = parameters(plans[i]) if i < len(plans) else 0
        rows.append((_said(stage), f"(rows, {width})", f"{count:,}"))
    rows.append(("total", "", f"{sum(map(parameters, plans)):,}"))
    first, second, third = (max(len(row[i]) for row in rows) for i in range(3))
    lines = [f"{a:<{first}}  {b:<{second}}  {c:>{third}}" for a, b, c in rows]
    rule = "─" * len(lines[0])
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _said(stage: Layer) -> str:
    """A layer's name, and its one number where it has one."""
    described = to_json(stage)
    family = "layer" if "layer" in described else "activation"
    numbers = [f"{v:g}" for v in described.values() if isinstance(v, int | float)]
    return " ".join([described[family], *numbers])


def to_json(thing: Any) -> dict[str, Any]:
    """A registered frozen dataclass as {family: name, field: value, …}."""
    for family, registry in FAMILIES.items():
        if type(thing) in (registry[name] for name in registry):
            described: dict[str, Any] = {family: registry.name_of(thing)}
            break
    else:
        raise LookupError(f"{type(thing).__name__} is not registered, so it cannot be described.")
    for one in fields(thing):
        value = getattr(thing, one.name)
        described[one.name] = to_json(value) if is_dataclass(value) else value
    return described


def layer_from_json(described: Mapping[str, Any]) -> Layer:
    """The layer or activation that `to_json` described.

    Raises:
        LookupError: a name nobody knows.
        TypeError, ValueError: a value the thing does not take.
    """
    thing = from_json(described)
    if not hasattr(thing, "forward"):
        raise ValueError(f"{type(thing).__name__} stands where a layer should.")
    return thing


def from_json(described: Mapping[str, Any]) -> Any:
    """Whatever `to_json` described."""
    family = next((f for f in FAMILIES if isinstance(described.get(f), str)), None)
    if family is None:
        raise ValueError(f"One of {', '.join(FAMILIES)} should name {dict(described)!r}.")
    values = {
        key: from_json(value) if isinstance(value, Mapping) else value
        for key, value in described.items()
        if key != family
    }
    return FAMILIES[family][described[family]](**values)
