"""Files whose damage can crash, hang or fill whoever reads them are read in a child first.

libhdf5 takes gigabytes or minutes over some files with a few bytes changed, and polars prints a
backtrace over some Parquet files. A child with little memory and time finds out which; what it
survived is then read here.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from hpsearch import system
from hpsearch.data.arrays import most_bytes
from hpsearch.errors import DataError

SECONDS = 2
"""Of processor time that any file may take."""
_BYTES_A_SECOND = 10 << 20
_MEMORY = 512 << 20
"""Bytes that any file may take."""
_WALL = 60
"""Seconds of wall time for each of processor time: a child that sleeps ends, too."""


def rehearse(module: str, path: Path) -> None:
    """Let a child call `load(path)` of a reader's module, and hear how it went.

    Raises:
        DataError: what `load` raised, or how the child died.
    """
    error = rehearsed(module, [path])[0]
    if error is not None:
        raise DataError(error)


def rehearsed(module: str, paths: Sequence[Path], seconds: int = SECONDS) -> list[str | None]:
    """For each file why it cannot be read, or None; a child that dies costs one file only.

    Args:
        seconds: of processor time for each, and more for large ones.
    """
    said: list[str | None] = []
    while len(said) < len(paths):
        left = paths[len(said) :]
        answers, end = _child(module, left, seconds)
        said += answers
        if len(answers) < len(left):
            said.append(f"{left[len(answers)].name} is damaged: reading it {end}.")
    return said


def _child(module: str, paths: Sequence[Path], seconds: int) -> tuple[list[str | None], str]:
    """The answers of one child, in order, and how it ended, to go on from "reading it"."""
    command = system.module_command("hpsearch.data.rehearsal")
    command += [module, str(seconds), *(str(path.absolute()) for path in paths)]
    wall = sum(seconds + _more(path) for path in paths) * _WALL
    environment = {**system.child_environment(), "POLARS_MAX_THREADS": "1"}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as child:
        try:
            out, _ = child.communicate(timeout=wall)
            end = "crashes what reads it"
        except subprocess.TimeoutExpired:
            child.kill()
            out, _ = child.communicate()
            end = "does not end"
    if child.returncode == -signal.SIGXCPU:
        end = "does not end"
    whole = out.decode("utf-8", "replace").split("\n")[:-1]  # the last line may be cut
    return [json.loads(line) for line in whole], end


def _more(path: Path) -> int:
    """Seconds that a large file may take beside."""
    return path.stat().st_size // _BYTES_A_SECOND


def _main(module: str, seconds: str, *paths: str) -> None:
    """The child: read each file, say in a line of JSON what was wrong, if anything."""
    load = import_module(module).load
    out = os.fdopen(os.dup(1), "w")
    for path in map(Path, paths):
        system.allow(_MEMORY + 2 * most_bytes(path.stat().st_size), int(seconds) + _more(path))
        error: str | None = None
        try:
            load(path)
        except DataError as wrong:
            error = str(wrong)
        except MemoryError:
            error = f"{path.name} is damaged, or does not fit in memory."
        except OSError as wrong:
            error = f"{path.name} cannot be read: {wrong.strerror or wrong}."
        except BaseException as wrong:  # a panic of polars is no Exception
            first = (str(wrong).splitlines() or [""])[0][:120]
            error = f"{path.name} is damaged: {type(wrong).__name__}, {first}."
        out.write(json.dumps(error) + "\n")
        out.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        _main(*sys.argv[1:])
