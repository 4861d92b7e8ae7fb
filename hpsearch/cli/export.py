"""export: what a search found, for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Force, Name, Runs
from hpsearch.cli.saying import say, write
from hpsearch.cli.top import Where
from hpsearch.export.formats import names

if TYPE_CHECKING:
    from hpsearch.export.choosing import Wanted
    from hpsearch.export.exporters import (
        RowsExporter,
        StorageExporter,
        TrialExporter,
        TrialsExporter,
    )
    from hpsearch.store.folder import RunFolder


def _formats(incomplete: str) -> list[str]:
    return [name for name in names() if name.startswith(incomplete)]


@app.command(
    epilog="Examples: hpsearch export digits -o best.toml writes the best trial, to retrain. "
    "hpsearch export digits --top 3 --where act:relu writes the three best with relu, a file "
    "each. "
    "hpsearch export digits --to csv -o trials.csv writes all trials. "
    "hpsearch export digits --to optuna sqlite:///digits.db, then optuna-dashboard shows them. "
    "hpsearch export digits --to onnx trains the best trial as retrain does, and writes it; "
    "hpsearch export digits-model --to onnx writes a retrained model.",
)
def export(
    name: Name = None,
    address: Annotated[
        str | None,
        typer.Argument(metavar="URL", help="Of the database, with --to optuna."),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            metavar="FORMAT",
            help=f"One of {', '.join(names())}. study and python write one trial, csv, json and "
            "optuna all of them, arrays the rows they learn from, onnx a model: that of a trial, "
            "trained anew, or the one in a folder that retrain made.",
            autocompletion=_formats,
        ),
    ] = "study",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The file to write, or of several trials the folder; - is standard output.",
            show_default="best.toml for a study, else by name and format",
        ),
    ] = None,
    trial: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Number of the trial.", show_default="the best complete one"
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(min=1, metavar="K", help="The best K.", show_default=False),
    ] = None,
    where: Where = None,
    force: Force = False,
    runs: Runs = None,
) -> None:
    """Write out a trial as a study file, all of them, or a model.

    By default the best trial, as a study file without ranges.
    """
    from hpsearch.cli.modelfiles import export_model, export_trained, is_model
    from hpsearch.errors import UsageError
    from hpsearch.export.choosing import Wanted
    from hpsearch.export.exporters import (
        ModelExporter,
        RowsExporter,
        StorageExporter,
        TrialExporter,
    )
    from hpsearch.export.formats import exporter

    writer = exporter(to)
    if name is not None and "://" in name and address is None:
        name, address = None, name
    if address is not None and not isinstance(writer, StorageExporter):
        raise UsageError(f"{address}: only --to optuna writes to an address; name a file with -o.")
    if address is not None and output is not None:
        raise UsageError(f"Write to {address} or to {output}, not to both: leave one out.")
    wanted = Wanted(trial, top, where)
    if isinstance(writer, ModelExporter) and name is not None and is_model(name):
        export_model(writer, name, output, force, wanted)
        return
    folder = _run(name, runs, to)
    if isinstance(writer, TrialExporter):
        _export_each(writer, folder, wanted, output, force)
    elif isinstance(writer, StorageExporter):
        _export_into(writer, folder, wanted, address or output, force)
    elif isinstance(writer, ModelExporter):
        export_trained(writer, folder, wanted, output, force)
    elif isinstance(writer, RowsExporter):
        _export_rows(writer, folder, wanted, output, force)
    else:
        _export_together(writer, folder, wanted, output, force)


def _run(name: str | None, runs: Path | None, to: str) -> RunFolder:
    """The run that is meant.

    Raises:
        UsageError: there is none; or the name is a model's.
    """
    from hpsearch.cli.modelfiles import is_model
    from hpsearch.errors import UsageError
    from hpsearch.store.folder import RunFolder, find

    if name is not None and is_model(name):
        raise UsageError(
            f"{name} is a retrained model, of which --to {to} writes nothing; --to onnx does."
        )
    return RunFolder(find(name, runs))


def _export_each(
    writer: TrialExporter, run: RunFolder, wanted: Wanted, output: Path | None, force: bool
) -> None:
    """A text for each trial; several have their numbers in their files' names."""
    from hpsearch.cli.files import refuse_to_replace, write_text
    from hpsearch.cli.told import about, apart
    from hpsearch.errors import UsageError
    from hpsearch.export.choosing import each
    from hpsearch.export.exporters import Place
    from hpsearch.store.reader import Reader

    file, to_stdout = output or Path(writer.default), str(output) == "-"
    if not to_stdout and wanted.top is None:
        refuse_to_replace(file, force)
    with Reader(run) as reader, reader.still():
        facts = reader.study()
        chosen = each(reader, facts, wanted)
    if to_stdout:
        if len(chosen) > 1:
            raise UsageError("Several trials are a file each; name one with -o.")
        for one in chosen:
            write(writer.text(facts, one, Place(Path(), writer.default)).text.encode())
        return
    many = len(chosen) > 1
    if many and file.is_dir():
        file = file / writer.default
    files = [apart(file, trial.number) if many else file for trial in chosen]
    for one in files:
        refuse_to_replace(one, force)
    places = [Place(one.parent, str(one)) for one in files]
    texts = [writer.text(facts, *pair) for pair in zip(chosen, places, strict=True)]
    for one, trial, written in zip(files, chosen, texts, strict=True):
        write_text(one, written.text)
        say(f"{one}: {about(trial, facts.metric)} of {facts.name}.")
    for written in texts[:1]:
        say(f"next  {written.next}")


def _export_together(
    writer: TrialsExporter, run: RunFolder, wanted: Wanted, output: Path | None, force: bool
) -> None:
    """One text of all trials."""
    from hpsearch.cli.files import refuse_to_replace, write_text
    from hpsearch.export.choosing import every

    given = every(run, wanted)
    if str(output) == "-":
        write(writer.text(given).encode())
        return
    file = output or Path(writer.default.format(name=given.facts.name))
    refuse_to_replace(file, force)
    write_text(file, writer.text(given))
    say(f"{file}: {_counted(len(given.trials))} of {given.facts.name}.")


def _export_into(
    writer: StorageExporter, run: RunFolder, wanted: Wanted, to: str | Path | None, force: bool
) -> None:
    """All trials into a database."""
    from hpsearch.errors import UsageError
    from hpsearch.export.choosing import every

    given = every(run, wanted)
    address = str(to or writer.default.format(name=given.facts.name))
    if address == "-":
        raise UsageError("A database cannot be written to standard output; name a file with -o.")
    told = writer.store(given, address, force)
    say(f"{address}: {_counted(len(given.trials))} of {given.facts.name}.")
    say(f"next  {told}")


def _export_rows(
    writer: RowsExporter, run: RunFolder, wanted: Wanted, output: Path | None, force: bool
) -> None:
    """The rows that all trials share."""
    from hpsearch.cli.files import refuse_to_replace, write_bytes
    from hpsearch.errors import UsageError
    from hpsearch.export.choosing import Wanted
    from hpsearch.store.reader import Reader

    if wanted != Wanted():
        raise UsageError("All trials share the rows; leave --trial, --top and --where out.")
    file, to_stdout = output or Path(writer.default), str(output) == "-"
    if not to_stdout:
        refuse_to_replace(file, force)
    with Reader(run) as reader:
        facts = reader.study()
    content = writer.content(facts)
    if to_stdout:
        write(content)
        return
    write_bytes(file, content)
    say(f"{file}: the rows of {facts.name}.")


def _counted(trials: int) -> str:
    return "1 trial" if trials == 1 else f"{trials:,} trials"
