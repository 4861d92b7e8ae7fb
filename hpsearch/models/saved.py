"""A trained network together with the encoder of its table, as a folder.

`DIR/model.json` says what it is and `DIR/model.safetensors` holds its weights. Both carry a
checksum, since a single turned bit in either would quietly give other predictions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hpsearch.data import encoderjson
from hpsearch.data.encoder import Encoder
from hpsearch.data.matching import encode
from hpsearch.errors import HpsearchError, ModelError
from hpsearch.models import folders, weights
from hpsearch.models.predictions import Predictions
from hpsearch.models.seen import Seen
from hpsearch.study.options import Task
from nncore import Network, Sequential
from nncore.arrays import Array
from nncore.ensemble import joint

FORMAT = 1
"""Of model.json; another number is refused with a sentence."""
KIND = "hpsearch model"
LARGEST = 64 * 1024 * 1024
"""Bytes of a model.json; the encoder of ten thousand columns takes a few."""

_DAMAGE = (
    *(LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError),
    pl.exceptions.PolarsError,
)
"""What reading a description may raise that is not one of ours."""


@dataclass(frozen=True, eq=False)
class SavedModel:
    """A network that is ready to predict, or several as one, and where it comes from."""

    name: str
    """Of the study it was trained for."""
    task: Task
    network: Network
    """With members, their predictions are averaged: see `outputs`."""
    encoder: Encoder
    metrics: Mapping[str, Mapping[str, float | None]]
    """By part: {"test": {"accuracy": 0.98, …}}. None where a figure has no value."""
    rows: Mapping[str, int]
    """How many it learnt from (train) and was tested on (test)."""
    fingerprint: str
    """Of the data it was trained on."""
    training: Mapping[str, Any]
    """The whole configuration by full name, as a study file would write it, seed included."""
    versions: Mapping[str, str]
    """Of hpsearch and numpy, at training."""
    intervals: Mapping[str, Any] = field(default_factory=dict)
    """Of metrics, by part: {"test": {"accuracy": [0.96, 0.99], …}}, None where there is none; and
    how they were made. Empty of older models."""
    seen: Seen = field(default_factory=lambda: Seen({}, 0))
    """Marks of the rows it was made of, and how often its test rows were read."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Keys of a model.json that are not known here: kept when it is saved again."""

    @classmethod
    def load(cls, folder: Path | str) -> SavedModel:
        """The model kept in a folder.

        Raises:
            ModelError: there is none, it is damaged, or of a format not known here.
        """
        place = folders.ModelFolder(Path(folder))
        try:
            said = _read(place)
            _refuse_strangers(said)
            content = place.weights_bytes()
            if hashlib.sha256(content).hexdigest() != said["weights"]["sha256"]:
                raise ModelError(f"{place.weights.name} is not the file that was saved with it")
            model = _from_json(said, content)
            _try_out(model)
            return model
        except ModelError as error:
            raise ModelError(_damaged(place, str(error))) from None
        except (HpsearchError, MemoryError, OverflowError) as error:
            raise ModelError(_damaged(place, str(error))) from None
        except _DAMAGE as error:
            raise ModelError(_damaged(place, f"{type(error).__name__}: {error}")) from None

    def save(self, folder: Path | str, force: bool = False) -> None:
        """Write the model into a folder, all of it or nothing.

        Raises:
            ModelError: the folder is not free, or cannot be written.
        """
        content = weights.to_bytes(self.network)
        said = self.to_json(hashlib.sha256(content).hexdigest())
        files = {folders.JSON: _text(said), folders.WEIGHTS: content}
        folders.write(Path(folder), files, force)

    def count_look(self, folder: Path | str) -> SavedModel:
        """Note in its folder that its test rows were read once more.

        Raises:
            ModelError: model.json cannot be read or written.
        """
        place, seen = folders.ModelFolder(Path(folder)), self.seen.read_again()
        said = {**_read(place), "seen": seen.to_json()}
        folders.rewrite(place.json, _text({**said, "checksum": checksum(said)}))
        return replace(self, seen=seen)

    def predict(
        self, frame: pl.DataFrame, name: str = "the table", strict: bool = False
    ) -> Predictions:
        """What the network says of each row, in the frame's order.

        Args:
            frame: the columns the model was trained on, by name, in any order; others are ignored,
                and a missing one counts as empty.
            name: what errors call the table.
            strict: refuse a table without one of them instead.

        Raises:
            DataError: columns are missing, or a cell does not fit; names row and column.
        """
        x, notes = encode(self.encoder, frame, name, strict)
        return Predictions.of(self.outputs(x), self.encoder, notes)

    @property
    def members(self) -> int:
        """How many networks it is."""
        return self.network.members or 1

    def outputs(self, x: Array) -> Array:
        """Probabilities, or standardised values, of inputs: (rows, outputs); members' mean."""
        y = self.network.predict(x)
        return y if self.network.members is None else y.mean(axis=0, dtype=np.float64)

    def logits(self, x: Array) -> Array:
        """What one network would have to say before its output activation to say the same."""
        z = self.network.logits(x)
        return z if self.network.members is None else joint(self.network.sequential.output, z)

    def to_json(self, sha256: str) -> dict[str, Any]:
        """All but the weights, whose checksum is given; with a checksum of its own."""
        said = {
            **self.extra,
            "kind": KIND,
            "format": FORMAT,
            "name": self.name,
            "task": self.task,
            "targets": list(self.encoder.targets),
            "classes": list(self.encoder.classes),
            "metrics": {part: dict(figures) for part, figures in self.metrics.items()},
            **({"intervals": dict(self.intervals)} if self.intervals else {}),
            "rows": dict(self.rows),
            "data": {"fingerprint": self.fingerprint},
            "training": dict(self.training),
            "versions": dict(self.versions),
            "seen": self.seen.to_json(),
            "network": {
                **self.network.sequential.to_json(),
                "parameters": self.network.parameters,
                **({} if self.network.members is None else {"members": self.network.members}),
            },
            "encoder": encoderjson.to_json(self.encoder),
            "weights": {"file": folders.WEIGHTS, "sha256": sha256},
        }
        said.pop("checksum", None)
        return {**said, "checksum": checksum(said)}


