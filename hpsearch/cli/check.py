"""check: what a study file means, without running it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.overrides import Sets, overrides
from hpsearch.system import BLAS_THREADS


@app.command()
def check(
    study: Annotated[Path, typer.Argument(help="The study file.", show_default=False)],
    set_: Sets = None,
) -> None:
    """Show what a study file means.

    Its space, what it reads, and how large networks may get.

    Reads the data, runs no trial and writes nothing.
    """
    os.environ.update(BLAS_THREADS)  # before NumPy comes, so that seconds are what a trainer takes
    from hpsearch import data as tables
    from hpsearch.engine.jobs import parameters_of
    from hpsearch.engine.soundness import hold_options, hold_space
    from hpsearch.plain.check import data_text, study_text
    from hpsearch.study import studyfile

    found = studyfile.read(study, overrides(set_ or []))
    hold_options(found)
    for line in study_text(found):
        typer.echo(line)
    data = tables.load(found.data)
    found = found.settle(data.task, data.features, data.outputs)
    hold_space(found, parameters_of(data))
    for line in data_text(found, data):
        typer.echo(line)
