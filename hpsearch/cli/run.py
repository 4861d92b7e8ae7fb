"""run: start a study, or go on with one, and watch it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpsearch.cli import dashboard
from hpsearch.cli.app import app
from hpsearch.cli.dashboard import Ascii, Hertz, Look, Theme
from hpsearch.cli.options import Json, Plain, Runs
from hpsearch.cli.overrides import Sets, overrides
from hpsearch.cli.reaching import Backend, Listen, Scheduler, TlsCa, TlsCert, TlsKey, reach

if TYPE_CHECKING:
    from hpsearch.engine.launch import Launched
    from hpsearch.plain.watch import Outcome
    from hpsearch.store.folder import RunFolder

ENDING_SECONDS = 5.0
"""How long an engine that has written its end may take to be gone."""


@app.command()
def run(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY", help="The study file.", show_default=False)
    ],
    trials: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Trials in all, over all runs.", show_default=False),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Trials that train at once.", show_default="the usable cores"
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Seed of the search.", show_default=False)
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name of the run.", show_default="the study's"),
    ] = None,
    set_: Sets = None,
    fork: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Start a new study of that name from a file that was changed. It takes the "
            "old trials along, where they mean the same in the new file.",
            show_default=False,
        ),
    ] = None,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="The search ends with this command.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Start the search and return at once.")
    ] = False,
    plain: Plain = False,
    json: Json = False,
    theme: Theme = None,
    hz: Hertz = None,
    ascii: Ascii = False,
    runs: Runs = None,
    backend: Backend = None,
    scheduler: Scheduler = "",
    listen: Listen = "",
    tls_ca: TlsCa = "",
    tls_cert: TlsCert = "",
    tls_key: TlsKey = "",
) -> None:
    """Run a study, or go on with one.

    On a terminal the search is a process of its own: closing the terminal does not stop it, and
    `hpsearch attach` shows it again. Ctrl-C stops it so that the next run goes on; a second one
    aborts. Without a terminal, in a SLURM job, or with --foreground, the search ends with this
    command.
    """
    from hpsearch.cli.studies import study_file
    from hpsearch.cli.watch import follow_run
    from hpsearch.engine.launch import launch
    from hpsearch.engine.order import Held, Order
    from hpsearch.errors import UsageError
    from hpsearch.plain.terminal import mode_for
    from hpsearch.store.folder import RunFolder, runs_folder
    from hpsearch.store.inbox import filed
    from hpsearch.store.reader import mark

    study = study_file(study)
    if detach and foreground:
        raise UsageError("--detach lets the search outlive this command, --foreground does not.")
    far = reach(scheduler, listen, tls_ca, tls_cert, tls_key)
    backend = backend or ("dask" if scheduler else None)
    values = _values(trials, workers, seed, fork or name, backend, overrides(set_ or []))
    place = runs_folder(runs).resolve()
    folder = RunFolder(place / _name(study, values))
    if fork and folder.exists:
        raise UsageError(f"--fork {fork}: {folder.path} exists; choose another name.")
    in_job = "SLURM_JOB_ID" in os.environ  # what a job leaves behind is killed without a word
    owned = foreground or not (detach or (sys.stdout.isatty() and not in_job))
    since, look, asked = mark(folder), Look(theme, hz, ascii), filed(folder.inbox)
    mode = mode_for(json)
    try:
        source = _forked(study, place) if fork else None
        order = Order(study.resolve(), place, values, source, owned, reach=far)
        launched = launch(order, _say if mode == "bars" else lambda text: None, folder)
    except Held as held:
        _say_held(RunFolder(held.folder), values, detach)
        if detach:
            return
        raise typer.Exit(follow_run(RunFolder(held.folder), plain, json, look)) from None
    if detach:
        typer.echo(
            (not asked and _done(folder))
            or f"{folder.name} runs. Watch it: hpsearch attach {folder.name}"
        )
        return
    watched = Watched(launched, owned)
    if dashboard.fits(plain, json):
        raise typer.Exit(_show(watched, look))
    raise typer.Exit(_watch(watched, mode, since))


def _say(text: str) -> None:
    """Bars leave no room for what was made of the data; lines tell it themselves."""
    width = shutil.get_terminal_size().columns
    typer.echo(textwrap.fill(text, width, break_on_hyphens=False), err=True)


@dataclass
class Watched:
    """A run that this command started."""

    launched: Launched
    owned: bool
    asked: int = 0
    """How often a person asked it to stop."""
    signal: int = 0
    """The signal that aborted it."""

    def stop(self) -> bool:
        """Stop at the first request, abort at the second. Goes on watching."""
        from hpsearch.store.folder import RunFolder
        from hpsearch.store.inbox import send

        self.asked += 1
        if self.asked > 2:
            return False
        if self.asked == 2:
            self.signal = signal.SIGINT
        word = "stopping; Ctrl-C again aborts" if self.asked == 1 else "aborting"
        typer.echo(f"{word} …", err=True)
        send(RunFolder(self.launched.folder).inbox, "stop" if self.asked == 1 else "abort")
        return True

    def terminated(self, number: int, frame: object) -> None:
        """SIGTERM to the command: stop gracefully; a detached engine goes on without us."""
        if not self.owned:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.launched.process.send_signal(signal.SIGTERM)


def _watch(watched: Watched, mode: Any, since: Any) -> int:
    from hpsearch.plain.watch import exit_code, watch
    from hpsearch.store.folder import RunFolder

    folder = RunFolder(watched.launched.folder)
    process = watched.launched.process
    for number in (signal.SIGTERM, signal.SIGUSR1):  # SLURM's word that time is nearly up
        signal.signal(number, watched.terminated)

    def alive() -> bool:
        return process.poll() is None and folder.alive

    outcome: Outcome = watch(
        folder.path, mode=mode, since=since, alive=alive, on_interrupt=watched.stop
    )
    if watched.owned:
        watched.launched.disown()
    if not outcome.left or watched.owned:
        _wait_until(lambda: process.poll() is not None)
    if watched.signal:
        return 128 + watched.signal
    return exit_code(outcome.state, outcome.complete)


def _show(watched: Watched, wanted: Look) -> int:
    """The dashboard, until the person leaves or, where the run is ours, until that has ended."""
    from hpsearch.plain.listing import look
    from hpsearch.plain.watch import exit_code
    from hpsearch.store.folder import RunFolder

    folder, process = RunFolder(watched.launched.folder), watched.launched.process
    left = dashboard.show(folder, started=True, owned=watched.owned, look=wanted)
    if left.signal and watched.owned:
        process.send_signal(signal.SIGTERM)
    if process.poll() is None and (left.verb in ("stop", "abort") or watched.owned):
        typer.echo("stopping …" if left.verb != "drain" else "finishing …", err=True)
        while process.poll() is None:
            time.sleep(0.02)
    if watched.owned:
        watched.launched.disown()
    dashboard.farewell(folder)
    if left.verb == "abort":
        return 128 + signal.SIGINT
    if left.signal:
        return 128 + left.signal
    status = look(folder)
    return exit_code(status.state, status.counts.complete)


def _done(folder: RunFolder) -> str:
    """What to tell of a study that has no trial left to run, though an engine took it up."""
    from hpsearch.plain.listing import look
    from hpsearch.plain.summary import go_on

    stands = look(folder)
    if stands.counts.finished < stands.counts.asked:
        return ""
    told = f"{folder.name}: {stands.counts.finished} of {stands.counts.asked} trials are finished."
    return f"{told} More: {go_on(replace(stands, state='finished'), folder)}"


def _say_held(folder: RunFolder, values: dict[str, Any], detach: bool) -> None:
    """What is asked for runs already, and not with these values."""
    from hpsearch.plain.summary import reference

    watch = f"Watch it: hpsearch attach {reference(folder)}"
    then = watch if detach else "This is only a view of it."
    typer.echo(f"{folder.name} is running already. {then}", err=True)
    if ignored := [key for key in values if key != "study.name"]:
        typer.echo(
            f"Not taken up: {', '.join(ignored)}. Stop it first (`hpsearch stop {folder.name}`), "
            "then run it with them.",
            err=True,
        )


def _values(
    trials: int | None,
    workers: int | None,
    seed: int | None,
    name: str | None,
    backend: str | None,
    given: dict[str, str],
) -> dict[str, Any]:
    """What the command line says, by full name; an option of its own wins over --set."""
    named = {
        "study.trials": trials,
        "study.workers": workers,
        "study.seed": seed,
        "study.name": name,
        "study.backend": backend,
    }
    return {**given, **{key: value for key, value in named.items() if value is not None}}


def _name(study: Path, values: dict[str, Any]) -> str:
    from hpsearch.store.folder import name_of_study_file
    from hpsearch.study.places import LARGEST

    if "study.name" in values:
        return str(values["study.name"])
    try:
        with study.open("rb") as file:
            start = file.read(LARGEST)
        return name_of_study_file(start.decode("utf-8-sig"), study)
    except (OSError, ValueError):
        return study.stem  # the engine will say what is wrong with it


def _forked(study: Path, place: Path) -> Path | None:
    """The run that the study file had before it was changed, if there is one."""
    from hpsearch.store.folder import RunFolder

    folder = RunFolder(place / _name(study, {}))
    return folder.path if folder.db.exists() else None


def _wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + ENDING_SECONDS
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
