"""What a search in Python shows while it runs: a line for what matters, or nothing."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from hpsearch.plain.lines import line, status_line
from hpsearch.plain.stream import Batch
from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.store.inbox import to_reader

EVERY = 10.0
"""Seconds between two lines that say how it stands."""
_NOTEBOOK = 100
"""Columns of a notebook's output."""


class Face:
    """Says how a search goes: its start, what was noticed, each new best, its end."""

    def __init__(self, out: Terminal | None) -> None:
        """Write there; None: nowhere."""
        self.out = out
        self._said = time.time()

    def say(self, text: str) -> None:
        """One sentence."""
        if self.out is not None:
            self.out.tell(to_reader(text), "  ")

    def show(self, batch: Batch) -> None:
        """What one look at the store found."""
        if self.out is None:
            return
        for happening in batch.happenings:
            if happening.what == "trial_end" and not happening.best:
                continue
            if text := line(happening, batch, self.out.glyphs, self.out.width):
                self.say(text)
        if batch.now - self._said >= EVERY and not batch.last:
            self.say(status_line(batch.status, self.out.glyphs))
            self._said = batch.now


def face(progress: bool | None) -> Face:
    """The one that was asked for; None: lines on a terminal and in a notebook, else nothing."""
    if progress is False:
        return Face(None)
    if in_notebook():
        return Face(Terminal(sys.stdout, _NOTEBOOK))
    stream: TextIO | None = sys.stderr  # None under pythonw, or where it was closed
    if stream is None or not (progress or stream.isatty()):
        return Face(None)
    return Face(terminal(stream))


def in_notebook() -> bool:
    """Whether output goes to a notebook's page, where errors are red and lines are text."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")
