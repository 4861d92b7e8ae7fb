"""ls and status: which studies there are, and how they stand."""

from __future__ import annotations

from typing import Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Name, Runs, TextOrJson


@app.command()
def ls(
    format: Annotated[TextOrJson, typer.Option(help="text or json.")] = TextOrJson.text,
    runs: Runs = None,
) -> None:
    """List the studies that have been run.

    Those that run come first, then the newest.
    """
    from hpsearch.plain.listing import listing, listing_json
    from hpsearch.store.folder import all_runs, runs_folder

    found = all_runs(runs)
    if format is TextOrJson.json:
        listing_json(found)
    else:
        listing(found, runs_folder(runs))


@app.command()
def status(
    name: Name = None,
    format: Annotated[TextOrJson, typer.Option(help="text or json.")] = TextOrJson.text,
    runs: Runs = None,
) -> None:
    """Say how a study stands."""
    from hpsearch.plain.listing import look, status_json, status_text
    from hpsearch.store.folder import RunFolder, find

    folder = RunFolder(find(name, runs))
    stands = look(folder)
    if format is TextOrJson.json:
        status_json(stands)
    else:
        status_text(stands, folder)
