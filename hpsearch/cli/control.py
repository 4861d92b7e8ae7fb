"""Steering a study from any terminal: a file in the inbox, and the engine's word on it."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpsearch.cli.app import app
from hpsearch.cli.completing import complete_what
from hpsearch.cli.options import Name, Runs, complete_name

if TYPE_CHECKING:
    from hpsearch.store.folder import RunFolder

TAKEN_SECONDS = 10.0
"""How long to wait for the engine's word before saying that it is busy."""


class Verb(StrEnum):
    """What `ctl` can ask for."""

    pause = "pause"
    resume = "resume"
    stop = "stop"
    drain = "drain"
    abort = "abort"
    prune = "prune"
    kill = "kill"
    enqueue = "enqueue"
    workers = "workers"
    add = "add"
    retry = "retry"


_LASTING = (Verb.prune, Verb.kill, Verb.enqueue, Verb.workers, Verb.add, Verb.retry)
"""What can be left in the inbox for the next run."""


def _verb(word: str) -> Verb:
    """The verb that is written so.

    Raises:
        UsageError: there is none; the message offers the nearest.
    """
    from difflib import get_close_matches

    from hpsearch.errors import UsageError

    if word in list(Verb):
        return Verb(word)
    near = get_close_matches(word, list(Verb), n=1)
    offer = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(
        f"ctl has no verb {word!r}. {offer}Known: {', '.join(Verb)}; the study's name stands"
        " before it, as in `hpsearch ctl digits pause`."
    )


def _verbs(incomplete: str) -> list[str]:
    return [verb for verb in Verb if verb.startswith(incomplete)]


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
    """Stop a study; the next run goes on with it.

    Trials are put aside at their next epoch.
    """
    from hpsearch.errors import UsageError

    if drain and now:
        raise UsageError("--drain lets trials finish and --now does not: choose one.")
    folder = _found(name, runs)
    _stop(folder, Verb.drain if drain else Verb.abort if now else Verb.stop)


@app.command()
def pause(name: Name = None, runs: Runs = None) -> None:
    """Start no new trials; those that run go on. `resume` goes on."""
    folder = _found(name, runs)
    said = f"{folder.name} is paused; `hpsearch resume {folder.name}` goes on."
    typer.echo(_ask(folder, Verb.pause, said))


@app.command()
def resume(name: Name = None, runs: Runs = None) -> None:
    """Go on with a paused study."""
    folder = _found(name, runs)
    typer.echo(_ask(folder, Verb.resume, f"{folder.name} goes on."))


@app.command()
def ctl(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A study's name, its run folder or its study file.",
            autocompletion=complete_name,
        ),
    ],
    verb: Annotated[
        Verb,
        typer.Argument(
            metavar="VERB",
            parser=_verb,
            help="What it shall do.",
            show_default=False,
            autocompletion=_verbs,
        ),
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHAT]...", show_default=False, autocompletion=complete_what),
    ] = None,
    runs: Runs = None,
) -> None:
    """Steer a study while it runs, from any terminal.

    \b
    pause | resume | stop | drain | abort   as the commands of that name do
    prune N…        end trials; they show a value and are never best
    kill N…         end trials as failed, at once
    enqueue K=V…    try this configuration next; what it leaves out is drawn
    enqueue FILE    or those of a file: its [[enqueue]], or an exported one
    workers K       train K trials at once
    add N           ask for N trials more
    retry N…        try failed trials once more; `retry failed`: all of them

    The engine's answer is printed. What is asked of a study that does not run waits for its next
    run, but for the first line.
    """
    folder = _found(name, runs)
    given = list(words or [])
    if verb in (Verb.stop, Verb.drain, Verb.abort) and not given:
        _stop(folder, verb)
        return
    args = _arguments(folder, verb, given)
    if verb in _LASTING and not folder.alive:
        from hpsearch.store.inbox import send

        send(folder.inbox, verb.value, **args)
        typer.echo(f"{folder.name} is not running; its next run will take this up.")
        return
    typer.echo(_ask(folder, verb, **args))


def _arguments(folder: RunFolder, verb: Verb, words: list[str]) -> dict[str, Any]:
    """What goes with a verb in the inbox."""
    from hpsearch.errors import UsageError

    match verb:
        case Verb.retry if words == ["failed"]:
            return {"numbers": "failed"}
        case Verb.prune | Verb.kill | Verb.retry:
            if not words:
                raise UsageError(f"{verb} takes trials by their numbers, such as `{verb} 7 12`.")
            return {"numbers": [_number(word.removeprefix("#"), verb) for word in words]}
        case Verb.workers | Verb.add:
            if len(words) != 1:
                raise UsageError(f"{verb} takes one number, such as `{verb} 2`.")
            if not (count := _number(words[0], verb)):
                raise UsageError(f"{verb} takes a number from 1, such as `{verb} 2`.")
            return {"count": count}
        case Verb.enqueue:
            from hpsearch.cli.enqueueing import entries

            return {"entries": entries(folder, words)}
    if words:
        raise UsageError(f"{verb} takes nothing more; take {' '.join(words)} out.")
    return {}


def _number(word: str, verb: Verb) -> int:
    from hpsearch.errors import UsageError

    if not word.isascii() or not word.isdigit() or len(word) > 9:
        what = "how many" if verb in (Verb.workers, Verb.add) else "trials by their numbers"
        raise UsageError(f"{verb}: {word!r} is no number; say {what}: `{verb} 7`.")
    return int(word)


def _found(name: str | None, runs: Path | None) -> RunFolder:
    from hpsearch.store.folder import RunFolder, find

    return RunFolder(find(name, runs))


def _stop(folder: RunFolder, verb: Verb) -> None:
    _ask(folder, verb)
    _wait_for_end(folder, verb is Verb.drain)


def _ask(folder: RunFolder, verb: Verb, said: str = "", **args: Any) -> str:
    """Leave a command with a running engine; `said`, or its answer."""
    from hpsearch.errors import RunError, UsageError
    from hpsearch.store.inbox import remove, send
    from hpsearch.store.reader import Reader

    if not folder.alive:
        raise RunError(
            f"{folder.name} is not running; `hpsearch run` on its study file goes on with it."
        )
    command = send(folder.inbox, verb.value, **args)
    until = time.monotonic() + TAKEN_SECONDS
    while (folder.inbox / command.id).exists():
        if not folder.alive:
            remove(folder.inbox, command)  # or the next run would obey it
            raise RunError(f"{folder.name} ended before it could be asked to {verb}.")
        if time.monotonic() > until:
            return "The engine is busy; it will take the request when it can."
        time.sleep(0.02)
    with Reader(folder) as reader:
        outcome = reader.outcome(command.id) or "done"
    if outcome.startswith("refused: "):
        why = outcome.removeprefix("refused: ").rstrip(".")
        raise UsageError(f"{folder.name}: {verb}: {why}.")
    return said or f"{folder.name}: {outcome}"


def _wait_for_end(folder: RunFolder, patient: bool) -> None:
    """Return when the engine is gone; a drain may take as long as a trial."""
    until = time.monotonic() + (float("inf") if patient else 30.0)
    if patient:
        typer.echo("The running trials finish first; Ctrl-C here leaves them to it.", err=True)
    while folder.alive and time.monotonic() < until:
        time.sleep(0.05)
    state = "is still stopping" if folder.alive else "has stopped"
    typer.echo(f"{folder.name} {state}; `hpsearch run` on its study file goes on with it.")
