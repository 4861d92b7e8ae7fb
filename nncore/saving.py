"""Networks and trainings on disk: weights as safetensors, all else as JSON, never pickle.

A network is a folder with `network.json`, which describes it, and `weights.safetensors`; a model
has a `model.json` beside them, which says how it was trained. A training that is to go on is one
safetensors file, its generators described in the file's head. All are written beside their place
and then renamed, so a file is there whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from safetensors.numpy import load as read_arrays
from safetensors.numpy import save as write_arrays

from nncore import describing
from nncore.arrays import Array
from nncore.epochs import TrainingState
from nncore.network import Network
from nncore.recipe import Recipe
from nncore.sequential import Sequential

FORMAT = 1
"""Of network.json and of a state's head; another number is refused."""


class SavedError(ValueError):
    """What was saved cannot be read. The text names the file and what is wrong with it."""


def save(network: Network, folder: Path | str) -> None:
    """Write a network into `folder`, which is made if need be."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    described = {
        "format": FORMAT,
        "width": network.width,
        "members": network.members,
        "network": network.sequential.to_json(),
    }
    _write(folder / "weights.safetensors", _packed(network.weights))
    _write(folder / "network.json", json.dumps(described, indent=1).encode())


def load(folder: Path | str) -> Network:
    """The network that `save` wrote, ready to predict.

    Raises:
        SavedError: it is not there, damaged, or of another format.
    """
    place, weights = Path(folder) / "network.json", Path(folder) / "weights.safetensors"
    try:
        described = json.loads(place.read_bytes())
        _check_format(described["format"])
        members = described["members"]
        sequential = Sequential.from_json(described["network"])
        rng = np.random.default_rng(0)
        network = sequential.build(described["width"], 1, rng, members)
    except OSError as error:
        raise SavedError(f"{place}: {error.strerror}. A model's save(FOLDER) writes it.") from None
    except (LookupError, TypeError, ValueError) as error:
        raise SavedError(f"{place} does not describe a network: {error}") from None
    given, mine = _unpacked(weights), network.weights
    if {name: a.shape for name, a in given.items()} != {name: a.shape for name, a in mine.items()}:
        raise SavedError(f"{weights} holds the weights of another network than {place} describes.")
    for name, view in mine.items():
        view[...] = given[name]
    return network


def save_words(told: Mapping[str, Any], folder: Path | str) -> None:
    """Write what is to be known of a model, plain values, beside its network."""
    _write(Path(folder) / "model.json", json.dumps({"format": FORMAT, **told}, indent=1).encode())


def load_words(folder: Path | str) -> dict[str, Any]:
    """What `save_words` wrote.

    Raises:
        SavedError: it is not there, damaged, or of another format.
    """
    place = Path(folder) / "model.json"
    try:
        told = json.loads(place.read_bytes())
        _check_format(told["format"])
    except OSError as error:
        raise SavedError(f"{place}: {error.strerror}. A model's save(FOLDER) writes it.") from None
    except (LookupError, TypeError, ValueError) as error:
        raise SavedError(f"{place} does not describe a model: {error}") from None
    return told


def recipe_to_json(recipe: Recipe) -> dict[str, Any]:
    """A recipe as plain values, which `recipe_from_json` reads."""
    told = {one.name: getattr(recipe, one.name) for one in fields(recipe)}
    parts = {name: describing.to_json(told[name]) for name in ("loss", "optimizer", "schedule")}
    return told | parts | {"network": recipe.network.to_json()}


def recipe_from_json(told: Mapping[str, Any]) -> Recipe:
    """The recipe `recipe_to_json` described.

    Raises:
        LookupError: it lacks something, or names what is not known.
        TypeError, ValueError: it has a value that makes no sense.
    """
    parts = {name: describing.from_json(told[name]) for name in ("loss", "optimizer", "schedule")}
    return Recipe(**{**told, **parts, "network": Sequential.from_json(told["network"])})


def save_state(state: TrainingState, path: Path | str) -> None:
    """Write what a training needs to go on, to be given to `Training.restore`."""
    head = {"format": str(FORMAT), "meta": json.dumps(state.meta)}
    _write(Path(path), _packed(state.arrays, head))


def load_state(path: Path | str) -> TrainingState:
    """The state that `save_state` wrote.

    Raises:
        SavedError: it is not there, damaged, or of another format.
    """
    arrays = _unpacked(Path(path))
    try:
        with safetensors.safe_open(path, "numpy") as held:  # only it reads the head
            head: Mapping[str, str] = held.metadata() or {}
        _check_format(int(head["format"]))
        return TrainingState(arrays, json.loads(head["meta"]))
    except (LookupError, ValueError) as error:
        raise SavedError(f"{path} does not hold a training: {error}") from None


def _check_format(given: Any) -> None:
    if given != FORMAT:
        raise ValueError(f"its format is {given!r}, this version reads {FORMAT}")


def _packed(arrays: Mapping[str, Array], head: dict[str, str] | None = None) -> bytes:
    return write_arrays({name: np.ascontiguousarray(a) for name, a in arrays.items()}, head)


def _unpacked(path: Path) -> dict[str, Array]:
    try:
        return read_arrays(path.read_bytes())
    except OSError as error:
        raise SavedError(f"{path}: {error.strerror}.") from None
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError) as error:
        raise SavedError(f"{path} is damaged: {error}") from None


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and onto the disk before it takes its name."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
