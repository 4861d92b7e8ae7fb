"""What the engine's process does: take an order, answer it, and run the study.

What takes long to import comes only when the workers are being started, which takes long, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from hpsearch.engine.order import Answer, Held, Order
from hpsearch.engine.room import hold_room
from hpsearch.engine.staff import Staff
from hpsearch.errors import HpsearchError
from hpsearch.store.folder import RunFolder
from hpsearch.study.glance import glance
from hpsearch.system import holder

if TYPE_CHECKING:
    from hpsearch.study.studyfile import StudyFile

EXIT_SECONDS = 1.0
"""How long the interpreter may take to end."""


def work() -> None:
    """Take an order, answer it, and run the study. Turns the collector on when all is imported."""
    line = _line()
    if not line.endswith(b"\n"):  # the command that began this came to nothing
        return
    order = Order.from_line(line)
    os.set_inheritable(order.answer, False)
    try:
        options = glance(order.study, order.overrides) or _read(order).study
        folder = RunFolder(order.runs / options.name)
        if holder(folder.lock):
            raise Held(folder.path)
        hold_room(folder.path)
        staff = Staff(options, folder.path, order.reach)
        try:
            _run(order, staff)
        except BaseException:
            # Left alone, joblib would wait at exit for shells that nobody tells to end.
            threading.Thread(target=staff.dismiss, args=(0.0,)).start()
            raise
    except Held as held:
        _answer(order, Answer("held", folder=str(held.folder)))
        sys.exit(0)
    except HpsearchError as error:
        _answer(order, Answer("error", str(error), error.code))
        sys.exit(error.code)
    # joblib tidies up at exit; a thread that is still busy by then has nothing left to say.
    last = threading.Timer(EXIT_SECONDS, os._exit, (0,))
    last.daemon = True
    last.start()


def _read(order: Order) -> StudyFile:
    from hpsearch.study import studyfile

    return studyfile.read(order.study, order.overrides)


def _run(order: Order, staff: Staff) -> None:
    study = _read(order)  # first: where it is wrong, nothing else is needed
    from hpsearch.engine.opening import open_study
    from hpsearch.engine.run import Run

    gc.freeze()
    gc.enable()

    def say(text: str) -> None:
        _answer(order, Answer("say", text))

    for note in staff.notes:
        say(note)
    opened = open_study(order, study, say, staff.threads)
    for note in staff.notes:
        opened.store.note("note", note)
    ready = Answer("ready", folder=str(opened.folder.path))
    asyncio.run(Run(opened, staff, order.owned, lambda: _answer(order, ready)).run())
    logging.shutdown()


def _line() -> bytes:
    # Not by the buffered reader, which takes more than the line: an owned engine watches the rest.
    with open(0, "rb", buffering=0, closefd=False) as stdin:
        return stdin.readline()


def _answer(order: Order, answer: Answer) -> None:
    with contextlib.suppress(OSError):  # the command may be gone; an owned engine hears on stdin
        os.write(order.answer, answer.to_line())
        if answer.kind != "say":
            os.close(order.answer)
