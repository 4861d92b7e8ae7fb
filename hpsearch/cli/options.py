"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


def complete_name(incomplete: str) -> list[str]:
    """Names of runs, for the shell's completion."""
    from hpsearch.store.folder import all_runs

    return [run.name for run in all_runs() if run.name.startswith(incomplete)]


Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help="A study's name, its run folder or its study file; "
        "left out: the one that runs, or the newest.",
        autocompletion=complete_name,
        show_default=False,
    ),
]

Plain = Annotated[
    bool, typer.Option("--plain", help="Plain progress, also where there is a dashboard.")
]

Json = Annotated[
    bool, typer.Option("--json", help="JSON lines on standard output, and nothing else there.")
]

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]

Runs = Annotated[
    Path | None,
    typer.Option(
        "--runs",
        metavar="DIR",
        help="Where run folders are kept.",
        envvar="HPSEARCH_RUNS",
        show_default="runs",
    ),
]


class TextOrJson(StrEnum):
    """How a command prints: for people, or for programs."""

    text = "text"
    json = "json"
