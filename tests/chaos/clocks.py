"""A clock that is set by an hour amid a run, of every process that takes part."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from hpsearch.store.reader import Reader
from tests.chaos.ground import Ground, Tried, await_, environment
from tests.chaos.kills import SLOW
from tests.chaos.processes import engine_of

HOUR = 3600.0
JUMPS = (HOUR, -HOUR, 0.0)
"""By what the clock is wrong, one after the other."""
CLOCK = """
import os, time
_true, _file = time.time, {file!r}
def _wrong():
    try:
        return _true() + float(open(_file).read() or 0)
    except OSError:
        return _true()
time.time = _wrong
"""
"""What every Python imports when it starts (sitecustomize)."""
LIMITS = 'stall_timeout = "60s"\ntrial_timeout = "30m"\ntimeout = "40m"\npruner = "none"'
LOOK = (("status", "chaos"), ("top", "chaos"), ("show", "chaos", "0"), ("log", "chaos"), ("ls",))
NEGATIVE = re.compile(r"(?<![\w.e-])-\d+(\.\d+)?\s?(s|m|h|d|min)\b")


def clocks(place: Path, seconds: float, seed: int) -> Tried:
    """Set it forth and back amid trials: none dies or ends for it, and no time is negative."""
    ground = Ground(place, trials=4, epochs=400, study=LIMITS)
    wrong = place / "clock"
    (place / "sitecustomize.py").write_text(CLOCK.format(file=str(wrong)))
    paths = filter(None, (str(place), os.environ.get("PYTHONPATH")))
    words = {**environment(place, SLOW), "PYTHONPATH": os.pathsep.join(paths)}

    def ask(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "hpsearch", *command],
            cwd=place,
            env=words,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode or "Traceback" in done.stderr:
            told.violations.append(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    told = Tried("", trials=4)
    began = time.monotonic()
    ask("run", "chaos.toml", "--detach")
    for jump in JUMPS:
        before = _epochs(ground)
        wrong.write_text(str(jump))
        told.times += 1
        if await_(lambda jump=jump: abs(_beat(ground) - time.time() - jump) < HOUR / 2, 60) is None:
            told.violations.append(f"{jump:+.0f} s: the engine's clock is not set")
        for look in LOOK:
            if found := NEGATIVE.search(ask(*look)):
                told.violations.append(f"{jump:+.0f} s: {' '.join(look)} says {found.group()}")
        if await_(lambda before=before: _epochs(ground) > before + 20, 60) is None:  # of 1,600
            told.violations.append(f"{jump:+.0f} s: nothing goes on")
    while engine_of(ground.folder):
        time.sleep(0.2)
    took = time.monotonic() - began
    with Reader(ground.folder) as reader:
        study, trials = reader.study(), reader.trials()
    told.violations += [f"#{t.number} was tried {t.attempt} times" for t in trials if t.attempt > 1]
    spent = [study.seconds, *(trial.seconds or 0.0 for trial in trials)]
    told.violations += [f"{one:.1f} s were spent" for one in spent if not 0 <= one <= took]
    told.violations += ground.violations()
    told.figure = "+1 h, −1 h and back, of engine, shells, trainers and views"
    return told


def _beat(ground: Ground) -> float:
    """When the engine last wrote, by its own clock."""
    with Reader(ground.folder) as reader:
        return reader.study().beat


def _epochs(ground: Ground) -> int:
    with Reader(ground.folder) as reader:
        return sum(trial.epochs for trial in reader.trials())
