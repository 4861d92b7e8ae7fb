"""report: a study as one page to send to somebody."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Force, Name, Runs
from hpsearch.cli.saying import note, say, word, write

if TYPE_CHECKING:
    from hpsearch.report.material import Material
    from hpsearch.store.folder import RunFolder
    from hpsearch.study.examination import Examination

Step = Callable[[str], None]
"""Hears what is done next."""


@app.command(
    epilog="Examples: hpsearch report digits -o digits.html. hpsearch report --open. "
    "hpsearch report digits -o - | ssh server 'cat > digits.html'.",
)
def report(
    name: Name = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The file to write; - is standard output.",
            show_default="NAME-report.html",
        ),
    ] = None,
    trials: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many the leaderboard shows, best first.")
    ] = 1000,
    no_data: Annotated[
        bool,
        typer.Option(
            "--no-data", help="Leave out what the best trial gets wrong: the data is not read."
        ),
    ] = False,
    force: Force = False,
    opened: Annotated[bool, typer.Option("--open", help="Then open it in a browser.")] = False,
    runs: Runs = None,
) -> None:
    """Write a study as one page, to read, print or send.

    It is a file that loads nothing. Of the data it tells counts, figures and names, but no rows.
    """
    from hpsearch.cli.files import refuse_to_replace, write_text
    from hpsearch.errors import UsageError
    from hpsearch.report.page import page
    from hpsearch.store.folder import RunFolder, find

    folder = RunFolder(find(name, runs))
    to_stdout = str(output) == "-"
    if to_stdout and opened:
        raise UsageError("--open needs a file; leave -o - out.")
    file = output or Path(f"{folder.name}-report.html")
    if not to_stdout:
        refuse_to_replace(file, force)
    with _steps() as step:
        text = page(_material(folder, trials, no_data, step), step)
    if to_stdout:
        write(text.encode("utf-8"))
        return
    write_text(file, text)
    say(f"{file}: {folder.name} as one page, {_size(text)}.")
    if opened:
        _open(file)


def _material(folder: RunFolder, trials: int, no_data: bool, step: Step) -> Material:
    from hpsearch.report.material import gather

    step("trials and curves")
    found = gather(folder, trials)
    if found.best is None:
        return replace(found, examination="No trial is complete.")
    if no_data:
        return replace(found, examination="The data was not read, as was asked (--no-data).")
    return replace(found, examination=_mistakes(folder, found, step))


def _mistakes(folder: RunFolder, found: Material, step: Step) -> Examination | str:
    """What the best trial gets wrong; or why that cannot be known, as `examine` would say."""
    from hpsearch.cli.examine import examined
    from hpsearch.errors import HpsearchError
    from hpsearch.plain.summary import reference

    assert found.best is not None  # or it was not asked for
    step("the best trial's validation rows")
    try:
        return examined(folder, found.study, found.best)
    except HpsearchError as error:  # the page tells nobody where the run lies
        said = str(error).replace(reference(folder), folder.name)
        return said.replace(f"{folder.path.absolute().parent}/", "")


@contextmanager
def _steps() -> Iterator[Step]:
    """What is done, on standard error: a line that gives way on a terminal, none in a pipe."""
    from hpsearch.plain.terminal import mode_for

    if mode_for(stream=sys.stderr) != "bars":
        yield lambda _: None
        return

    from rich.console import Console

    console = Console(stderr=True, markup=False)
    with console.status("reading") as status:
        yield lambda what: status.update(f"reading {what}" if " " in what else f"drawing {what}")


def _open(file: Path) -> None:
    import webbrowser

    if not webbrowser.open(file.resolve().as_uri()):
        note(f"There is no browser to be found here; open {word(file)} in one.")


def _size(text: str) -> str:
    from hpsearch.view.format import amount

    return amount(len(text.encode("utf-8")))
