"""From `run` and `attach` into the dashboard, and out of it with six lines that stay."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hpsearch.dashboard.messages import Leave
    from hpsearch.store.folder import RunFolder

Theme = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Colours of the dashboard: hpsearch-dark, hpsearch-light, or any of Textual's.",
        show_default=False,
    ),
]
Hertz = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        metavar="N",
        max=30,
        help="Pictures a second in the dashboard.",
        show_default="4, over SSH 2",
    ),
]
Ascii = Annotated[
    bool, typer.Option("--ascii", help="Only ASCII in the dashboard, as where UTF-8 is lacking.")
]


@dataclass(frozen=True)
class Look:
    """How a person wants the dashboard."""

    theme: str | None = None
    hz: float | None = None
    ascii: bool = False


AS_USUAL = Look()


def fits(plain: bool, json: bool, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a dashboard can be shown here and is wanted."""
    if plain or json or environ.get("CI") or environ.get("TERM") in (None, "", "dumb"):
        return False
    return sys.stdin.isatty() and sys.stdout.isatty()


def show(
    folder: RunFolder,
    *,
    started: bool = False,
    owned: bool = False,
    look: Look = AS_USUAL,
) -> Leave:
    """Show the dashboard until the person leaves.

    Args:
        started: whether this command started the run.
        owned: whether the run ends with this command.
    """
    from hpsearch.dashboard.feed import Feed, Reading

    reading = Reading(Feed(folder))
    gc.disable()  # what is imported now stays: looking through it again and again costs a tenth
    from hpsearch.dashboard.app import Dashboard
    from hpsearch.dashboard.messages import Leave
    from hpsearch.dashboard.options import Options, ascii_only

    gc.freeze()
    gc.enable()
    narrow = look.ascii or ascii_only(sys.stdout.encoding)
    app = Dashboard(folder, Options(started, owned, look.hz, look.theme, narrow), reading)
    left = app.run() or Leave()
    if app.return_code:
        raise typer.Exit(1)  # it broke: Textual has given the terminal back and told why
    return left


def farewell(folder: RunFolder) -> None:
    """Six lines for the scrollback: how it stands, the best, and how to come back."""
    from hpsearch.errors import RunError
    from hpsearch.plain.listing import look
    from hpsearch.plain.summary import summary
    from hpsearch.plain.terminal import terminal

    out = terminal()
    try:
        *about, keep, further = summary(look(folder), folder, out.glyphs)
    except (RunError, OSError):  # nothing was run yet, or the terminal is gone
        return
    for line in about:
        out.say(out.fit(line))
    for command in (keep, further):  # never cut: they are there to be copied
        out.say(out.writable(command))
