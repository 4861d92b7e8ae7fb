"""A trainer: one process that trains one trial after another.

It is started by a shell with its instructions as one line on stdin, and lives until stdin ends or
the engine says so. It knows nothing of the search: it gets a configuration and a seed, streams
epochs back, and obeys verdicts. `python -P -m hpsearch.engine.trainer` is all there is to start.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading

from hpsearch import system


def main() -> None:
    """Read the instructions, call the engine, and work until there is no more."""
    system.die_with_parent()
    line = _first_line() if system.readable(0, 0) else b""
    # Instructions may be long in coming, and importing NumPy takes its time, a tenth of which would
    # go into looking for garbage that imports do not make.
    gc.disable()
    from hpsearch.engine.working import work

    gc.freeze()
    gc.enable()
    order = json.loads(line or _first_line())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    system.be_nice(order["nice"])
    if order["memory"]:
        system.limit_memory(order["memory"])
    work(order)


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
