"""The study file as a JSON Schema, for editors that complete and check TOML.

It is made from the same kinds that read the file, and refuses nothing that they accept. What only
several keys together can tell (which apply, what contradicts what) is left to `hpsearch check`.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any, get_args

from hpsearch.study import schema
from hpsearch.study.descriptions import DESCRIPTIONS
from hpsearch.study.kinds import (
    DEEPEST,
    WIDEST,
    Flag,
    Hidden,
    KeepProb,
    Kind,
    Number,
    Options,
    Text,
    Texts,
    Whole,
    Word,
)
from hpsearch.study.ranges import MOST_LAYERS, MOST_OPTIONS, Searched, Shape

Json = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_WIDTH: Json = {"type": "integer", "minimum": 1, "maximum": WIDEST}
_WIDTHS: Json = {"type": "array", "items": _WIDTH, "maxItems": DEEPEST}


def json_schema() -> Json:
    """The whole schema."""
    tables = {name: _table(name) for name in schema.TABLES}
    enqueue = {"type": "array", "items": {"type": "object"}}
    enqueue["description"] = DESCRIPTIONS["enqueue"]
    return {
        "$schema": DRAFT,
        "title": "A study file of hpsearch",
        **_object({**tables, "enqueue": enqueue}, required=["data"]),
    }


def _table(table: str) -> Json:
    names = [name for name in schema.names() if name.startswith(f"{table}.")]
    found = _object({name.partition(".")[2]: _key(name) for name in names})
    return {"description": DESCRIPTIONS[table], **found}


def _key(name: str) -> Json:
    kind = schema.kind_of(name)
    default = schema.default(name)
    told: Json = {"description": DESCRIPTIONS.get(name, f"Write {kind.wanted}.")}
    if default is not None:
        told["default"] = list(default) if isinstance(default, tuple) else default
    return {**told, **described(kind)}


@singledispatch
def described(kind: Kind) -> Json:
    """What fits a kind; anything, where a kind says no more than its sentence."""
    del kind
    return {}


@described.register
def _whole(kind: Whole) -> Json:
    return {"type": "integer", "minimum": kind.low, "maximum": kind.high}


@described.register
def _number(kind: Number) -> Json:
    if type(kind) not in (Number, KeepProb):  # one that reads more than numbers
        return {"anyOf": [{"const": "auto"}, _between(kind)]}
    return _between(kind)


def _between(kind: Number) -> Json:
    low = "minimum" if kind.low_fits else "exclusiveMinimum"
    high = "maximum" if kind.high_fits else "exclusiveMaximum"
    return {"type": "number", low: kind.low, high: kind.high}


@described.register
def _flag(kind: Flag) -> Json:
    del kind
    return {"type": "boolean"}


@described.register
def _word(kind: Word) -> Json:
    return {"enum": list(kind.names())}


@described.register
def _text(kind: Text) -> Json:
    return {"type": "string", "pattern": f"^(?:{kind.pattern})$"}


@described.register
def _texts(kind: Texts) -> Json:
    word: Json = {"type": "string"} | ({} if kind.empty else {"minLength": 1})
    several: Json = {"type": "array", "items": word, "uniqueItems": True}
    if not kind.none:
        several["minItems"] = 1
    return {"anyOf": [word, several]} if kind.alone else several


@described.register
def _options(kind: Options) -> Json:
    del kind
    plain = {"type": ["number", "string", "boolean"]}
    return {"type": "object", "additionalProperties": plain}


@described.register
def _keep_prob(kind: KeepProb) -> Json:
    share = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
    each = {"type": "array", "items": share, "minItems": 1, "maxItems": DEEPEST}
    return {"anyOf": [_between(kind), each]}


@described.register
def _hidden(kind: Hidden) -> Json:
    del kind
    return _WIDTHS


@described.register
def _searched(kind: Searched) -> Json:
    inner = described(kind.inner)
    if not inner:
        return {}
    several = {"type": "array", "items": inner, "minItems": 2, "maxItems": MOST_OPTIONS}
    found = [inner, _object({"choice": several}, required=["choice"])]
    if isinstance(kind.inner, Hidden):
        found += [_layers(), _object({"all": {**_WIDTHS, "minItems": 2}}, required=["all"])]
    if isinstance(kind.inner, Number):
        found.append(_range("float", _between(kind.inner)))
    if isinstance(kind.inner, Number | Whole):
        ends = described(kind.inner) if isinstance(kind.inner, Whole) else _between(kind.inner)
        found.append(_range("int", {**ends, "type": "integer"}))
    return {"anyOf": found}


def _range(word: str, end: Json) -> Json:
    ends = {"type": "array", "items": end, "minItems": 2, "maxItems": 2}
    step = {"type": "integer" if word == "int" else "number", "exclusiveMinimum": 0}
    return _object({word: ends, "log": {"type": "boolean"}, "step": step}, required=[word])


def _layers() -> Json:
    def pair(most: int) -> Json:
        end = {"type": "integer", "minimum": 1, "maximum": most}
        return {"type": "array", "items": end, "minItems": 2, "maxItems": 2}

    return _object(
        {
            "depth": pair(MOST_LAYERS),
            "width": pair(WIDEST),
            "log": {"type": "boolean"},
            "shape": {"enum": list(get_args(Shape))},
        },
        required=["depth", "width"],
    )


def _object(properties: Json, required: list[str] | None = None) -> Json:
    found: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found
