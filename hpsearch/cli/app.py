"""The one Typer application; every command module adds its commands to it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hpsearch.cli import MODULES


class InOrder(TyperGroup):
    """Lists commands in the order in which a person needs them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=list(MODULES).index)


app = typer.Typer(
    name="hpsearch",
    cls=InOrder,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First steps: hpsearch init data.csv --target COLUMN, then hpsearch run data.toml.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from hpsearch import __version__

        typer.echo(f"hpsearch {__version__}")
        raise typer.Exit


@app.callback()
def hpsearch(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Search hyperparameters for a neural network on your data, from a terminal."""
