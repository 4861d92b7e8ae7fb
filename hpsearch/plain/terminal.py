"""Where plain output goes, and what that place can show."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

from hpsearch.view.format import Glyphs, cells, clean, cut, glyphs

Mode = Literal["bars", "lines", "json"]

PIPE_WIDTH = 80


@dataclass(frozen=True)
class Terminal:
    """A stream, and how wide it is."""

    stream: TextIO
    width: int = PIPE_WIDTH
    is_tty: bool = False

    @property
    def glyphs(self) -> Glyphs:
        """The signs this stream's encoding can hold."""
        return glyphs(self.stream.encoding)

    def fit(self, text: str) -> str:
        """One line, no wider than the terminal, in what its encoding can hold."""
        return cut(self.writable(clean(text)), self.width, self.glyphs.more)

    def wrap(self, text: str, indent: str = "") -> list[str]:
        """The same as several lines, none of them wider unless a single word is.

        Args:
            indent: what every line but the first begins with.
        """
        shown = self.writable(clean(text))
        begin = " " * (len(shown) - len(shown.lstrip(" ")))
        first, *words = shown.lstrip(" ").split(" ")
        lines = [begin + first]
        for word in words:
            joined = f"{lines[-1]} {word}"
            if word and cells(joined) > self.width:
                lines.append(indent + word)
            else:
                lines[-1] = joined
        return lines

    def writable(self, text: str) -> str:
        """`text` with what the encoding lacks spelt out."""
        encoding = self.stream.encoding or "ascii"
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def tell(self, text: str, indent: str = "") -> None:
        """Write a sentence, on as many lines as it needs."""
        for line in self.wrap(text, indent):
            self.say(line.rstrip())

    def say(self, text: str) -> None:
        """Write one line, at once: a pipe's reader should not wait for a full buffer."""
        self.stream.write(text + "\n")
        self.stream.flush()


def terminal(stream: TextIO | None = None) -> Terminal:
    """The terminal at `stream` (None: standard output)."""
    at: TextIO = sys.stdout if stream is None else stream
    if not at.isatty():
        return Terminal(at)
    return Terminal(at, shutil.get_terminal_size((PIPE_WIDTH, 24)).columns, is_tty=True)


def mode_for(
    json: bool = False, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ
) -> Mode:
    """How to show progress there: bars on a terminal, lines in pipes, CI and on dumb terminals."""
    if json:
        return "json"
    bars = terminal(stream).is_tty and environ.get("TERM") != "dumb" and not environ.get("CI")
    return "bars" if bars else "lines"
