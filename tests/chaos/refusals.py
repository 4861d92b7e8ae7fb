"""Folders that cannot be read or written, or hold nothing of ours: a sentence, soon."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.ground import Ground, Tried, environment
from tests.chaos.more import busy, patience
from tests.chaos.ordinary import held_to_permissions, ordinary

SOON = 1.0
"""Seconds within which a command says why it cannot."""
RUN = ("run", "chaos.toml", "--trials", "9")
WRITE = (RUN, (*RUN, "--detach"), ("ctl", "chaos", "add", "1"), ("clean", "chaos"))
READ = tuple((verb, "chaos") for verb in ("status", "top", "show", "log"))
READ += (("attach", "chaos", "--plain"),)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder and all below it can be read alone, for a while."""
    every = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in every}
    for path in reversed(every):
        path.chmod(modes[path] & ~0o222)
    try:
        yield
    finally:
        for path in every:
            path.chmod(modes[path])


def command(place: Path, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run hpsearch as an ordinary user, where `runs/` and the study file are."""
    return subprocess.run(
        [sys.executable, "-m", "hpsearch", *words],
        cwd=place,
        env=environment(place),
        preexec_fn=ordinary,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def wrong(done: subprocess.CompletedProcess[str], refused: bool = True) -> list[str]:
    """What is wrong with how a command ended.

    Args:
        refused: whether it is to end with one line that says why; or well.
    """
    said = done.stdout + done.stderr
    found = ["a traceback"] if "Traceback" in said or "Errno" in said else []
    if refused and not (done.returncode and done.stderr.startswith("hpsearch: ")):
        found.append("it is not refused")
    if refused and len(said.splitlines()) != 1:
        found.append("not one line")
    if not refused and done.returncode:
        found.append("it is refused")
    return [f"{' '.join(done.args[3:])}: {text}: exit {done.returncode}, {said}" for text in found]


def refusals(place: Path, seconds: float, seed: int) -> Tried:
    """A read-only folder, one that is not there, a database of garbage: every command on each."""
    ground = Ground(place, trials=2, epochs=3)
    told, slowest = Tried("", trials=2), 0.0

    def each(state: str, commands: Sequence[Sequence[str]], refused: bool = True) -> None:
        nonlocal slowest
        for words in commands:
            began = time.monotonic()
            found = wrong(command(place, words), refused)
            after = time.monotonic() - began
            if after > patience(SOON):
                found.append(f"{' '.join(words)}: after {after:.1f} s")
            told.violations += [f"{state}: {text}" for text in found]
            told.times, slowest = told.times + 1, max(slowest, after)

    each("nothing there", [*READ, *WRITE[2:], ("run", "nowhere.toml")])
    each("a folder that cannot be", [("run", "chaos.toml", "--runs", "/proc/nowhere")])
    ground.run()
    if held_to_permissions(place / "held"):
        with read_only(place / "runs"):
            each("read-only", WRITE)
            each("read-only", READ, refused=False)
    for log in ground.folder.path.glob("study.db-*"):
        log.unlink()
    ground.folder.db.write_bytes(os.urandom(50_000))
    each("garbage", [*READ, *WRITE[:2], WRITE[3]])
    told.figure = f"the slowest after {slowest:.2f} s{busy()}"
    return told
