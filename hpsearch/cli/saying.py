"""What commands say on standard output and error."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TextIO


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


def word(path: Path) -> str:
    """A path as a shell takes it."""
    return shlex.quote(str(path))


def _line(stream: TextIO, text: str) -> None:
    from hpsearch.plain.terminal import terminal
    from hpsearch.view.format import clean

    out = terminal(stream)
    out.say(out.writable(clean(text)))
