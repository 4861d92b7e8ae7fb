"""From where an interrupted trial goes on, and the best weights of one that is over; as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save


@dataclass(frozen=True)
class Checkpoint:
    """A trial at the end of an epoch."""

    epoch: int
    """How many epochs it holds."""
    arrays: Mapping[str, np.ndarray]
    """Weights and the optimizer's memory."""
    meta: Mapping[str, Any]
    """The state of every generator, and what early stopping knows; JSON."""

    def to_bytes(self) -> bytes:
        """As safetensors."""
        text = json.dumps({"epoch": self.epoch, **self.meta})
        return save({name: np.asarray(a) for name, a in self.arrays.items()}, {"meta": text})

    @classmethod
    def from_bytes(cls, data: bytes) -> Checkpoint | None:
        """What `to_bytes` wrote; None where it is not whole."""
        try:
            arrays = load(data)
            size = int.from_bytes(data[:8], "little")
            header = json.loads(data[8 : 8 + size])
            meta = json.loads(header["__metadata__"]["meta"])
            return cls(int(meta.pop("epoch")), arrays, meta)
        except (SafetensorError, ValueError, KeyError, TypeError):
            return None


def named(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Arrays by name, as safetensors."""
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
