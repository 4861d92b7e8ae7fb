"""Two hundred damaged files of every format: each is read, or refused with its name and place."""

from __future__ import annotations

import re
import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hpsearch.data import load
from hpsearch.data.readers import hdf5, parquet, read
from hpsearch.data.rehearsal import rehearsed
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions
from tests.data import samples

COUNT = 200
MOST = 512 << 10
"""KiB by which reading any of them may make this process grow."""
NAMES = {make: name for name, make in reversed(samples.FILES.items())}.values()
"""One name for each sample that differs."""
REHEARSED = {"t.parquet": parquet, "t.h5": hdf5}
PLACED = {"t.csv": r"row \d|column|empty|'target'", "t.jsonl": r"row \d|column|no rows|'target'"}
"""Formats with rows and columns of words: refusals say where."""


def mutated(raw: bytes, rng: np.random.Generator) -> bytes:
    """One to three wounds: bytes flipped, cut out, put in or doubled, or the end cut off."""
    for _ in range(rng.integers(1, 4)):
        at, size = int(rng.integers(0, len(raw) + 1)), int(rng.integers(1, 20))
        match rng.integers(0, 5):
            case 0:
                changed = bytearray(raw)
                for place in rng.integers(0, len(raw), rng.integers(1, 5)) if raw else ():
                    changed[place] ^= 1 << int(rng.integers(0, 8))
                raw = bytes(changed)
            case 1:
                raw = raw[:at] + raw[at + size :]
            case 2:
                raw = raw[:at] + rng.bytes(size) + raw[at:]
            case 3:
                raw = raw[: at + size] + raw[at:]
            case _:
                raw = raw[:at] if rng.random() < 0.3 else raw
    return raw


def attempt(path: Path) -> str | None:
    """What is said of a file that is refused; None where it can be learnt from."""
    try:
        table = read(path)
        if table.frame.height > 1:
            data = load(DataOptions(path=path, target=table.targets or ("target",)))
            assert np.isfinite(data.prepare("standard").dataset.x).all()
    except DataError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_read_or_refused_with_its_name(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(2025)
    samples.written(tmp_path, name)
    raw = (tmp_path / name).read_bytes()
    paths = []
    for at in range(COUNT):
        path = tmp_path / f"{at}-{name}"
        path.write_bytes(mutated(raw, rng))
        if "idx3" in name:  # damaged images beside sound labels
            labels = name.replace("images.idx3", "labels.idx1")
            (tmp_path / f"{at}-{labels}").write_bytes((tmp_path / labels).read_bytes())
        paths.append(path)
    if name in REHEARSED:
        monkeypatch.setattr(REHEARSED[name], "rehearse", together(REHEARSED[name].__name__, paths))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = [attempt(path) for path in paths]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST
    refused = {path: one for path, one in zip(paths, said, strict=True) if one is not None}
    assert len(refused) > COUNT // 20
    for path, one in refused.items():
        assert path.name in one or "too few for shares" in one, one  # the split is not the file's
        assert one.isprintable(), one
        assert len(one) < 1000
        assert re.search(PLACED.get(name, ""), one), one


def together(module: str, paths: list[Path]) -> Callable[[str, Path], None]:
    """Rehearsals of all files by as few children as they leave alive, not one a file."""
    answers = dict(zip(paths, rehearsed(module, paths), strict=True))

    def rehearse(_: str, path: Path) -> None:
        if (error := answers[path]) is not None:
            raise DataError(error)

    return rehearse


def test_a_file_that_kills_its_reader_costs_no_other_and_not_us(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(
        "import os, signal\n"
        "def load(path):\n"
        "    text = path.read_text()\n"
        "    if text == 'crash': os.kill(os.getpid(), signal.SIGSEGV)\n"
        "    if text == 'hang':\n"
        "        while True: pass\n"
        "    if text == 'fill': return bytearray(1 << 32)\n"
    )
    paths = []
    for word in ("fine", "crash", "fill", "hang", "well"):
        (tmp_path / word).write_text(word)
        paths.append(tmp_path / word)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        said = rehearsed("deadly", paths, seconds=1)
    assert said == [
        None,
        "crash is damaged: reading it crashes what reads it.",
        "fill is damaged, or does not fit in memory.",
        "hang is damaged: reading it does not end.",
        None,
    ]
