"""stop, pause and resume: a file in the inbox, and the engine's word that it was taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Name, Runs

if TYPE_CHECKING:
    from pathlib import Path

    from hpsearch.store.folder import RunFolder

TAKEN_SECONDS = 5.0
"""How long to wait for the engine's word before saying that it is busy."""


@app.command()
def stop(
    name: Name = None,
    drain: Annotated[
        bool, typer.Option("--drain", help="Let the running trials finish first.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="At once; trials go on from their last checkpoint.")
    ] = False,
    runs: Runs = None,
) -> None:
    """Stop a study: trials are put aside at their next epoch, and the next run goes on."""
    from hpsearch.errors import UsageError

    if drain and now:
        raise UsageError("--drain lets trials finish and --now does not: choose one.")
    folder = _running(name, runs)
    _ask(folder, "drain" if drain else "abort" if now else "stop")
    _wait_for_end(folder, drain)


@app.command()
def pause(name: Name = None, runs: Runs = None) -> None:
    """Start no new trials; those that run go on. `resume` goes on."""
    folder = _running(name, runs)
    _ask(folder, "pause")
    typer.echo(f"{folder.name} is paused; `hpsearch resume {folder.name}` goes on.")


@app.command()
def resume(name: Name = None, runs: Runs = None) -> None:
    """Go on with a paused study."""
    folder = _running(name, runs)
    _ask(folder, "resume")
    typer.echo(f"{folder.name} goes on.")


def _running(name: str | None, runs: Path | None) -> RunFolder:
    from hpsearch.errors import RunError
    from hpsearch.store.folder import RunFolder, find

    folder = RunFolder(find(name, runs))
    if not folder.alive:
        raise RunError(
            f"{folder.name} is not running; `hpsearch run` on its study file goes on with it."
        )
    return folder


def _ask(folder: RunFolder, verb: str) -> None:
    from hpsearch.errors import RunError
    from hpsearch.store.inbox import remove, send

    command = send(folder.inbox, verb)
    until = time.monotonic() + TAKEN_SECONDS
    while (folder.inbox / command.id).exists():
        if not folder.alive:
            remove(folder.inbox, command)  # or the next run would obey it
            raise RunError(f"{folder.name} ended before it could be asked to {verb}.")
        if time.monotonic() > until:
            typer.echo("The engine is busy; it will take the request when it can.", err=True)
            return
        time.sleep(0.02)


def _wait_for_end(folder: RunFolder, patient: bool) -> None:
    """Return when the engine is gone; a drain may take as long as a trial."""
    until = time.monotonic() + (float("inf") if patient else 30.0)
    if patient:
        typer.echo("The running trials finish first; Ctrl-C here leaves them to it.", err=True)
    while folder.alive and time.monotonic() < until:
        time.sleep(0.05)
    state = "is still stopping" if folder.alive else "has stopped"
    typer.echo(f"{folder.name} {state}; `hpsearch run` on its study file goes on with it.")
