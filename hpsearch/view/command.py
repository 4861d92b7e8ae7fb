"""Commands as a person can paste them, from where they are."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from hpsearch.store.folder import runs_folder

_OPTIONS = {
    "study.trials": "--trials",
    "study.workers": "--workers",
    "study.seed": "--seed",
    "study.backend": "--backend",
}


def near(path: Path) -> str:
    """A path as one would write it from the current folder."""
    absolute, here = path.absolute(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def run_command(
    study: Path, overrides: Mapping[str, object], runs: Path, *last: str, name: str | None = None
) -> str:
    """The `hpsearch run` of a study file with the same values again.

    Args:
        overrides: the command line's values, by full name.
        runs: where run folders are.
        last: words to end with.
        name: of the run, where the file says another.
    """
    words = ["hpsearch", "run", near(study)]
    if name is not None:
        words += ["--name", name]
    words += options(overrides)
    if runs.resolve() != runs_folder().resolve():
        words += ["--runs", near(runs)]
    return " ".join(shlex.quote(os.fspath(word)) for word in (*words, *last))


def options(overrides: Mapping[str, object]) -> list[str]:
    """Values of the command line as its words, but for the name of the run.

    >>> options({"study.trials": 60, "training.epochs": 5})
    ['--trials', '60', '--set', 'training.epochs=5']
    """
    words: list[str] = []
    for key, value in overrides.items():
        if key in _OPTIONS:
            words += [_OPTIONS[key], str(value)]
        elif key != "study.name":
            words += ["--set", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
    return words
