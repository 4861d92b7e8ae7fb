"""Every file of a run folder cut short, one at a time: what is said of it, and the next run."""

from __future__ import annotations

import io
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import TrialRecord
from tests.chaos.ground import Ground, Tried

COMMANDS = (
    ("ls",),
    ("top", "chaos"),
    ("status", "chaos"),
    ("show", "chaos"),
    ("show", "chaos", "1"),
    ("log", "chaos"),
    ("attach", "chaos", "--plain"),
)
SMALL = 2000
"""Bytes up to which a file is cut at each."""


def places(size: int, most: int, dice: random.Random) -> list[int]:
    """Where a file is cut: everywhere, or at so many places, both ends among them."""
    if size <= most:
        return list(range(size))
    inner = dice.sample(range(1, size - 1), most - 2)
    return sorted({0, size - 1, *inner})


def finished(place: Path) -> Ground:
    """A study with trials that are over and one that waits, all its files folded together."""
    ground = Ground(place, trials=3, epochs=6, workers=1)
    ground.run()
    ground.trials = 4
    ground.run("--trials", "4", faults="crash trial told 1")  # its log stays beside the database
    return ground


def files(folder: RunFolder) -> list[Path]:
    """What may be cut: all but what joblib leaves."""
    found = (path for path in folder.path.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.endswith("-shm"))


def ask(words: Sequence[str]) -> tuple[object, str]:
    """Run a command in this process; its exit code, and what it said."""
    from hpsearch.cli import run_app

    out, code = io.StringIO(), None
    before, sys.argv = sys.argv, ["hpsearch", *words]
    try:
        with redirect_stdout(out), redirect_stderr(out):
            code = run_app()
    except SystemExit as left:
        code = left.code
    finally:
        sys.argv = before
    return code or 0, out.getvalue()


def told(words: Sequence[str]) -> str | None:
    """What is wrong with how a command ends; None where it is a sentence."""
    try:
        code, said = ask(words)
    except BaseException as error:  # whatever it raises is a traceback for a person
        return f"{' '.join(words)}: {type(error).__name__}: {error}"
    if "Traceback" in said:
        return f"{' '.join(words)}: {said}"
    if code and not said.strip():
        return f"{' '.join(words)}: exit {code} without a word"
    return None


def outcomes(folder: RunFolder) -> dict[int, TrialRecord]:
    """What came of every trial that is over; nothing where that cannot be read."""
    try:
        with Reader(folder) as reader:
            over = [trial for trial in reader.trials() if trial.state in ("complete", "pruned")]
    except RunError:
        return {}
    return {trial.number: trial for trial in over}


def misread(folder: RunFolder, whole: Mapping[int, TrialRecord]) -> list[str]:
    """Trials that read otherwise than when nothing was cut."""
    return [
        f"#{number} reads {trial}, and was {whole.get(number)}"
        for number, trial in outcomes(folder).items()
        if trial != whole.get(number)
    ]


def readers(folder: RunFolder, file: Path) -> Sequence[Sequence[str]]:
    """The commands that might read a file: no view reads arrays, and one the kept weights."""
    if folder.data in file.parents:
        return COMMANDS[:1]
    if file.parent == folder.models:
        return (*COMMANDS[:1], ("examine", "chaos", str(int(file.stem.removeprefix("trial-")))))
    return COMMANDS


def cut_and_read(
    folder: RunFolder, file: Path, at: int, whole: Mapping[int, TrialRecord]
) -> list[str]:
    """Cut a file, and ask every view: which raise, write, or tell of a trial what is not so."""
    asking, kept = readers(folder, file), file.parent == folder.models
    sound = ask(asking[-1]) if kept else (0, "")
    before = {path: path.read_bytes() for path in files(folder)}
    with cut(file, at):
        found = [wrong for words in asking if (wrong := told(words))]
        found += misread(folder, whole)
        if kept and (now := ask(asking[-1]))[0] == 0 and now != sound:
            found.append(f"{' '.join(asking[-1])} says {now[1]}")
    after = {path: path.read_bytes() for path in files(folder)}
    written = [path for path in before | after if before.get(path) != after.get(path)]
    found += [f"{path.name} was written to" for path in written]
    name = file.relative_to(folder.path)
    return [f"{name} cut at {at}: {text}" for text in found]


def views(place: Path, seconds: float, seed: int, most: int = 200) -> Tried:
    """Cut each file, ask every view."""
    dice, ground = random.Random(seed), finished(place)
    os.environ["HPSEARCH_RUNS"] = str(place / "runs")
    tried, until = Tried("", 0, ground.trials), time.monotonic() + seconds
    whole = outcomes(ground.folder)
    if len(whole) < ground.trials - 1:
        tried.violations.append(f"of the whole folder {len(whole)} trials are read")
    every = [(file, at) for file in files(ground.folder) for at in _cut_at(file, most, dice)]
    dice.shuffle(every)
    for file, at in every:
        if time.monotonic() > until:
            break
        tried.violations += cut_and_read(ground.folder, file, at, whole)
        tried.times += 1
    tried.figure = (
        f"{len(files(ground.folder))} files, up to {len(COMMANDS)} views each, {tried.times} of "
        f"{len(every)} places"
    )
    return tried


def resumes(place: Path, seconds: float, seed: int) -> Tried:
    """Cut a file, and run the study again: it goes on to right values, or refuses in a sentence."""
    dice, ground = random.Random(seed), finished(place / "whole")
    tried, until = Tried(""), time.monotonic() + seconds
    ways: list[Callable[[int], int]] = [lambda s: s // 2, lambda s: 0, lambda s: s - 1]
    ways += [lambda s: s // 4096 // 2 * 4096, lambda s: s // 3]
    every = [(file, way) for way in ways for file in files(ground.folder)]
    dice.shuffle(every)
    refused = 0
    for number, (file, way) in enumerate(every):
        if time.monotonic() > until:
            break
        again = Ground(place / str(number), trials=4, epochs=6, workers=1)
        shutil.copytree(ground.folder.path, again.folder.path)
        name = file.relative_to(ground.folder.path)
        at = way(file.stat().st_size)
        os.truncate(again.folder.path / name, at)
        done = again.run("--trials", "4")
        said = done.stdout + done.stderr
        found = []
        if "Traceback" in said or (done.returncode and "engine ended" in said):
            found.append(f"exit {done.returncode}: {said}")
        elif done.returncode:
            refused += 1
        else:
            found = again.violations()
        tried.violations += [f"{name} cut at {at}: {text}" for text in found]
        tried.times += 1
        tried.trials += 4
    tried.figure = f"{refused} of them refused in a sentence"
    return tried


def _cut_at(file: Path, most: int, dice: random.Random) -> list[int]:
    size = file.stat().st_size
    return places(size, max(most, size if size <= SMALL else 0), dice)


class cut:  # reads as what it does
    """A file without its end, for a while."""

    def __init__(self, file: Path, at: int) -> None:
        self._file, self._at = file, at

    def __enter__(self) -> None:
        self._whole = self._file.read_bytes()
        os.truncate(self._file, self._at)

    def __exit__(self, *_: object) -> None:
        self._file.write_bytes(self._whole)
