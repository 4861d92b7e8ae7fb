"""Layers in a row: the description that becomes a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nncore import describing
from nncore.activations import Activation, Linear, Sigmoid, Softmax, activations
from nncore.buffers import Buffers, Plan
from nncore.checks import whole
from nncore.initializers import Initializer, initializers
from nncore.layers import Dense, Dropout, Layer
from nncore.members import member_of
from nncore.network import Network

OUTPUTS = (Softmax, Sigmoid, Linear)
"""Activations that, standing last, turn logits into predictions and are left to the loss."""


@dataclass(frozen=True)
class Sequential:
    """Layers applied in order: a description of a network, not yet the network.

    A softmax, sigmoid or linear at the end is the output activation: `predict` applies it, losses
    take what comes before.

    >>> Sequential((Dense(64), activations["relu"](), Dense(10)), width=64).parameters()
    4810
    """

    layers: tuple[Layer, ...]
    width: int | None = None
    """Features per row going in, where it is known."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        for place, stage in enumerate(self.layers):
            if isinstance(stage, type) or not hasattr(stage, "forward"):
                raise ValueError(
                    f"Layer {place} is {stage!r}, which is no layer: Dense(64), say, or "
                    "activations['relu']()."
                )
        if self.width is not None:
            whole("width", self.width)
        if not self.body:
            raise ValueError("A Sequential needs a layer besides its output activation.")

    @classmethod
    def from_dims(
        cls,
        layer_dims: Sequence[int],
        *,
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        initializer: str | Initializer = "he_normal",
        keep_prob: float | Sequence[float | None] | None = None,
    ) -> Sequential:
        """Dense layers with an activation, and dropout if asked, after each hidden one.

        Args:
            layer_dims: the whole list, the input's width first and the outputs last.
            keep_prob: for every hidden layer, or one a hidden layer (None: no dropout there).
        """
        if not isinstance(layer_dims, Iterable) or len(layer_dims) < 2:
            raise ValueError(
                f"layer_dims is {layer_dims!r}; it is the whole list, from the input's width "
                "to the outputs: at least two numbers."
            )
        act = activation if isinstance(activation, Activation) else activations[activation]()
        out = output if isinstance(output, Activation) else activations[output]()
        init = initializers[initializer]() if isinstance(initializer, str) else initializer
        width, *hidden, outputs = (whole("a width in layer_dims", one) for one in layer_dims)
        keeps = _one_each(keep_prob, len(hidden))
        stages: list[Layer] = []
        for units, keep in zip(hidden, keeps, strict=True):
            stages += [Dense(units, init), act]
            stages += [Dropout(keep)] if keep is not None else []
        return cls((*stages, Dense(outputs, init), out), width)

    @property
    def body(self) -> tuple[Layer, ...]:
        """The layers without the output activation."""
        return self.layers[:-1] if self._ends_in_output() else self.layers

    @property
    def output(self) -> Activation:
        """What turns logits into predictions; linear where nothing is said."""
        last = self.layers[-1]
        return last if isinstance(last, OUTPUTS) else Linear()

    def _ends_in_output(self) -> bool:
        return bool(self.layers) and isinstance(self.layers[-1], OUTPUTS)

    def ending_in(self, link: type[Activation]) -> Sequential:
        """The same with the output activation a loss asks for.

        Raises:
            ValueError: it ends in another one.
        """
        if isinstance(self.output, link):
            return self
        if not isinstance(self.output, Linear):
            raise ValueError(
                f"The network ends in {activations.name_of(self.output)}, but the loss takes "
                f"{activations.name_of(link())}. End it in that, or choose another loss."
            )
        return replace(self, layers=(*self.body, link()))

    def member(self, member: int) -> Sequential:
        """As it is for one member: its own keep_prob, where each has one."""
        return replace(self, layers=tuple(member_of(stage, member) for stage in self.layers))

    def plans(self, width: int | None = None) -> list[Plan]:
        """Each layer's plan, without the output activation, for inputs of that width."""
        if self.width is not None and width is not None and self.width != width:
            raise ValueError(f"The network takes {self.width} features, but the data has {width}.")
        width = self.width if width is None else width
        if width is None:
            raise ValueError("How many features go in? Give `width`.")
        plans: list[Plan] = []
        for stage in self.body:
            plans.append(stage.plan(width))
            width = plans[-1].width
        return plans

    def parameters(self, width: int | None = None) -> int:
        """How many numbers it learns."""
        return sum(describing.parameters(plan) for plan in self.plans(width))

    def summary(self, width: int | None = None) -> str:
        """A table: each layer, its output's shape, its parameters, and the total."""
        return describing.summary(self.layers, self.plans(width))

    def to_json(self) -> dict[str, Any]:
        """A description of plain values, which `from_json` reads."""
        return {"width": self.width, "layers": [describing.to_json(s) for s in self.layers]}

    @classmethod
    def from_json(cls, described: Mapping[str, Any]) -> Sequential:
        """The network `to_json` described.

        Raises:
            LookupError: a layer, activation or initializer that is not known.
            TypeError, ValueError: it is known, but takes no such value.
        """
        if not isinstance(described.get("layers"), list):
            raise ValueError("A network's description has a list called 'layers'.")
        stages = tuple(describing.layer_from_json(one) for one in described["layers"])
        return cls(stages, described.get("width"))

    def build(
        self,
        width: int,
        rows: int,
        rng: np.random.Generator | Sequence[np.random.Generator],
        members: int | None = None,
        *,
        masks: Sequence[np.random.BitGenerator] | None = None,
        dtype: Any = np.float32,
    ) -> Network:
        """Allocate a network for training batches of up to `rows`, each of `width` features.

        Args:
            rng: draws the first weights; with members one each, or one that spawns them.
            members: how many independent networks of this shape; None: one, without the axis.
            masks: draw the dropout masks, one a member; default: those of `rng`.
        """
        if isinstance(rng, np.random.Generator):
            rng = [rng] if members is None else rng.spawn(members)
        masks = masks or [one.bit_generator for one in rng]
        buffers = Buffers.lay_out(self.plans(width), rng, members, dtype)
        return Network(self, width, rows, buffers, masks, members)


def _one_each(
    keep_prob: float | Sequence[float | None] | None, hidden: int
) -> Sequence[float | None]:
    """keep_prob for every hidden layer."""
    if keep_prob is None or isinstance(keep_prob, int | float):
        return [keep_prob] * hidden
    if len(keep_prob) != hidden:
        raise ValueError(
            f"keep_prob has {len(keep_prob)} values for {hidden} hidden layers: give one each."
        )
    return keep_prob
