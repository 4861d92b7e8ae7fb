"""Where chance comes from: one generator for weights, one for shuffles, one for masks.

Each member of a training has its own three, derived from (seed, member) alone, so it learns the
same whether it is trained alone or beside others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Streams:
    """One member's generators. SFC64, the fastest that NumPy has."""

    weights: np.random.Generator
    shuffles: np.random.Generator
    masks: np.random.Generator

    @classmethod
    def of(cls, seed: int, member: int) -> Streams:
        """The generators of `member` under `seed`, 0 or more."""
        children = np.random.SeedSequence([seed, member]).spawn(3)
        return cls(*(np.random.Generator(np.random.SFC64(child)) for child in children))

    def state(self) -> dict[str, Any]:
        """Where the shuffles and masks stand, as plain values; weights are drawn once."""
        return {"shuffles": _said(self.shuffles), "masks": _said(self.masks)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Put the shuffles and masks where `state` says."""
        self.shuffles.bit_generator.state = _read(state["shuffles"])
        self.masks.bit_generator.state = _read(state["masks"])


def _said(rng: np.random.Generator) -> dict[str, Any]:
    state: Mapping[str, Any] = rng.bit_generator.state
    words = [int(word) for word in state["state"]["state"]]
    return {"words": words, "spare": [int(state["has_uint32"]), int(state["uinteger"])]}


def _read(said: Mapping[str, Any]) -> dict[str, Any]:
    has_uint32, uinteger = said["spare"]
    return {
        "bit_generator": "SFC64",
        "state": {"state": np.array(said["words"], np.uint64)},
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }
