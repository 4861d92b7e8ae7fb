"""Looking at studies: ls, top, status, attach."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Json, Name, Plain, Runs

if TYPE_CHECKING:
    from hpsearch.store.folder import RunFolder


class Format(StrEnum):
    """How `top` prints."""

    table = "table"
    json = "json"
    csv = "csv"


class StatusFormat(StrEnum):
    """How `ls` and `status` print."""

    text = "text"
    json = "json"


@app.command()
def ls(
    format: Annotated[StatusFormat, typer.Option(help="text or json.")] = StatusFormat.text,
    runs: Runs = None,
) -> None:
    """List the studies that have been run."""
    from hpsearch.plain.listing import listing, listing_json
    from hpsearch.store.folder import all_runs, runs_folder

    found = all_runs(runs)
    if format is StatusFormat.json:
        listing_json(found)
    else:
        listing(found, runs_folder(runs))


@app.command()
def top(
    name: Name = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="How many trials. Default: 20 in a table, else all.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="table, json or csv.")] = Format.table,
    runs: Runs = None,
) -> None:
    """Show a study's best trials."""
    from hpsearch.plain.leaderboard import as_csv, as_json, as_table
    from hpsearch.store.folder import RunFolder, find
    from hpsearch.store.reader import Reader
    from hpsearch.view.status import settled

    folder = RunFolder(find(name, runs))
    alive = folder.alive  # before the store is read: an engine writes its end, then lets go
    with Reader(folder) as reader, reader.still():
        study = reader.study()
        if limit is None and format is Format.table:
            limit = 20
        trials = reader.leaderboard(study.direction, limit)
    {Format.table: as_table, Format.json: as_json, Format.csv: as_csv}[format](
        study, settled(trials, alive)
    )


@app.command()
def status(
    name: Name = None,
    format: Annotated[StatusFormat, typer.Option(help="text or json.")] = StatusFormat.text,
    runs: Runs = None,
) -> None:
    """Say how a study stands."""
    from hpsearch.plain.listing import look, status_json, status_text
    from hpsearch.store.folder import RunFolder, find

    folder = RunFolder(find(name, runs))
    stands = look(folder)
    if format is StatusFormat.json:
        status_json(stands)
    else:
        status_text(stands, folder)


@app.command()
def attach(
    name: Name = None,
    plain: Plain = False,
    json: Json = False,
    runs: Runs = None,
) -> None:
    """Watch a study until it ends. Ctrl-C only leaves: the study goes on."""
    del plain  # all there is, so far
    from hpsearch.store.folder import RunFolder, find

    raise typer.Exit(follow_run(RunFolder(find(name, runs)), json))


def follow_run(folder: RunFolder, json: bool) -> int:
    """Watch a run that somebody else started. Gives the exit code."""
    from hpsearch.plain.summary import reference
    from hpsearch.plain.terminal import mode_for
    from hpsearch.plain.watch import exit_code, watch

    outcome = watch(folder.path, mode=mode_for(json), on_interrupt=lambda: False)
    if outcome.left:
        typer.echo(f"Left; it goes on. Again: hpsearch attach {reference(folder)}", err=True)
        return 0
    return exit_code(outcome.state, outcome.complete)
