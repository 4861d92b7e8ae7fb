"""An engine's process that has been begun and awaits its order.

It imports for as long as a command reads its words and its file, so `run` begins it first of all.
One that never gets an order ends with the command, without a word.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile

from hpsearch import system


class Begun:
    """A process in a session of its own, and the pipe on which it answers."""

    def __init__(self) -> None:
        self.answers, self.answer = system.pipe()
        """Where its answers are read, as lines, ours to close; and, over there, where it writes."""
        self.output = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as we do
        """What it prints, until it has a log."""
        self.process = subprocess.Popen(
            system.module_command("hpsearch.engine"),
            stdin=subprocess.PIPE,
            stdout=self.output,
            stderr=self.output,
            pass_fds=(self.answer,),
            start_new_session=True,
            env=system.child_environment(),
        )
        os.close(self.answer)

    def order(self, line: bytes) -> None:
        """Tell it what to run."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once, and its output says why
            self.process.stdin.write(line)
            self.process.stdin.flush()


_ahead: list[Begun] = []


def begin() -> None:
    """Begin one that the next `take` gets."""
    with contextlib.suppress(OSError):  # no more processes: `take` will meet it, and say so
        _ahead.append(Begun())


def take() -> Begun:
    """The one that was begun, or else a new one."""
    return _ahead.pop() if _ahead else Begun()
