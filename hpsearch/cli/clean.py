"""clean: free what a study keeps on disk and needs no more."""

from __future__ import annotations

from typing import Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Name, Runs


@app.command()
def clean(
    name: Name = None,
    weights: Annotated[
        bool,
        typer.Option("--weights", help="The weights of its best trials, too."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and leave it.")
    ] = False,
    runs: Runs = None,
) -> None:
    """Free what a study keeps on disk and needs no more.

    Prepared data, which the next run makes again; scratch files of workers; checkpoints of trials
    that are over; what a crash left half-written. Trials, curves and logs stay, and so do the
    checkpoints of trials that the next run goes on with.
    """
    from hpsearch.errors import RunError
    from hpsearch.store.cleaning import litter
    from hpsearch.store.folder import RunFolder, find
    from hpsearch.store.reader import Reader
    from hpsearch.study.events import FINISHED
    from hpsearch.system import Lock
    from hpsearch.view.format import amount

    folder = RunFolder(find(name, runs))
    lock = Lock(folder.lock)
    try:
        lock.acquire()  # or a run that starts meanwhile would miss its data
        with Reader(folder) as reader:
            open_ = [trial.number for trial in reader.trials() if trial.state not in FINISHED]
        found = litter(folder, open_, weights)
        for kind in found:
            if not dry_run:
                kind.remove()
            typer.echo(f"{amount(kind.bytes):>10}  {kind.kind}")
    except OSError as error:
        raise RunError(f"{error.filename or folder.path}: {error.strerror or error}.") from None
    finally:
        lock.release()
    total = amount(sum(kind.bytes for kind in found))
    if dry_run:
        typer.echo(f"{folder.name}: {total} would be freed; nothing is removed yet.")
    else:
        typer.echo(f"{folder.name}: {total} freed.")
