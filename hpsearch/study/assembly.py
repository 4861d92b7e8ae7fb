"""From a sound draft to what the rest of the program knows: options, space, meaning."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hpsearch.study import schema, space
from hpsearch.study.checks import idle
from hpsearch.study.options import DataOptions, StudyOptions
from hpsearch.study.ranges import WholeNetwork
from hpsearch.study.space import Config, Range, Space, Value
from hpsearch.study.tables import Draft

_KEPT = ("network.max_parameters", "training.seed", "training.schedule_epochs")
"""Keys that belong to `fixed` where they are written, though they cannot be searched."""


def split(draft: Draft) -> tuple[Space, Config]:
    """The ranges, and the values of everything else that takes effect in some trial."""
    ranges: dict[str, Range] = {}
    fixed: dict[str, Value] = {}
    for name in (*schema.searchable(), *_KEPT):
        value = draft.values[name]
        if value is None or idle(draft, name):
            continue
        if isinstance(value, Range):
            ranges[name] = value
        else:
            fixed[name] = value.hidden if isinstance(value, WholeNetwork) else value
    return space.ordered(ranges, schema.names()), fixed


def interval(config: Config) -> int:
    """How long a discrete decay's step lasts where nothing says so: a fifth of the epochs."""
    planned = config.get("training.schedule_epochs", config["training.epochs"])
    assert isinstance(planned, int)
    return max(1, planned // 5)


def study_options(draft: Draft, name: str) -> StudyOptions:
    """The [study] table."""
    given = {key: draft.values[f"study.{key}"] for key in schema.Study.model_fields}
    given["warm_start"] = given["warm_start"] or ()
    return StudyOptions(**{**given, "name": name})


def data_options(draft: Draft, path: Path) -> DataOptions:
    """The [data] table of the file at `path`."""
    given = {key: draft.values[f"data.{key}"] for key in schema.Data.model_fields}
    if given["path"] is not None:
        at = path.absolute().parent / _expanded(given["path"])
        given["path"] = Path(os.path.normpath(at))
    if given["split_seed"] is None:
        given["split_seed"] = draft.values["study.seed"]
    if isinstance(given["normalize"], Range):
        given["normalize"] = schema.default("data.normalize")
    for key in ("target", "drop"):
        given[key] = given[key] or ()
    return DataOptions(**given)


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # ~somebody who is not here: then it is a folder of that name
        return Path(path)


def meaning(draft: Draft, ranges: Space, fixed: Config, path: Path) -> dict[str, Any]:
    """What gives a trial its meaning, defaults counted as if written; as JSON."""
    data = data_options(draft, path)
    told: dict[str, Any] = {
        "study.metric": draft.values["study.metric"],
        "study.seed": draft.values["study.seed"],
    }
    for key in schema.Data.model_fields:
        # The fingerprint is the data's to tell, and normalize is told below.
        if key not in ("normalize", "fingerprint", "path"):
            told[f"data.{key}"] = getattr(data, key)
    if data.folds is not None:
        del told["data.validation"]  # auto: folds take its place
    if data.path is not None:  # so that a folder may move with its study and its data
        told["data.path"] = Path(os.path.relpath(data.path, path.absolute().parent)).as_posix()
    for name in schema.names():
        if name in ranges:
            told[name] = space.range_to_json(ranges[name])
        elif name in fixed:
            told[name] = fixed[name]
    plain = {name: list(v) if isinstance(v, tuple) else v for name, v in told.items()}
    return {name: value for name, value in plain.items() if value is not None and value != []}
