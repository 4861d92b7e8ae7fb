"""A trainer at work: one trial after another, until the engine has had enough."""

from __future__ import annotations

import os
import socket
import sys
import time
import traceback
import warnings
from collections.abc import Mapping
from typing import Any

from hpsearch import faults
from hpsearch.engine import fetching
from hpsearch.engine.calling import Address, Line
from hpsearch.engine.conversation import Conversation, Job
from hpsearch.engine.frames import WireError
from nncore import Dataset

BUSY = 60.0
"""Seconds that a trainer tries to reach an engine which is there and does not shake hands."""
PATIENCE = 0.2
"""Seconds between two tries."""
LOG_LIMIT = 64 * 1024
"""Bytes of a trial's output that are kept."""


def work(order: Mapping[str, Any]) -> None:
    """Call the engine, and work until there is no more."""
    warnings.simplefilter("always")
    key = bytes.fromhex(order["key"])
    try:
        line = _called(Address(order["host"], order["port"], key, order["certificate"]))
        line.send(
            {
                "kind": "hello",
                "role": "trainer",
                "slot": order["slot"],
                "pid": os.getpid(),
                "host": socket.gethostname(),
            }
        )
        _work(line)
    except (EOFError, OSError, WireError):
        return  # the engine is gone, and so are we


def _called(engine: Address) -> Line:
    """A line to the engine.

    Raises:
        WireError: it was too busy to shake hands all the time, as EOFError and TimeoutError tell.
        OSError: nobody answers.
    """
    until = time.monotonic() + BUSY
    while True:
        try:
            return Line(engine)
        except (EOFError, WireError, TimeoutError, ConnectionResetError):
            # It is there: to die would count as if we could not start.
            if time.monotonic() > until:
                raise
            time.sleep(PATIENCE)


def _work(line: Line) -> None:
    data: dict[str, tuple[Dataset, ...]] = {}
    while True:
        frame = line.receive()
        if frame.head["kind"] == "end":
            return
        if frame.head["kind"] != "trial":
            continue  # a verdict on a trial that is over
        job = Job.from_json(frame.head)
        faults.at("trainer taken")
        try:
            if job.fingerprint not in data:
                found = fetching.obtain(line, job.fingerprint, job.folder, job.folds or 1)
                data = {job.fingerprint: found}
            head, body = Conversation(line, job).train(data[job.fingerprint], frame.body)
        except (EOFError, ConnectionError):
            raise
        except Exception as error:  # whatever a trial raises is part of its story, not our end
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}".strip()
            head, body = {"kind": "raised", "reason": reason[:2000]}, b""
        faults.at("trainer ended")
        line.send({**head, "number": job.number, "log": _take_log()}, body)
        faults.at("trainer sent")


def _take_log() -> str:
    """What the trial printed and was warned of; the file behind stdout is emptied for the next."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        size = os.fstat(2).st_size
        text = os.pread(2, LOG_LIMIT, max(0, size - LOG_LIMIT))
        os.ftruncate(2, 0)
    except OSError:  # not a file: started by hand
        return ""
    return text.decode("utf-8", "replace")
