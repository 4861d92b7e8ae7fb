"""Study files as people write them: the same document in any style that TOML has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

BARE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@dataclass
class Written:
    """A text, and where in it the keys stand."""

    text: str = ""
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    """By table and key, from 1; an entry of `enqueue` by its number in text."""


@st.composite
def files(draw, documents) -> Written:
    """A document of these, written down."""
    return write(draw, draw(documents))


def write(draw: Any, document: Mapping[str, Any]) -> Written:
    """The text of a document, in styles that are drawn."""
    pen = _Pen(draw)
    tables = draw(st.permutations([name for name in document if name != "enqueue"]))
    styles = {
        name: draw(st.sampled_from(["header", "header", "dotted", "inline"])) for name in tables
    }
    for name in tables:
        if not isinstance(document[name], dict):
            pen.pair((name,), document[name])
        elif styles[name] == "inline":
            pen.pair((name,), document[name])
            pen.within(name, document[name])
        elif styles[name] == "dotted":
            for key, value in document[name].items():
                pen.pair((name, key), value)
            if not document[name]:
                styles[name] = "header"
    for name in tables:
        if styles[name] == "header" and isinstance(document[name], dict):
            pen.table(name, document[name])
    for number, entry in enumerate(document.get("enqueue", ())):
        pen.line("[[enqueue]]", ("enqueue", str(number)))
        for key, value in entry.items():
            quoted = draw(st.booleans())
            written = json.dumps(key) if quoted else ".".join(map(_key, key.split(".")))
            pen.line(f"{written} = {pen.value(value)}", ("enqueue", str(number), key))
    return pen.finished()


class _Pen:
    def __init__(self, draw: Any) -> None:
        self._draw, self._found = draw, Written()
        self._text: list[str] = []
        self._end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
        self._airy = draw(st.booleans())

    def line(self, text: str, path: tuple[str, ...]) -> None:
        """A line, and what stands on it; above it perhaps a comment."""
        if self._airy:
            self._text.append(self._draw(st.sampled_from(["", "# [x] = {", '  # "', "\t"])))
        for end in range(1, len(path) + 1):
            self._found.lines.setdefault(path[:end], len(self._text) + 1)
        self._text.append(text)

    def table(self, name: str, keys: Mapping[str, Any]) -> None:
        """A header and its keys; ranges perhaps below headers of their own."""
        below = {key for key, value in keys.items() if isinstance(value, dict) and self._maybe()}
        self.line(self._draw(st.sampled_from([f"[{name}]", f'[ "{name}" ] # [y]'])), (name,))
        for key, value in keys.items():
            if key in below:
                continue
            if isinstance(value, dict) and value and self._maybe():
                for inner, one in value.items():
                    self.line(f"{_key(key)}.{_key(inner)} = {self.value(one)}", (name, key))
            else:
                self.pair((key,), value, (name, key))
        for key in keys:
            if key in below:
                self.line(f"[{name}.{_key(key)}]", (name, key))
                for inner, one in keys[key].items():
                    self.line(f"{_key(inner)} = {self.value(one)}", ())

    def pair(self, keys: tuple[str, ...], value: Any, path: tuple[str, ...] = ()) -> None:
        """key = value."""
        self.line(f"{'.'.join(map(_key, keys))} = {self.value(value)}", path or keys)

    def within(self, name: str, keys: Mapping[str, Any]) -> None:
        """The keys of an inline table stand where it does."""
        for key in keys:
            self._found.lines[name, key] = self._found.lines[name,]

    def value(self, value: Any) -> str:
        """A value as TOML."""
        match value:
            case bool():
                return "true" if value else "false"
            case int():
                styles = [str(value), f"{value:_}"] + ([hex(value)] if value >= 0 else [])
                return self._draw(st.sampled_from(styles))
            case float() | date():
                return str(value)
            case str():
                return self._draw(st.sampled_from(_texts(value)))
            case list():
                return f"[{', '.join(map(self.value, value))}]"
        return f"{{ {', '.join(f'{_key(k)} = {self.value(v)}' for k, v in value.items())} }}"

    def _maybe(self) -> bool:
        return self._draw(st.booleans())

    def finished(self) -> Written:
        """With its line ends."""
        self._found.text = self._end.join(self._text)
        return self._found


def _key(key: str) -> str:
    return key if key and set(key) <= BARE else _texts(key)[0]


def _texts(value: str) -> list[str]:
    plain = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    literal = all(char.isprintable() and char != "'" for char in value)
    return [plain, f"'{value}'"] if literal else [plain]
