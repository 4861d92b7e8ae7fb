"""Strangers at the engine's door while it works: silent, wrong, halting, talkative, very many."""

from __future__ import annotations

import random
import socket
import time
from pathlib import Path

from hpsearch.engine.calling import Address, Line
from hpsearch.engine.door import STRANGERS
from hpsearch.engine.frames import WireError
from hpsearch.store.reader import Reader
from tests.chaos.ground import Ground, Tried
from tests.chaos.kills import SLOW
from tests.chaos.more import at_work
from tests.chaos.processes import engine_of
from tests.chaos.sockets import doors

FLOOD = STRANGERS + 100
"""Callers at once, more than are let in."""
SAID = ("a wrong key", "no handshake")
"""What the engine's log says of them."""


def callers(place: Path, seconds: float, seed: int) -> Tried:
    """The trials are trained as if nobody had called, and the log tells of those who did."""
    ground = Ground(place, trials=4, epochs=300)
    engine, told = at_work(ground, SLOW), Tried("", trials=4)
    ((host, port),) = doors([engine])
    dice, here, silent = random.Random(seed), (str(host), port), []
    until = time.monotonic() + max(5.0, seconds / 2)
    while engine_of(ground.folder) == engine and time.monotonic() < until:
        if len(silent) < FLOOD:
            silent += [socket.create_connection(here) for _ in range(50)]  # and say nothing
        for size in (1, 40, 64, 5000):  # half a proof, a wrong one, and what follows it
            with socket.create_connection(here) as caller:
                caller.sendall(dice.randbytes(size))
        try:
            Line(Address(str(host), port, dice.randbytes(32)))
        except (WireError, OSError, EOFError):
            pass
        else:
            told.violations.append("a wrong key opens the door")
        told.times += 55
    while engine_of(ground.folder) == engine:
        time.sleep(0.2)
    for caller in silent:
        caller.close()
    with Reader(ground.folder) as reader:
        tried = {trial.number: trial.attempt for trial in reader.trials()}
    told.violations += [f"#{number} was tried {n} times" for number, n in tried.items() if n > 1]
    log = (ground.folder.logs / "engine.log").read_text()
    told.violations += [f"the log says nothing of {what!r}" for what in SAID if what not in log]
    told.violations += ground.violations()
    told.figure = f"{log.count('refused')} told in the log of {len(log) >> 10} KiB"
    return told
