"""What commands say on standard output and error."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TextIO

_BASH = str.maketrans({"'": "\\'", "\\": "\\\\"})
"""What $'…' reads otherwise."""
_COMMAND = re.compile(r"(^|  )hpsearch ")
_LABEL = re.compile(r"(\w+ {2,})?\s*")
"""What stands before a sentence, and its further lines go on to the right of."""


def say(text: str) -> None:
    """A line on standard output, fit for its terminal."""
    _line(sys.stdout, text)


def note(text: str) -> None:
    """A line on standard error: what is said beside the result."""
    _line(sys.stderr, text)


def write(content: bytes) -> None:
    """Bytes as they are on standard output, for a pipe."""
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def word(written: str | Path) -> str:
    """A path or a name as a shell takes it; what would steer a terminal is spelt out for bash."""
    text = str(written)
    if text.isprintable():
        return shlex.quote(text)
    spelt = "".join(one if one.isprintable() else _spelt(one) for one in text.translate(_BASH))
    return f"$'{spelt}'"


def _spelt(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x80 else f"\\U{ord(char):08x}"


def _line(stream: TextIO, text: str) -> None:
    """A sentence breaks between words where a terminal ends; a command is one line to copy."""
    from hpsearch.plain.terminal import terminal
    from hpsearch.view.format import clean

    out = terminal(stream)
    if out.is_tty and not _COMMAND.search(text):
        out.tell(text, " " * len(_LABEL.match(text)[0]))  # type: ignore[index]  # it may be empty
    else:
        out.say(out.writable(clean(text)))
