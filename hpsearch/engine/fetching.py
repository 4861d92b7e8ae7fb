"""Arrays for trainers on other hosts: asked for over the wire, once a host, and checked.

A host keeps what it fetched in its own scratch, under the sum of its contents, so studies that call
different arrays by one name do not meet. Each trainer holds the files against their SHA-256 before
it first maps them: those who tidy scratch folders leave half of what they find.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from hpsearch import system
from hpsearch.engine import arrays
from hpsearch.engine.calling import Line
from hpsearch.engine.frames import Frame, WireError
from nncore import Dataset

CHUNK = 16 << 20
"""Bytes of a file that travel in one frame."""
UNUSED_DAYS = 7
"""After so long a host forgets arrays that nobody asked for."""

Sums = Mapping[str, str]
"""SHA-256 by the name of a file, in hexadecimal."""

_checked: set[Path] = set()
"""What this process has held against its sums."""


# The trainer's end ------------------------------------------------------------------------------


def obtain(line: Line, fingerprint: str, folder: str, count: int) -> tuple[Dataset, ...]:
    """The data sets with that fingerprint: from the run folder, this host's cache, or the engine.

    Args:
        folder: where the engine has them; "" or a folder that is not here: on another host.
        count: how many there are.

    Raises:
        WireError: what arrives is not what the engine has.
        EOFError: the engine is gone.
    """
    place = Path(folder) / fingerprint
    if not folder or not place.is_dir():
        place = _cached(line, fingerprint)
    return arrays.read(place, count)


def _cached(line: Line, fingerprint: str) -> Path:
    """This host's copy; fetched by one trainer while the others wait."""
    sums = _sums(_ask(line, "files", {"kind": "list", "fingerprint": fingerprint}).head)
    cache = _cache()
    whole = hashlib.sha256(repr(sorted(sums.items())).encode()).hexdigest()
    place = cache / whole[:32]
    if place in _checked and place.is_dir():
        return place
    with _alone(cache / f"{place.name}.lock"):
        if _sound(place, sums):
            os.utime(place)
        else:
            _forget_unused(cache)
            _fetch(line, fingerprint, sums, place)
    _checked.add(place)
    return place


def _fetch(line: Line, fingerprint: str, sums: Sums, place: Path) -> None:
    aside = Path(tempfile.mkdtemp(dir=place.parent, prefix=".new-"))
    try:
        for name, expected in sums.items():
            if _fetch_file(line, fingerprint, name, aside / name) != expected:
                raise WireError(f"{name} did not arrive as it was sent")
        shutil.rmtree(place, ignore_errors=True)  # damaged; who has mapped it keeps what it maps
        aside.rename(place)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _fetch_file(line: Line, fingerprint: str, name: str, into: Path) -> str:
    """Fetch a file, part by part. Returns its sum."""
    offset, found = 0, hashlib.sha256()
    with into.open("xb") as file:
        while True:
            wanted = {"fingerprint": fingerprint, "name": name, "offset": offset}
            frame = _ask(line, "chunk", {"kind": "fetch", **wanted})
            if not frame.head["found"] or not frame.body:
                return found.hexdigest()
            file.write(frame.body)
            found.update(frame.body)
            offset += len(frame.body)


def _ask(line: Line, answer: str, head: dict[str, Any]) -> Frame:
    line.send(head)
    frame = line.receive()
    while frame.head["kind"] != answer:
        if frame.head["kind"] == "end":
            raise EOFError
        frame = line.receive()  # that was a verdict that came too late
    return frame


def _sums(head: Mapping[str, Any]) -> Sums:
    """Sums as the engine tells them. Names become paths, so they are checked here, too."""
    sums = {str(name): str(found) for name, found in head["sums"].items()}
    if not sums or not all(arrays.FILE.fullmatch(name) for name in sums):
        raise WireError("a list of files that is none")
    return sums


def _sound(place: Path, sums: Sums) -> bool:
    try:
        return {file.name: _sum(file) for file in place.iterdir()} == sums
    except OSError:
        return False


def _cache() -> Path:
    """A folder of this host's scratch that is ours alone."""
    cache = Path(tempfile.gettempdir()) / f"hpsearch-{system.user()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    if cache.is_symlink() or cache.stat().st_uid != system.user():
        return Path(tempfile.mkdtemp(prefix="hpsearch-"))  # somebody else took the name
    return cache


def _forget_unused(cache: Path) -> None:
    oldest = time.time() - UNUSED_DAYS * 86400
    for place in cache.iterdir():
        if re.fullmatch(r"\.new-.*|[0-9a-f]{32}", place.name) and _used(place) < oldest:
            shutil.rmtree(place, ignore_errors=True)


def _used(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except OSError:
        return float("inf")  # another trainer was faster


@contextmanager
def _alone(path: Path):
    """Hold a lock among the processes of this host."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        system.flock(file)
        yield
    finally:
        os.close(file)


# The engine's end -------------------------------------------------------------------------------


def sums_of(folder: Path, fingerprint: str) -> dict[str, str]:
    """What the engine answers to a list: the SHA-256 of each file; nothing where there is none."""
    if not fingerprint.isalnum():
        return {}
    try:
        files = sorted((folder / fingerprint).iterdir())
        return {file.name: _remembered(file, file.stat().st_mtime_ns) for file in files}
    except OSError:
        return {}


def chunk(folder: Path, fingerprint: str, name: str, offset: int) -> bytes | None:
    """What the engine answers to a fetch: bytes of a file, empty at its end; None for no file."""
    if not arrays.FILE.fullmatch(name) or not fingerprint.isalnum() or offset < 0:
        return None
    try:
        with (folder / fingerprint / name).open("rb") as file:
            file.seek(offset)
            return file.read(CHUNK)
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _remembered(file: Path, written: int) -> str:
    return _sum(file)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
