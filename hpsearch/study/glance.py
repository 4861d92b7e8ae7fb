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


def glance(path: Path, overrides: Mapping[str, object]) -> StudyOptions | None:
    """Name, workers and niceness of a study on this machine; nothing else of it is filled in.

    None where they are not written as they mostly are: then the file must be read whole, and may
    be wrong. That it can be read by a glance does not say that it is right. So must one of a
    cluster, which is not asked for workers before all else is found sound.

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
    given = {"name": path.stem, **written}
    found: dict[str, Any] = {}
    for key in (*_WHOLE, "name", "backend"):
        value = overrides.get(f"study.{key}", given.get(key))
        if value is None:
            continue
        if not _fits(key, value):
            return None
        found[key] = value
    return StudyOptions(**found)


def _fits(key: str, value: object) -> bool:
    if key == "backend":
        return value == StudyOptions.backend
    if key == "name":
        return isinstance(value, str) and bool(NAME.fullmatch(value))
    least, most = _WHOLE[key]
    return type(value) is int and least <= value <= most