def _text(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def checksum(said: Mapping[str, Any]) -> str:
    """Of what a model.json says, whatever the order and spacing it is written in."""
    bare = {key: value for key, value in said.items() if key != "checksum"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_KNOWN = frozenset(
    {
        *("kind", "format", "name", "task", "targets", "classes", "metrics", "intervals"),
        *(
            "rows",
            "data",
            "training",
            "versions",
            "seen",
            "network",
            "encoder",
            "weights",
            "checksum",
        ),
    }
)


def _read(place: folders.ModelFolder) -> dict[str, Any]:
    content = place.json_bytes(LARGEST)
    try:
        said = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"model.json is not JSON ({error})") from None
    if not isinstance(said, dict):
        raise ModelError("model.json is not an object")
    return said


def _refuse_strangers(said: Mapping[str, Any]) -> None:
    if said.get("kind") != KIND:
        raise ModelError("model.json is not one that hpsearch wrote")
    if said.get("format") != FORMAT:
        raise ModelError(
            f"it has format {said.get('format')!r}, and this hpsearch reads {FORMAT}; "
            "read it with the version that wrote it"
        )
    if said.get("checksum") != checksum(said):
        raise ModelError("model.json was changed after it was written: its checksum differs")


def _from_json(said: Mapping[str, Any], content: bytes) -> SavedModel:
    described = Sequential.from_json(said["network"])
    members = said["network"].get("members")
    if members is not None and (type(members) is not int or members < 1):
        raise ModelError(f"its network has {members!r} members")
    return SavedModel(
        name=str(said["name"]),
        task=said["task"],
        network=weights.restored(described, content, members),
        encoder=encoderjson.from_json(said["encoder"]),
        metrics=said["metrics"],
        intervals=said.get("intervals", {}),
        rows=said["rows"],
        fingerprint=said["data"]["fingerprint"],
        training=said["training"],
        versions=said["versions"],
        seen=Seen.from_json(said.get("seen", {})),
        extra={key: value for key, value in said.items() if key not in _KNOWN},
    )


def _try_out(model: SavedModel) -> None:
    """Predict one empty row: whoever forged a checksum may still have broken the rest.

    Raises:
        ModelError: network and encoder do not fit each other.
    """
    encoder, network = model.encoder, model.network
    if not all(isinstance(word, str) for word in _words(encoder)):
        raise ModelError("its encoder has something else where words should be")
    one_each = len(encoder.classes) if encoder.task == "multiclass" else len(encoder.targets)
    if (encoder.width, one_each) != (network.width, network.outputs):
        raise ModelError("its network and its encoder do not fit each other")
    known = network.outputs if encoder.task == "multiclass" else 2
    if encoder.task != "regression" and {len(words) for words in encoder.labels} != {known}:
        raise ModelError("its encoder has more or fewer classes than its network")
    if model.task != encoder.task:
        raise ModelError("its network and its encoder have different tasks")
    with np.errstate(all="ignore"):
        said = model.predict(encoder.blank()).table(proba=encoder.task != "regression")
    if said.height != 1:
        raise ModelError("its encoder gives no row for a row")


def _words(encoder: Encoder) -> Iterator[object]:
    """All in an encoder that has to be text."""
    yield from (*encoder.names, *encoder.targets, *encoder.classes)
    for words in (*encoder.labels, *(column.levels for column in encoder.categories)):
        yield from words
    for number in encoder.numbers:
        yield from number.words or ()
    dialect = encoder.dialect
    yield from dialect.nothing
    written = (dialect.separator, dialect.decimal, dialect.encoding)
    yield from (word for word in written if word is not None)


def _damaged(place: folders.ModelFolder, why: str) -> str:
    why = why.strip().rstrip(".")
    return (
        f"{place.path} holds no model that can be used: {why}. "
        "`hpsearch retrain STUDY -o DIR` makes one of a study's best trial."
    )
