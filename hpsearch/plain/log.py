"""`hpsearch log`: what happened in a study, or what a trial printed; on request as it comes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from hpsearch.plain.stream import TICK, Stop
from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.store.connection import Busy
from hpsearch.store.folder import RunFolder
from hpsearch.store.inbox import to_reader
from hpsearch.store.reader import Reader
from hpsearch.store.records import EventRecord
from hpsearch.store.triallog import TrialLogs
from hpsearch.view.format import Glyphs, clean

PAGE = 1000
"""Events read at once."""


def events(
    reader: Reader, trial: int | None, last: int | None, stop: Stop, alive: Callable[[], bool]
) -> Iterator[EventRecord]:
    """The events of a study, or of one of its trials; then those that come, until `stop` is set
    or no engine is left.

    Args:
        last: how many of those that are there already; None: all.
    """
    known = list(_after(reader, 0))
    after = known[-1].id if known else 0
    wanted = [event for event in known if trial in (None, event.trial)]
    yield from wanted if last is None else wanted[len(wanted) - min(last, len(wanted)) :]
    while not stop.is_set():
        lives = alive()  # before the store is read: an engine writes its end, then lets go
        try:
            for event in _after(reader, after):
                after = event.id
                if trial in (None, event.trial):
                    yield event
        except Busy:
            lives = True  # another look
        if not lives or stop.wait(TICK):
            return


def lines(path: Path, last: int | None, stop: Stop, alive: Callable[[], bool]) -> Iterator[str]:
    """The lines of a file that may grow, or only come to be: see `events`."""
    known = _lines(path, grows=not stop.is_set())
    yield from known if last is None else known[len(known) - min(last, len(known)) :]
    while not stop.is_set():
        lives = alive()
        now = _lines(path, grows=lives)
        yield from now[len(known) :]
        known = now
        if not lives or stop.wait(TICK):
            return


def tell(
    folder: RunFolder,
    trial: int | None,
    last: int | None,
    stop: Stop,
    as_json: bool,
    out: Terminal | None = None,
) -> bool:
    """Print the events of a study; of a trial, those about it and then what its trainer printed.

    Returns whether there is such a trial.

    Raises:
        RunError: the store cannot be read.
    """
    out = out or terminal()
    with Reader(folder) as reader:
        if trial is not None and reader.trial(trial) is None:
            return False
        at_once = threading.Event()
        at_once.set()
        until = stop if trial is None else at_once
        for event in events(reader, trial, last, until, lambda: folder.alive):
            out.say(_event_json(event)) if as_json else _event_text(event, out)
        if trial is None:
            return True
        path = TrialLogs(folder.logs).path(trial)
        for line in lines(path, last, stop, lambda: _trains(folder, reader, trial)):
            out.say(_line_json(trial, line) if as_json else out.writable(clean(line)))
    return True


def _trains(folder: RunFolder, reader: Reader, trial: int) -> bool:
    """Whether a trial may still print."""
    lives = folder.alive
    try:
        found = reader.trial(trial)
    except Busy:
        return True  # another look
    return lives and found is not None and found.state in ("running", "waiting")


def _event_text(event: EventRecord, out: Terminal) -> None:
    """When, what sort, and the sentence; on a terminal its next lines stand under the first."""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.time))
    text = f"{at} {_sign(event, out.glyphs)} {to_reader(event.text)}"
    if out.is_tty:
        out.tell(text, " " * 22)
    else:  # a line an event, for grep
        out.say(out.writable(clean(text)))


def _event_json(event: EventRecord) -> str:
    return json.dumps(asdict(event), allow_nan=False, separators=(",", ":"))


def _line_json(trial: int, line: str) -> str:
    return json.dumps({"trial": trial, "line": line}, separators=(",", ":"))


def _sign(event: EventRecord, glyphs: Glyphs) -> str:
    if event.kind in ("warning", "retried"):
        return "!"
    if event.kind in ("best", "complete", "pruned", "diverged", "failed"):
        return getattr(glyphs, event.kind)
    return " "


def _after(reader: Reader, after: int) -> Iterator[EventRecord]:
    while page := reader.events(after, PAGE):
        yield from page
        after = page[-1].id


def _lines(path: Path, grows: bool) -> list[str]:
    """The lines of a file; of one that grows, those that have ended."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return (text[: text.rfind("\n") + 1] if grows else text).splitlines()
