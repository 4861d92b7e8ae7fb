"""The command line. Heavy imports stay inside the commands, so that --help is instant."""

from __future__ import annotations

import sys

import typer

from hpsearch.cli import (  # noqa: F401  # each adds its commands
    check,
    clean,
    control,
    evaluate,
    examine,
    export,
    init,
    listing,
    model,
    run,
    schema,
    show,
    top,
    watch,
)
from hpsearch.cli.app import app
from hpsearch.errors import HpsearchError


def run_app() -> int:
    """Run the command that was typed. Returns the exit code."""
    try:
        app()
    except HpsearchError as error:
        typer.echo(f"hpsearch: {error}", err=True)
        return error.code
    except BrokenPipeError:  # `hpsearch top | head`
        sys.stderr.close()
        return 0
    return 0
