"""python -m tests.chaos.fuzz: damaged files of every kind; each is read, or refused in a sentence.

Study files and tables are also drawn, by hypothesis: of these it is known which is due.

Every kind has a child process of its own, with bounds on memory and time; one that dies costs one
file, which is named and kept.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

SECONDS, MEMORY = 2.0, 512 << 20
"""What a file may take: of processor time, and bytes of memory."""
BATCH = 50
"""Files that a child reads."""
REHEARSED = {"t.parquet": "parquet", "t.pq": "parquet", "t.h5": "hdf5", "t.hdf5": "hdf5"}
"""Kinds that are read in a child first, by the module; here, many in one."""


@dataclass
class Tally:
    """What came of the files of one kind."""

    kind: str
    read: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    """Tracebacks, deaths, files over their bounds: with the file."""
    slowest: float = 0.0
    largest: int = 0
    """Bytes by which reading a file made its process grow."""


def child(kind: str, *paths: str) -> None:
    """Read files, and say in a line of JSON each how it went."""
    from hpsearch import system
    from tests.chaos.drawings import DRAWINGS
    from tests.chaos.formats import KINDS

    read = DRAWINGS[kind].read if kind in DRAWINGS else KINDS[kind].read
    if kind in REHEARSED:
        _rehearse_together(REHEARSED[kind], [Path(path) for path in paths])
    read_one = _measured(read)
    for path in map(Path, paths):
        system.allow(2 * MEMORY, 30)
        print(json.dumps(read_one(path)), flush=True)


def _measured(read):
    """A reader of files that says how it went, how long it took, and by how much we grew."""
    from hpsearch.errors import HpsearchError

    def read_one(path: Path) -> dict[str, object]:
        before, began = _resident("VmRSS"), time.process_time()
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
        said, wrong = "", ""
        try:
            read(path)
        except HpsearchError as error:
            said = str(error)
            if not said or not all(line.isprintable() for line in said.splitlines()):
                wrong = f"unfit for a screen: {said!r}"
            elif len(said) > 20_000 or re.search(r"Traceback|\berrno\b", said):
                wrong = f"no sentence: {said[:300]}"
        except BaseException:  # which is what is looked for
            wrong = traceback.format_exc(limit=-4)
        seconds = time.process_time() - began
        return {"said": said, "wrong": wrong, "s": seconds, "b": _resident("VmHWM") - before}

    return read_one


def _resident(what: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+)", status)[1]) << 10  # type: ignore[index]  # Linux always says


def _rehearse_together(name: str, paths: Sequence[Path]) -> None:
    from importlib import import_module

    from hpsearch.data.rehearsal import rehearsed
    from hpsearch.errors import DataError

    module = import_module(f"hpsearch.data.readers.{name}")
    answers = dict(zip(paths, rehearsed(module.__name__, paths), strict=True))

    def rehearse(_: str, path: Path) -> None:
        if (error := answers[path]) is not None:
            raise DataError(error)

    vars(module)["rehearse"] = rehearse


def judged(kind: str, paths: Sequence[Path]) -> Iterator[tuple[Path, dict]]:
    """What children say of each file; where one dies, another goes on after it."""
    left = list(paths)
    while left:
        command = [sys.executable, "-m", "tests.chaos.fuzz", "--child", kind, *map(str, left)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=3600)
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        yield from zip(left, answers, strict=False)
        left = left[len(answers) :]
        if left:
            how = f"its reader died ({done.returncode}): {done.stderr[-500:]}"
            yield left[0], {"said": "", "wrong": how, "s": 0.0, "b": 0}
            left = left[1:]


def written(kind: str, count: int, seed: int, place: Path, folder: Path) -> Iterator[Path]:
    """So many files of one kind, damaged or drawn, each written when it is asked for."""
    import numpy as np

    from tests.chaos.drawings import DRAWINGS
    from tests.chaos.formats import KINDS
    from tests.chaos.wounds import wounded

    if kind in DRAWINGS:
        drawing = DRAWINGS[kind]
        for at, one in enumerate(drawing.draw(count, seed)):
            path = folder / f"{at}-drawn.{'toml' if 'study' in kind else 'csv'}"
            drawing.write(path, one)
            yield path
        return
    what = KINDS[kind]
    raw = what.sample(place)
    dice = np.random.default_rng([seed, *kind.encode()])
    for at in range(count):
        path = folder / f"{at}-{what.name}"
        path.write_bytes(what.mend(wounded(raw, dice)))
        yield path


def try_kind(kind: str, count: int, seed: int, place: Path, keep: Path | None) -> Tally:
    """So many files of one kind."""
    tally = Tally(kind)
    folder = place / re.sub(r"\W", "-", kind)
    folder.mkdir()
    files = written(kind, count, seed, place, folder)
    while paths := list(islice(files, BATCH)):
        for path, told in judged(kind, paths):
            _count(tally, path, told, keep)
        for path in folder.iterdir():
            if path.is_file():
                path.unlink()
            else:
                shutil.rmtree(path)
    return tally


def _count(tally: Tally, path: Path, told: dict, keep: Path | None) -> None:
    wrong = told["wrong"]
    if told["s"] > SECONDS:
        wrong = wrong or f"took {told['s']:.1f} s"
    if told["b"] > MEMORY:
        wrong = wrong or f"took {told['b'] >> 20} MiB"
    tally.read += not told["said"] and not wrong
    tally.refused += bool(told["said"]) and not wrong
    tally.slowest, tally.largest = max(tally.slowest, told["s"]), max(tally.largest, told["b"])
    if wrong:
        tally.wrong.append(f"{path.name}: {wrong}")
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{len(list(keep.iterdir()))}-{path.name}").write_bytes(path.read_bytes())


def main() -> None:
    """Damage and draw files, and print a table."""
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return
    from tests.chaos.drawings import DRAWINGS
    from tests.chaos.formats import KINDS, made

    kinds = [*DRAWINGS, *KINDS]
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="of all kinds together")
    parser.add_argument("--kinds", nargs="*", choices=kinds, default=kinds)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--keep", type=Path, help="a folder for the files that are found")
    given = parser.parse_args()
    each = -(-given.files // len(given.kinds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    began, wrong = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        place = made(Path(folder))
        print(f"{'kind':24} {'read':>6} {'refused':>8} {'wrong':>6} {'slowest':>8} {'largest':>9}")
        one = pool.map(
            lambda kind: try_kind(kind, each, given.seed, place, given.keep), given.kinds
        )
        for tally in one:
            wrong += len(tally.wrong)
            print(
                f"{tally.kind:24} {tally.read:6} {tally.refused:8} {len(tally.wrong):6}"
                f" {tally.slowest:6.2f} s {tally.largest >> 20:5} MiB",
                flush=True,
            )
            for text in tally.wrong[:5]:
                print(f"  {text}")
    print(f"{each * len(given.kinds)} files, {wrong} wrong, {time.monotonic() - began:.0f} s")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
