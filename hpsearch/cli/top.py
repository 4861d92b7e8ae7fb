"""top and importance: a study's best trials, and which hyperparameters made them so."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.completing import complete_names, complete_query
from hpsearch.cli.options import Name, Runs, TextOrJson

if TYPE_CHECKING:
    from hpsearch.store.reader import Reader
    from hpsearch.store.records import StudyFacts, TrialRecord
    from hpsearch.view.columns import Board
    from hpsearch.view.fields import Fields

SAMPLE = 500
"""Trials that importance is judged by where it only orders columns."""
LINES = 20
"""Trials in a table, unless asked for more."""


class Format(StrEnum):
    """How `top` prints."""

    table = "table"
    json = "json"
    csv = "csv"


Where = Annotated[
    str | None,
    typer.Option(
        "--where",
        metavar="QUERY",
        help="Only trials that fit, as in 'acc>=98% -opt:gd top:10% | #72'.",
        show_default=False,
        autocompletion=complete_query,
    ),
]


@app.command(
    epilog="Examples: hpsearch top digits --where 'val_accuracy>=98% lr<1e-2 -optimizer:gd'. "
    "hpsearch top digits --columns lr,act,acc,time --sort acc,-time --format csv. "
    "In a query a space is and, | is or, - is not; : means contains any of, ~ a regular "
    "expression, = != < <= > >= compare; top:10% is the best tenth, #72 one trial. Names may be "
    "shortened as long as they stay unique.",
)
def top(
    name: Name = None,
    where: Where = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Which columns, as in lr,act,val_cost.",
            show_default=False,
            autocompletion=complete_names,
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="By what, lowest first, as in val_cost,-seconds; - is highest first.",
            show_default="best first",
            autocompletion=complete_names,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help=f"How many trials. Default: {LINES} in a table, else all.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="table, json or csv.")] = Format.table,
    runs: Runs = None,
) -> None:
    """Show a study's best trials."""
    from hpsearch.errors import UsageError
    from hpsearch.plain.leaderboard import as_csv, as_json, as_table
    from hpsearch.plain.terminal import terminal
    from hpsearch.store.folder import RunFolder, find
    from hpsearch.store.reader import Reader
    from hpsearch.view.columns import COMPUTED
    from hpsearch.view.fields import fields
    from hpsearch.view.misses import missed
    from hpsearch.view.query import parse
    from hpsearch.view.rows import names

    folder = RunFolder(find(name, runs))
    alive = folder.alive  # before the store is read: an engine writes its end, then lets go
    if limit is None and format is Format.table:
        limit = LINES
    with Reader(folder) as reader, reader.still():
        study = reader.study()
        if where is None and sort is None:
            trials, known = _settled(reader.leaderboard(study.direction, limit), alive), None
            every = trials
        else:
            every = _settled(reader.leaderboard(study.direction), alive)
            known = fields(study, every)
            trials = _selected(every, known, where, sort)[:limit]
        shown = ()
        if columns is not None:
            shown = names(columns, known or fields(study, trials), COMPUTED)
            if not shown:
                raise UsageError("--columns: name at least one, as in --columns lr,val_cost.")
            if "curve" in shown and format is not Format.table:
                raise UsageError("--columns: a curve is only drawn in a table.")
        board = _board(reader, study, trials, order=format is Format.table and not shown)
    if not trials and format is Format.table:
        out = terminal()
        what = "no trials yet" if where is None else "no trial that fits"
        why = missed(parse(where or "", known), every) if known else ""
        told = f"{study.name} has {what}{': ' if why else ''}{why}"
        out.tell(told if told.endswith("?") else f"{told}.")
        return
    {Format.table: as_table, Format.json: as_json, Format.csv: as_csv}[format](board, shown)


@app.command(epilog="Example: hpsearch importance digits --format json.")
def importance(
    name: Name = None,
    format: Annotated[TextOrJson, typer.Option(help="text or json.")] = TextOrJson.text,
    runs: Runs = None,
) -> None:
    """Say which hyperparameters matter most.

    They tell the best tenth of the trials from the rest (PED-ANOVA).
    """
    from hpsearch.plain.importance import as_json, as_text
    from hpsearch.store.folder import RunFolder, find
    from hpsearch.store.reader import Reader
    from hpsearch.view.importance import importances

    with Reader(RunFolder(find(name, runs))) as reader, reader.still():
        study = reader.study()
        trials = reader.trials()
    show = as_json if format is TextOrJson.json else as_text
    show(study, trials, importances(study, trials))


def _settled(trials: tuple[TrialRecord, ...], alive: bool) -> list[TrialRecord]:
    from hpsearch.view.status import settled

    return settled(trials, alive)


def _selected(
    every: list[TrialRecord], known: Fields, where: str | None, sort: str | None
) -> list[TrialRecord]:
    from hpsearch.view.query import parse
    from hpsearch.view.rows import keys
    from hpsearch.view.rows import sort as sorted_by

    trials = parse(where or "", known).apply(every)
    return sorted_by(trials, keys(sort, known), known) if sort is not None else trials


def _board(reader: Reader, study: StudyFacts, trials: list[TrialRecord], order: bool) -> Board:
    """What the table shows; hyperparameters are ordered where there is enough to judge them by."""
    from hpsearch.view.columns import Board
    from hpsearch.view.importance import importances

    weights = importances(study, reader.sample("complete", SAMPLE)) if order else {}
    curves = reader.curves(trial.number for trial in trials[:100])
    return Board(study, trials, reader.best(study.direction), weights, curves)
