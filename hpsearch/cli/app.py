"""The one Typer application; every command module adds its commands to it."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="hpsearch",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Search hyperparameters for a neural network on your data, from a terminal.",
)
