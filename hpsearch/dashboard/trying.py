"""A configuration as a person writes it into a form, and whether the engine would try it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hpsearch.errors import StudyFileError
from hpsearch.store.folder import RunFolder
from hpsearch.view.format import parameter


def written(value: object) -> str:
    """A drawn value as it stands in a line of the form; exactly itself when it is read again."""
    if isinstance(value, tuple):
        return json.dumps(list(value)).replace(" ", "")
    return repr(value) if isinstance(value, float) else parameter(value)  # type: ignore[arg-type]  # a drawn value


def meant(said: Mapping[str, str]) -> dict[str, object]:
    """What was written beside names, as a configuration; empty lines are left out."""
    entry: dict[str, object] = {}
    for name, text in said.items():
        if text:
            try:
                entry[name] = json.loads(text)
            except ValueError:
                entry[name] = text
    return entry


def objection(folder: RunFolder, entry: Mapping[str, object]) -> str:
    """What does not fit about a configuration to be tried in that run; "" where all does.

    Of what only the engine can tell, such as a study file that cannot be read, nothing is said.
    """
    from hpsearch.study import studyfile  # takes longer to import than a key to be answered

    lines = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in entry.items()]
    try:
        text = folder.toml.read_text(encoding="utf-8")
        studyfile.parse("\n".join([text, "[[enqueue]]", *lines, ""]), folder.toml)
    except StudyFileError as error:
        found = (line.partition("enqueue: ")[2] for line in str(error).splitlines())
        return next(filter(None, found), "")
    except (OSError, ValueError):
        return ""
    return ""
