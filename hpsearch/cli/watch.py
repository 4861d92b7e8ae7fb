"""attach: watching a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hpsearch.cli import dashboard
from hpsearch.cli.app import app
from hpsearch.cli.dashboard import AS_USUAL, Ascii, Hertz, Look, Theme
from hpsearch.cli.options import Json, Name, Plain, Runs

if TYPE_CHECKING:
    from hpsearch.store.folder import RunFolder


@app.command()
def attach(
    name: Name = None,
    plain: Plain = False,
    json: Json = False,
    theme: Theme = None,
    hz: Hertz = None,
    ascii: Ascii = False,
    runs: Runs = None,
) -> None:
    """Watch a study; leaving never stops it.

    On a terminal in the dashboard, elsewhere line by line until it ends.
    """
    from hpsearch.store.folder import RunFolder, find

    folder = RunFolder(find(name, runs))
    if dashboard.fits(plain, json):
        left = dashboard.show(folder, look=Look(theme, hz, ascii))
        dashboard.farewell(folder)
        raise typer.Exit(128 + left.signal if left.signal else 0)
    raise typer.Exit(follow_run(folder, plain, json))


def follow_run(folder: RunFolder, plain: bool, json: bool, look: Look = AS_USUAL) -> int:
    """Watch a run that somebody else started. Gives the exit code."""
    if dashboard.fits(plain, json):
        left = dashboard.show(folder, look=look)
        dashboard.farewell(folder)
        return 128 + left.signal if left.signal else 0
    from hpsearch.plain.summary import reference
    from hpsearch.plain.terminal import mode_for
    from hpsearch.plain.watch import exit_code, watch

    outcome = watch(folder.path, mode=mode_for(json), on_interrupt=lambda: False)
    if outcome.left:
        typer.echo(f"Left; it goes on. Again: hpsearch attach {reference(folder)}", err=True)
        return 0
    return exit_code(outcome.state, outcome.complete)
