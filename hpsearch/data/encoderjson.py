"""Encoders as JSON and back, to the last bit."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from hpsearch.data.columns import Block, Category, Column, Number
from hpsearch.data.encoder import Encoder
from hpsearch.data.scaling import LinearScaler, scaler_from_json
from hpsearch.data.table import Dialect
from hpsearch.errors import DataError
from hpsearch.study.options import Task


def to_json(encoder: Encoder) -> dict[str, Any]:
    """Everything, in what JSON holds; floats come back to the last bit."""
    return {
        "version": 1,
        "columns": [
            {"kind": type(column).__name__.lower(), **asdict(column)} for column in encoder.columns
        ],
        "fills": list(encoder.fills),
        "scaler": encoder.scaler.to_json(),
        "task": encoder.task,
        "targets": list(encoder.targets),
        "classes": list(encoder.classes),
        "labels": [list(words) for words in encoder.labels],
        "target_scale": encoder.target_scale.to_json(),
        "dialect": asdict(encoder.dialect),
        "ranges": [list(pair) for pair in encoder.ranges],
    }


def from_json(saved: dict[str, Any]) -> Encoder:
    """What `to_json` gave, after any trip through JSON.

    Raises:
        DataError: it is not the whole of an encoder.
    """
    try:
        return Encoder(
            columns=tuple(_column_from_json(column) for column in saved["columns"]),
            fills=tuple(float(value) for value in saved["fills"]),
            scaler=scaler_from_json(saved["scaler"]),
            task=cast(Task, saved["task"]),
            targets=tuple(saved["targets"]),
            classes=tuple(saved["classes"]),
            labels=tuple(tuple(words) for words in saved["labels"]),
            target_scale=cast(LinearScaler, scaler_from_json(saved["target_scale"])),
            dialect=_dialect_from_json(saved["dialect"]),
            ranges=tuple((float(low), float(high)) for low, high in saved.get("ranges", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"The model's encoder is damaged ({error!r}).") from None


def _column_from_json(saved: dict[str, Any]) -> Column:
    if saved["kind"] == "category":
        levels = tuple(saved["levels"])
        return Category(saved["name"], levels, bool(saved["rest"]), bool(saved["missing"]))
    if saved["kind"] == "block":
        return Block(saved["name"], int(saved["size"]), bool(saved["octets"]))
    words = saved["words"]
    return Number(saved["name"], bool(saved["indicator"]), tuple(words) if words else None)


def _dialect_from_json(saved: dict[str, Any]) -> Dialect:
    words, signs = saved["null_values"], saved.get("written")
    return Dialect(
        saved["separator"],
        saved["decimal"],
        saved["encoding"],
        None if words is None else tuple(words),
        None if (size := saved.get("image_size")) is None else (int(size[0]), int(size[1])),
        saved.get("channels"),
        None if signs is None else tuple((str(column), str(sign)) for column, sign in signs),
    )
