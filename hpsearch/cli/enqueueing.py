"""What stands after `ctl NAME enqueue`, as configurations by name."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.errors import UsageError

if TYPE_CHECKING:
    from hpsearch.store.folder import RunFolder

LARGEST = 256 * 1024
"""Bytes a file may have, as a study file may."""


def entries(folder: RunFolder, words: list[str]) -> list[dict[str, Any]]:
    """One configuration of `name=value` words, or those of a file.

    Raises:
        UsageError: it is neither.
    """
    from hpsearch.store.reader import Reader
    from hpsearch.study.names import NoSuchName, resolve

    if not words:
        raise UsageError("enqueue: write name=value words, such as learning_rate=0.01, or a file.")
    with Reader(folder) as reader:
        searched = tuple(reader.study().space)
    if len(words) == 1 and "=" not in words[0]:
        return _of_file(Path(words[0]), searched)
    entry: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"enqueue: {word} is not name=value.")
        try:
            entry[resolve(name.strip(), searched)] = _value(value.strip())
        except NoSuchName as error:
            raise UsageError(f"enqueue: of what is searched, {error}") from None
    return [entry]


def _value(text: str) -> Any:
    """A value as the study file would have it; a word needs no quotes here."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, RecursionError):  # TypeError: a date
        return text
    return value


def _of_file(path: Path, searched: tuple[str, ...]) -> list[dict[str, Any]]:
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"enqueue: {path} is no file.")
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: larger than 256 KiB; that is not a study file.")
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"enqueue: {path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"enqueue: {path} cannot be read: {error}") from None
    listed = tables.get("enqueue")
    if isinstance(listed, list) and listed:
        return [_sendable(entry, path) for entry in listed]
    entry = {name: value for name in searched if (value := _at(tables, name)) is not None}
    if not entry:
        raise UsageError(f"enqueue: {path} has no [[enqueue]], and sets nothing that is searched.")
    return [_sendable(entry, path)]


def _sendable(entry: Any, path: Path) -> dict[str, Any]:
    try:
        json.dumps(entry, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise UsageError(
            f"enqueue: {path}: only finite numbers, words and lists of them can be tried."
        ) from None
    return entry


def _at(tables: Mapping[str, Any], name: str) -> Any:
    """A plain value of a study file by its full name; a range is none."""
    table, _, key = name.partition(".")
    found = tables.get(table)
    value = found.get(key) if isinstance(found, dict) else None
    return None if isinstance(value, dict) else value
