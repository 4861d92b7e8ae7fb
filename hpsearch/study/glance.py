"""What of a study file must be known first: its name, and who is to train.

The checks need pydantic, which takes as long to import as a worker to start. So the engine has
its workers started by a glance, and reads the file whole while they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hpsearch.study import places
from hpsearch.study.options import NAME, NICE, WORKERS, StudyOptions

_WHOLE = {"workers": WORKERS, "max_workers": WORKERS, "nice": NICE}
_WORDS = ("name", "backend")


def glance(path: Path, overrides: Mapping[str, object]) -> StudyOptions | None:
    """Name, backend, workers and niceness of a study; nothing else of it is filled in.

    None where they are not written as they mostly are: then the file must be read whole, and may
    be wrong. That it can be read by a glance does not say that it is right.

    Args:
        path: the study file.
        overrides: values by full name that win over the file's.
    """
    try:
        with path.open("rb") as file:
            text = file.read(places.LARGEST + 1).decode("utf-8-sig")
        written = places.load(text).get("study", {})
    except (OSError, ValueError, places.Unreadable):
        return None
    if not isinstance(written, dict):
        return None
    found: dict[str, Any] = {"name": path.stem}
    for key in (*_WHOLE, *_WORDS):
        value = overrides.get(f"study.{key}", written.get(key))
        if value is None:
            continue
        if not _fits(key, value):
            return None
        found[key] = value
    return StudyOptions(**found) if NAME.fullmatch(found["name"]) else None


def _fits(key: str, value: object) -> bool:
    if key in _WORDS:
        return isinstance(value, str)
    least, most = _WHOLE[key]
    return type(value) is int and least <= value <= most
