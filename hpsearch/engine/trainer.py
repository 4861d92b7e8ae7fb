"""A trainer: one process that trains one trial after another.

It is started by a shell with its instructions as one line on stdin, and lives until stdin ends or
the engine says so. It knows nothing of the search: it gets a configuration and a seed, streams
epochs back, and obeys verdicts. `python -P -m hpsearch.engine.trainer` is all there is to start.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import traceback
import warnings

from hpsearch import system
from hpsearch.engine import arrays
from hpsearch.engine.conversation import Conversation, Job
from hpsearch.engine.wire import Address, Line, WireError
from nncore import Dataset

LOG_LIMIT = 64 * 1024
"""Bytes of a trial's output that are kept."""


def main() -> None:
    """Read the instructions, call the engine, and work until there is no more."""
    order = json.loads(_first_line())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    system.die_with_parent()
    system.be_nice(order["nice"])
    if order["memory"]:
        system.limit_memory(order["memory"])
    warnings.simplefilter("always")
    try:
        line = Line(Address(order["host"], order["port"], bytes.fromhex(order["key"])))
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


def _work(line: Line) -> None:
    data: dict[str, tuple[Dataset, ...]] = {}
    while True:
        frame = line.receive()
        if frame.head["kind"] == "end":
            return
        if frame.head["kind"] != "trial":
            continue  # a verdict on a trial that is over
        job = Job.from_json(frame.head)
        try:
            if job.fingerprint not in data:
                found = arrays.obtain(line, job.fingerprint, job.folder, job.folds or 1)
                data = {job.fingerprint: found}
            head, body = Conversation(line, job).train(data[job.fingerprint], frame.body)
        except (EOFError, ConnectionError):
            raise
        except Exception as error:  # whatever a trial raises is part of its story, not our end
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}".strip()
            head, body = {"kind": "raised", "reason": reason[:2000]}, b""
        line.send({**head, "number": job.number, "log": _take_log()}, body)


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


def _first_line() -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    return bytes(line)


def _end_with_stdin() -> None:
    # os.read, not sys.stdin: a thread inside the buffered reader would abort the interpreter.
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
