"""A network's weights as safetensors, and back: names, shapes and numbers, never code."""

from __future__ import annotations

import numpy as np
import safetensors
from safetensors.numpy import load, save

from hpsearch.errors import ModelError
from nncore import Network, Sequential


def to_bytes(network: Network) -> bytes:
    """The weights of a network by nncore's names."""
    return save({name: np.ascontiguousarray(array) for name, array in network.weights.items()})


def restored(described: Sequential, content: bytes, members: int | None = None) -> Network:
    """The network that is so described, with these weights.

    Nothing is allocated before there are known to be as many weights as it takes.

    Args:
        members: of an ensemble, how many; its weights have a leading axis of them.

    Raises:
        ModelError: they are not the weights of such a network.
    """
    return _filled(described, _loaded(content), members)


def restored_members(described: Sequential, content: bytes, count: int) -> list[Network]:
    """The networks that were trained together, each as one of its own.

    Args:
        content: their weights, with a leading axis of members.

    Raises:
        ModelError: they are not the weights of so many such networks.
    """
    given = _loaded(content)
    if any(array.ndim == 0 or len(array) != count for array in given.values()):
        raise ModelError(f"its weights are not those of {count} networks")
    return [
        _filled(described, {name: array[k] for name, array in given.items()}) for k in range(count)
    ]


def _loaded(content: bytes) -> dict[str, np.ndarray]:
    try:
        given = load(content)
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"its weights cannot be read ({error})") from None
    for name, array in given.items():
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ModelError(f"its weights {name} are not all float32 numbers")
    return given


def _filled(
    described: Sequential, given: dict[str, np.ndarray], members: int | None = None
) -> Network:
    if described.width is None:
        raise ModelError("its network does not say how many features it takes")
    if sum(array.size for array in given.values()) != described.parameters() * (members or 1):
        raise ModelError("its weights are those of another network")
    network = described.build(described.width, 1, np.random.default_rng(0), members)
    mine = network.weights
    if {name: a.shape for name, a in given.items()} != {name: a.shape for name, a in mine.items()}:
        raise ModelError("its weights are those of another network")
    for name, view in mine.items():
        view[...] = given[name]
    return network
