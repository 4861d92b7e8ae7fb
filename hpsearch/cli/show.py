"""show, compare and log: one trial, several side by side, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Name, Runs, TextOrJson, complete_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hpsearch.store.folder import RunFolder
    from hpsearch.view.comparing import Row
    from hpsearch.view.naming import Named


def _number(word: str | int) -> int:
    """A trial's number as a person writes it: 12 or #12.

    Raises:
        UsageError: it is none.
    """
    from hpsearch.errors import UsageError

    digits = str(word).removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise UsageError(f"{word} is no trial's number; write one such as 12, or leave it out.")
    return int(digits)


Trial = Annotated[
    int | None,
    typer.Argument(metavar="[N]", parser=_number, help="The trial's number.", show_default=False),
]
OutputFormat = Annotated[TextOrJson, typer.Option("--format", help="text or json.")]


@app.command(epilog="Examples: hpsearch show digits 12. hpsearch show digits#12 --format json.")
def show(
    name: Name = None,
    number: Trial = None,
    format: OutputFormat = TextOrJson.text,
    runs: Runs = None,
) -> None:
    """Show all of one trial: its parameters, network, curve and log. Without N, the best one."""
    from hpsearch.errors import UsageError
    from hpsearch.plain.show import as_json, as_text, look_at

    folder, number = trial_meant(name, number, runs)
    shown = look_at(folder, number)
    if shown is None and number is None:
        raise UsageError(
            f"{folder.name} has no complete trial yet, so none is best; name one by its number."
        )
    if shown is None:
        raise UsageError(_no_trial(folder, number))
    if format is TextOrJson.json:
        as_json(shown)
    else:
        as_text(shown, folder)


@app.command(
    epilog="Examples: hpsearch compare digits 3 7. hpsearch compare digits#3 iris#0. "
    "hpsearch compare digits iris --all.",
)
def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Two or more studies; or trials, as in digits#3 iris#0 or digits 3 7.",
            autocompletion=complete_name,
            show_default=False,
        ),
    ],
    everything: Annotated[bool, typer.Option("--all", help="Also what does not differ.")] = False,
    format: OutputFormat = TextOrJson.text,
    runs: Runs = None,
) -> None:
    """Show in what studies, or trials, differ."""
    from hpsearch.plain.compare import as_json, as_text
    from hpsearch.view.naming import several

    wanted = several(names)
    rows = _studies(wanted, runs) if wanted[0].number is None else _trials(wanted, runs)
    shown = as_json if format is TextOrJson.json else as_text
    shown([str(each) for each in wanted], rows, everything)


@app.command(
    epilog="Examples: hpsearch log digits -f. hpsearch log digits 12. "
    "hpsearch log digits --format json.",
)
def log(
    name: Name = None,
    number: Trial = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, until the study ends.")
    ] = False,
    last: Annotated[
        int | None,
        typer.Option(
            "--last", "-n", min=0, metavar="N", help="Only the last ones.", show_default=False
        ),
    ] = None,
    format: OutputFormat = TextOrJson.text,
    runs: Runs = None,
) -> None:
    """Tell what happened in a study, or in one trial.

    With N, what happened to that trial, and what its training printed.
    """
    from threading import Event

    from hpsearch.plain.log import tell

    folder, number = trial_meant(name, number, runs)
    stop = Event()
    if not follow:
        stop.set()
    try:
        known = tell(folder, number, last, stop, format is TextOrJson.json)
    except KeyboardInterrupt:  # the way out of -f
        raise typer.Exit(0) from None
    if not known:
        from hpsearch.errors import UsageError

        raise UsageError(_no_trial(folder, number))


def trial_meant(
    name: str | None, number: int | None, runs: Path | None
) -> tuple[RunFolder, int | None]:
    """The run and the trial that are meant; `digits#12` is both at once."""
    from hpsearch.errors import UsageError
    from hpsearch.store.folder import RunFolder, find
    from hpsearch.view.naming import named

    if name is not None and number is None and "#" in name:
        both = named(name)
        name, number = both.study, both.number
    try:
        return RunFolder(find(name, runs)), number
    except UsageError:
        if name is None or number is not None or not name.isdecimal():
            raise
        return RunFolder(find(None, runs)), int(name)  # only a number: of the study at hand


def _no_trial(folder: RunFolder, number: int | None) -> str:
    from hpsearch.store.reader import Reader

    with Reader(folder) as reader:
        count = sum(1 for _ in reader.trials())
    known = f"it has #0 to #{count - 1}" if count else "it has none yet"
    return f"{folder.name} has no trial #{number}; {known}."


def _studies(wanted: tuple[Named, ...], runs: Path | None) -> tuple[Row, ...]:
    from hpsearch.plain.listing import look
    from hpsearch.view.comparing import studies

    return studies([look(folder) for folder, _ in _found(wanted, runs)])


def _trials(wanted: tuple[Named, ...], runs: Path | None) -> tuple[Row, ...]:
    from hpsearch.errors import UsageError
    from hpsearch.store.reader import Reader
    from hpsearch.view.comparing import trials
    from hpsearch.view.status import settled

    pairs = []
    for folder, number in _found(wanted, runs):
        assert number is not None  # or these were studies
        alive = folder.alive
        with Reader(folder) as reader:
            trial = reader.trial(number)
            if trial is None:
                raise UsageError(_no_trial(folder, number))
            pairs.append((reader.study(), settled([trial], alive)[0]))
    return trials(pairs)


def _found(wanted: tuple[Named, ...], runs: Path | None) -> Iterator[tuple[RunFolder, int | None]]:
    from hpsearch.store.folder import RunFolder, find

    for each in wanted:
        yield RunFolder(find(each.study, runs)), each.number
