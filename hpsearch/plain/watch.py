"""Watching a study to its end, in one of three ways. `run` and `attach` both end up here."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol, Self

from hpsearch.plain.jsonlines import JsonLines
from hpsearch.plain.lines import Lines
from hpsearch.plain.stream import Batch, Stop, follow
from hpsearch.plain.summary import summary
from hpsearch.plain.terminal import Mode, Terminal, terminal
from hpsearch.store.folder import RunFolder
from hpsearch.store.records import Mark
from hpsearch.view.status import LIVE, Status


class Display(Protocol):
    """Draws batches. Entering takes the terminal, leaving gives it back as it was."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def show(self, batch: Batch) -> None:
        """Draw what one look at the store found."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """While it lasts, others may write to the terminal."""
        ...


@dataclass(frozen=True)
class Outcome:
    """How watching ended."""

    state: str
    """The study's true state when last seen: finished, stopped, failed, gone; or, where one left
    before the end, running, paused, stopping; "" where nothing was ever seen."""
    complete: int
    """Complete trials."""
    left: bool
    """Whether watching ended before the study did."""


def exit_code(state: str, complete: int) -> int:
    """The exit code of a command that watched a study to that state. (An abort has its own.)

    0: the budget is reached, or one left while it went on; 1: an error, or no complete trial;
    3: stopped by a person.
    """
    if state in LIVE:
        return 0
    if state == "stopped":
        return 3
    return 0 if state == "finished" and complete > 0 else 1


def watch(
    path: Path,
    *,
    mode: Mode,
    since: Mark | None = None,
    alive: Callable[[], bool] | None = None,
    stop: Stop | None = None,
    on_interrupt: Callable[[], bool] | None = None,
    out: Terminal | None = None,
) -> Outcome:
    """Show a run until it ends or one leaves, then its summary.

    Args:
        path: the run folder.
        since: where news begins (`store.reader.mark`, taken before the engine starts, shows all of
            a run); None: now.
        alive: whether an engine works on it; None: whether one holds the folder's lock.
        stop: set from elsewhere to leave.
        on_interrupt: called at each Ctrl-C, between two looks at the store; it may print. True
            goes on watching, False leaves. None: Ctrl-C raises KeyboardInterrupt here, once the
            terminal is as it was.

    Raises:
        RunError: there is no such study, or its store cannot be read.
    """
    folder = RunFolder(path)
    out = out or terminal()
    interrupts = _Interrupts()
    last: Batch | None = None
    try:
        with interrupts.caught(), _display(mode, out) as display:
            ask = _beside(display, on_interrupt) if on_interrupt else None
            leave = _Leave(stop, interrupts, ask)
            for batch in follow(folder, alive or (lambda: folder.alive), leave, since):
                display.show(batch)
                last = batch
        if last is None:
            return Outcome("", 0, left=True)
        _close(mode, out, last.status, folder)
    except BrokenPipeError:
        _close_quietly(out)  # whoever read us has seen enough
        return _outcome(last, left=True)
    if leave.raises:
        raise KeyboardInterrupt
    return _outcome(last, left=not last.last)


def _beside(display: Display, ask: Callable[[], bool]) -> Callable[[], bool]:
    """The same question, asked while the display stands aside: it may print."""

    def asked() -> bool:
        with display.aside():
            return ask()

    return asked


def _display(mode: Mode, out: Terminal) -> Display:
    if mode == "json":
        return JsonLines(out)
    if mode == "bars":
        from hpsearch.plain.bars import Bars

        return Bars(out)
    return Lines(out)


def _outcome(last: Batch | None, left: bool) -> Outcome:
    if last is None:
        return Outcome("", 0, left)
    return Outcome(last.status.state, last.status.counts.complete, left)


def _close(mode: Mode, out: Terminal, status: Status, folder: RunFolder) -> None:
    if mode == "json":
        JsonLines(out).close(status, folder, time.time())
        return
    *about, keep, further = summary(status, folder, out.glyphs)
    for at, line in enumerate(about):
        out.tell(line, "      " if at else "  ")
    for command in (keep, further):  # never cut: they are there to be copied
        out.say(out.writable(command))


class _Interrupts:
    """Ctrl-C as a count instead of an exception, which could come in the middle of a drawing."""

    def __init__(self) -> None:
        self.waiting = 0

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Count them in here."""
        if threading.current_thread() is not threading.main_thread():
            yield  # signals belong to the main thread
            return
        before = signal.signal(signal.SIGINT, self._count)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.waiting += 1


class _Leave:
    """Whether to leave: somebody set `stop`, or Ctrl-C says so."""

    def __init__(
        self, stop: Stop | None, interrupts: _Interrupts, ask: Callable[[], bool] | None
    ) -> None:
        self._stop = stop or threading.Event()
        self._interrupts = interrupts
        self._ask = ask
        self._left = False
        self.raises = False

    def is_set(self) -> bool:
        """Whether to leave, once every Ctrl-C so far is answered."""
        while self._interrupts.waiting and not self._left:
            self._interrupts.waiting -= 1
            if self._ask is None:
                self.raises = self._left = True
            else:
                self._left = not self._ask()
        return self._left or self._stop.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep, then say whether to leave."""
        if not self.is_set():
            self._stop.wait(timeout)
        return self.is_set()


def _close_quietly(out: Terminal) -> None:
    """Point the stream at nothing, so that the interpreter's last flush does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, out.stream.fileno())
    os.close(nowhere)
