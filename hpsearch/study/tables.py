"""From TOML tables and the command line's values to checked values by full name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hpsearch.study import places, schema
from hpsearch.study.kinds import Kind, Options, Text, Texts, Wrong, shown
from hpsearch.study.mistakes import Mistakes
from hpsearch.study.names import ALIASES

_MOST_UNKNOWN = 20
_OPTIONS = tuple(name for name in schema.names() if isinstance(schema.kind_of(name), Options))


@dataclass(frozen=True)
class Draft:
    """What a file says, key by key; whether it makes sense as a whole is asked later."""

    values: Mapping[str, Any]
    """Every key of the schema by full name, defaults included. Ranges are ranges."""
    written: frozenset[str]
    """The keys that the file or the command line writes."""
    overridden: frozenset[str]
    """Of them, those that the command line writes."""
    wrong: frozenset[str]
    """The keys with a mistake; their values are the defaults."""

    def sound(self, *names: str) -> bool:
        """Whether none of these keys has a mistake already."""
        return not self.wrong.intersection(names)


def read(raw: Mapping[str, Any], overridden: Mapping[str, Any], mistakes: Mistakes) -> Draft:
    """Check every key by itself.

    Args:
        raw: the file's tables with the command line's values in them.
        overridden: what `override` gave.
    """
    values: dict[str, Any] = {}
    written: set[str] = set()
    for table, model in schema.TABLES.items():
        given = raw.get(table, {})
        if not isinstance(given, Mapping):
            mistakes.add((table,), f"is {shown(given)}; write a table: [{table}].")
            given = {}
        known = _known(table, given, mistakes)
        written |= {f"{table}.{key}" for key in known}
        checked = _validated(table, model, known, mistakes)
        values |= {f"{table}.{key}": value for key, value in checked.items()}
    return Draft(values, frozenset(written), frozenset(overridden), frozenset(mistakes.names))


def _known(table: str, given: Mapping[str, Any], mistakes: Mistakes) -> dict[str, Any]:
    fields = schema.TABLES[table].model_fields
    strangers = [key for key in given if key not in fields]
    for key in strangers[:_MOST_UNKNOWN]:
        _say_unknown((table, key), f"{table}.{key}", mistakes)
    if len(strangers) > _MOST_UNKNOWN:
        mistakes.add((table,), f"has {len(strangers)} unknown keys; is this a study file?")
    return {key: value for key, value in given.items() if key in fields}


def _say_unknown(path: places.Path, name: str, mistakes: Mistakes) -> None:
    mistakes.add(path, unknown_key(name), key=name[:80])


def unknown_key(name: str) -> str:
    """A sentence for a key that does not exist, with the nearest that does."""
    known = schema.names()
    ending = name.rpartition(".")[2]
    near = [key for key in known if key.endswith(f".{ending}") or key == ALIASES.get(ending)]
    if not near and len(name) <= 80:
        table = name.partition(".")[0]
        here = [key for key in known if key.startswith(f"{table}.")]
        near = get_close_matches(name, here, n=1, cutoff=0.7)
        near = near or get_close_matches(name, known, n=1, cutoff=0.7)
    if near:
        return f"there is no such key; did you mean {near[0]}?"
    table = name.partition(".")[0]
    if table in schema.TABLES:
        return (
            f"there is no such key; [{table}] has {', '.join(schema.TABLES[table].model_fields)}."
        )
    return f"there is no such key; the tables are {', '.join(schema.TABLES)}."


def _validated(
    table: str, model: type[schema.Table], given: Mapping[str, Any], mistakes: Mistakes
) -> dict[str, Any]:
    try:
        checked = model.model_validate(given)
    except ValidationError as error:
        found: list[Any] = error.errors()  # every one of them a `Wrong`, as all kinds are ours
        wrong = {str(entry["loc"][0]): entry["ctx"]["error"] for entry in found}
        for key, reason in wrong.items():
            mistakes.add((table, key), *reason.sentences)
        checked = model.model_validate({k: v for k, v in given.items() if k not in wrong})
    return {key: getattr(checked, key) for key in model.model_fields}


def override(
    raw: dict[str, Any], overrides: Mapping[str, object], mistakes: Mistakes
) -> dict[str, Any]:
    """Put the command line's values into the tables; what was put, by full name.

    A text is read as TOML would; what TOML cannot read stands for itself, so that
    `--set training.optimizer=adam` needs no quotes.
    """
    put: dict[str, Any] = {}
    for name, value in overrides.items():
        table, _, key = name.partition(".")
        inside = next((known for known in _OPTIONS if name.startswith(f"{known}.")), None)
        if inside is None and name not in schema.names():
            _say_unknown((table, key), name, mistakes)
            continue
        kind = Kind if inside else schema.kind_of(name)
        value = _parsed(value, kind) if isinstance(value, str) else value
        if isinstance(value, str) and name == "data.path":
            value = str(Path(value).expanduser().absolute())
        at = raw.setdefault(table, {})
        if inside is not None:
            at, key = at.setdefault(inside.partition(".")[2], {}), name[len(inside) + 1 :]
        if isinstance(at, dict):
            at[key] = value
            put[name] = value
    return put


def _parsed(text: str, kind: Kind | type[Kind]) -> Any:
    try:
        tables = places.load(f"value = {text}")
    except places.Unreadable:
        return text
    if list(tables) != ["value"]:
        return text
    value = tables["value"]
    if isinstance(kind, (Text, Texts)):  # a column called 2020, a study called 7
        try:
            kind.read(value)
        except Wrong:
            return text
    return value
