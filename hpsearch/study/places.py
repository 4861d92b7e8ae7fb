"""Reading TOML within bounds, and where in it each key stands.

tomllib gives values without lines, so the keys are found by a scanner of our own. It may be
lenient: what it looks at has either been parsed already, or is only measured before parsing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

LARGEST = 256 * 1024
"""Bytes a study file may have."""
MOST_DOTS = 32
"""Dots a key may have: 40 KB of them keep a parser busy for 6 s and fill 1.5 GB."""

Path = tuple[str | int, ...]
"""Where a key stands: ("training", "epochs"), or ("enqueue", 0, "training.epochs")."""

# A string that is never closed runs to the end (of its line), so that no text is scanned twice.
_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]*)
    | (?P<text> \"{3} (?:\\.|[^\\])*? (?:\"{3}(?:\"\"?)?|\\?\Z)
              | '{3} .*? (?:'{3}(?:''?)?|\Z) )
    | (?P<word> "(?:\\[^\n]|[^"\\\n])*"? | '[^'\n]*'? | [^\s\[\]{}=,."'\#]+ )
    | (?P<line> \n)
    | (?P<mark> [\[\]{}=,.] )
    | (?P<rest> . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Unreadable(Exception):
    """A text is not TOML, or more than anyone would write."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        """From 1; None where it is the text as a whole."""


def load(text: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        Unreadable: it has none, or asks for too much.
    """
    text = text.replace("\r\n", "\n")
    if len(text.encode(errors="replace")) > LARGEST:
        raise Unreadable("larger than 256 KiB; a study file is a page or two.")
    if line := _too_many_dots(text):
        raise Unreadable(f"a key with more than {MOST_DOTS} dots; write tables instead.", line)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(str(error), text) from None
    except RecursionError:
        raise Unreadable("brackets are nested too deeply; no key needs more than two.") from None
    except ValueError:
        digits = re.search(r"[0-9_]{1000,}", text)  # more than Python turns into a number
        line = text.count("\n", 0, digits.start()) + 1 if digits else None
        raise Unreadable("a number of thousands of digits; write a shorter one.", line) from None


def lines(text: str) -> Mapping[Path, int]:
    """The line, from 1, of every table header and key."""
    found: dict[Path, int] = {}
    for path, line in _keys(text.replace("\r\n", "\n")):
        found.setdefault(path, line)
    return found


def line_of(found: Mapping[Path, int], path: Path) -> int | None:
    """The line of a key, or of the nearest table around it."""
    while path:
        if path in found:
            return found[path]
        path = path[:-1]
    return None


def _syntax(message: str, text: str) -> Unreadable:
    at = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if at:
        what, line, column = message[: at.start()], int(at[1]), f"column {at[2]}"
    else:
        what, line = message.removesuffix(" (at end of document)"), text.count("\n") + 1
        column = "at the end"
    what = what[:1].lower() + what[1:]
    if what == "cannot overwrite a value":
        above = reversed(text.split("\n")[:line])  # a value may take several lines
        key = next((one.partition("=")[0].strip() for one in above if "=" in one), "")
        return Unreadable(f"the key {key} stands a second time in its section; keep one.", line)
    if twice := re.fullmatch(r"cannot declare \((.*?),?\) twice", what):
        section = ".".join(re.findall(r"'([^']*)'", twice[1]))
        return Unreadable(f"the section [{section}] begins a second time; make it one.", line)
    if what.startswith("illegal character '\\n'"):  # a line ends within a word in quotes
        what = "a quote is opened and not closed before the line ends"
    return Unreadable(f"this is not TOML: {what} ({column}); https://toml.io shows how.", line)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for token in _TOKEN.finditer(text):
        yield str(token.lastgroup), token.group()


def _too_many_dots(text: str) -> int:
    """The line on which more than MOST_DOTS dots stand between two other marks; 0 for none."""
    line, dots = 1, 0
    for kind, token in _tokens(text):
        if token == ".":
            dots += 1
        elif kind in ("line", "mark"):
            dots = 0
        if dots > MOST_DOTS:
            return line
        line += token.count("\n")
    return 0


def _keys(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    counts: dict[Path, int] = {}
    parts: list[str] = []
    state, depth, line, brackets = "key", 0, 1, 1
    for kind, token in _tokens(text):
        if kind == "line" and depth <= 0:
            if state == "header":
                yield from _header(table, line)
            state, depth, parts = "key", 0, []
        elif state == "key" and token == "[" and not parts:
            state, depth = "header", 0
            table = ()
            brackets = 1
        elif state == "header":
            if token == "[" and not parts:
                brackets = 2
            elif kind == "word":
                parts.append(_bare(token))
            elif token == "]" and parts:
                table = _table(parts, brackets == 2, counts)
                parts = []
        elif state == "key" and kind == "word":
            parts.append(_bare(token))
        elif state == "key" and token == "=":
            for end in range(1, len(parts) + 1):
                yield (*table, *parts[:end]), line
            state = "value"
        elif state == "value" and kind == "mark":
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
        line += token.count("\n")
    if state == "header":
        yield from _header(table, line)


def _header(table: Path, line: int) -> Iterator[tuple[Path, int]]:
    yield table, line
    if table and isinstance(table[-1], int):  # the array as a whole begins with its first table
        yield table[:-1], line


def _table(parts: list[str], array: bool, counts: dict[Path, int]) -> Path:
    """The path of a header, with the place in its array of tables; `counts` is kept up to date."""
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, parts[-1])
    if array:
        counts[path] = counts.get(path, -1) + 1
        return (*path, counts[path])
    return (*path, counts[path]) if path in counts else path


def _bare(word: str) -> str:
    if word[:1] == "'":
        return word.strip("'")
    if word[:1] != '"':
        return word
    try:
        return str(tomllib.loads(f"word = {word}")["word"])
    except tomllib.TOMLDecodeError:
        return word
