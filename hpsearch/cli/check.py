"""check: what a study file means, without running it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Runs
from hpsearch.cli.overrides import Sets, overrides
from hpsearch.system import BLAS_THREADS


@app.command()
def check(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY", help="The study file.", show_default=False)
    ],
    set_: Sets = None,
    runs: Runs = None,
) -> None:
    """Show what a study file means.

    Its space, what it reads, and how large networks may get.

    Reads the data, runs no trial and writes nothing.
    """
    os.environ.update(BLAS_THREADS)  # before NumPy comes, so that seconds are what a trainer takes
    from hpsearch import data as tables
    from hpsearch.cli.saying import say
    from hpsearch.cli.studies import study_file
    from hpsearch.engine.heritage import heritage, source_of
    from hpsearch.engine.jobs import parameters_of
    from hpsearch.engine.soundness import hold_data, hold_options, hold_space
    from hpsearch.plain.check import data_text, study_text
    from hpsearch.store.folder import RunFolder, runs_folder
    from hpsearch.study import studyfile
    from hpsearch.view.command import run_command

    given = overrides(set_ or [])
    found = studyfile.read(study_file(study), given)
    hold_options(found)
    place = runs_folder(runs).resolve()
    begun = RunFolder(place / found.study.name).db.is_file()  # which took up what it needs
    warm = () if begun else found.study.warm_start
    sources = [source_of(name, found.path, place) for name in warm]
    hold_data(found)
    for line in study_text(found):
        say(line)
    data = tables.load(found.data)
    found = found.settle(data.task, data.features, data.outputs)
    hold_space(found, parameters_of(data))
    for line in data_text(found, data):
        say(line)
    meaning = {**found.meaning(), **data.meaning()}
    meaning = {name: value for name, value in meaning.items() if value is not None}
    for source in sources:
        say(f"warm      {heritage(source, found, meaning, parameters_of(data)).said}")
    say(f"next      {run_command(found.path, given, place)}")
