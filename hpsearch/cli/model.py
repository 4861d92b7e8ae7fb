"""What comes out of a search: export, retrain, predict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Name, Runs

if TYPE_CHECKING:
    from hpsearch.models.saved import SavedModel
    from hpsearch.store.records import TrialRecord

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


@app.command()
def export(
    name: Name = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The study file to write; - is standard output.")
    ] = Path("best.toml"),
    trial: Annotated[
        int | None,
        typer.Option(min=0, help="Number of the trial.", show_default="the best complete one"),
    ] = None,
    force: Force = False,
    runs: Runs = None,
) -> None:
    """Write a trial as a study file without ranges: its values, seed, split and best epoch."""
    from hpsearch.cli.files import refuse_to_replace, write_text
    from hpsearch.export.choosing import best, numbered
    from hpsearch.export.configuration import configuration
    from hpsearch.store.folder import RunFolder, find
    from hpsearch.store.reader import Reader

    to_stdout = str(output) == "-"
    if not to_stdout:
        refuse_to_replace(output, force)
    with Reader(RunFolder(find(name, runs))) as reader:
        facts = reader.study()
        chosen = best(reader, facts) if trial is None else numbered(reader, facts, trial)
    folder = Path() if to_stdout else output.parent
    file = "best.toml" if to_stdout else str(output)
    exported = configuration(facts, chosen, folder, file)
    if to_stdout:
        _write(exported.text.encode())
        return
    write_text(output, exported.text)
    _say(f"{output}: {_about(chosen, facts.metric)} of {facts.name}.")
    _say(f"next  hpsearch retrain {_word(output)} -o {exported.name}")


@app.command()
def retrain(
    study: Annotated[
        Path,
        typer.Argument(help="A study file without ranges, as export writes.", show_default=False),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The model's folder.", show_default=False)
    ],
    force: Force = False,
) -> None:
    """Train a configuration on training and validation rows, and measure it on the test rows."""
    from hpsearch.cli.progress import training_progress
    from hpsearch.errors import UsageError
    from hpsearch.models.folders import check_free
    from hpsearch.models.retraining import prepare
    from hpsearch.study import studyfile

    if not study.exists():
        from hpsearch.cli.examples import hint

        raise UsageError(f"there is no file {study}.{hint(study)}")
    check_free(output, force)
    retraining = prepare(studyfile.read(study), _note)
    for note in retraining.notes:
        _note(note)
    with training_progress(retraining.epochs) as progress:
        model = retraining.run(progress)
    model.save(output, force)
    for line in _report(model, retraining.epochs):
        _say(line)
    _say(f"in    {output}")
    _say(f"next  hpsearch predict {_word(output)} DATA.csv -o predictions.csv")


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="The model's folder.")],
    data: Annotated[Path, typer.Argument(help="The rows to predict, such as new.csv.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A CSV file.", show_default="standard output"),
    ] = None,
    proba: Annotated[
        bool, typer.Option("--proba", help="Also the probability of each class.")
    ] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="A column of the data to put in front; may be repeated.",
            show_default=False,
        ),
    ] = None,
    keep_all: Annotated[
        bool, typer.Option("--keep-all", help="All columns of the data in front.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse data that lacks a column the model knows.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the output file.")] = False,
) -> None:
    """Predict the target of each row: one row out for each row in, in the same order."""
    from hpsearch.cli.files import check_table_output, refuse_to_replace, write_bytes
    from hpsearch.data.matching import read_like
    from hpsearch.models.saved import SavedModel
    from hpsearch.models.tables import as_csv, beside

    if output is not None:
        check_table_output(output, data)
        if not output.exists() or output.is_file():  # a pipe or a device is not replaced
            refuse_to_replace(output, force)
    loaded = SavedModel.load(model)
    frame = read_like(loaded.encoder, data)
    predictions = loaded.predict(frame, data.name, strict)
    whole = beside(frame, predictions.table(proba), keep or [], keep_all, data.name)
    for note in predictions.notes:
        _note(note)
    if output is None:
        _write(as_csv(whole))
        return
    write_bytes(output, as_csv(whole))
    _note(f"{output}: {whole.height:,} rows.")


def _about(trial: TrialRecord, metric: str) -> str:
    from hpsearch.view.format import figure

    state = "" if trial.state == "complete" else f" ({trial.state} after epoch {trial.epochs})"
    return (
        f"trial {trial.number}{state}, {metric} {figure(trial.value)} "
        f"at epoch {trial.best_epoch} of {trial.planned},"
    ).rstrip(",")


def _report(model: SavedModel, epochs: int) -> list[str]:
    """The test metrics as a small table."""
    from hpsearch.view.format import figure

    rows = model.rows
    figures = {name: figure(value) for name, value in model.metrics["test"].items()}
    wide, right = max(map(len, figures)), max(map(len, figures.values()))
    return [
        f"{model.name}: {epochs} epochs on {rows['train']:,} rows, tested on {rows['test']:,}",
        *(f"  {name:<{wide}}  {value:>{right}}" for name, value in figures.items()),
    ]


def _write(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _word(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def _say(text: str) -> None:
    from hpsearch.plain.terminal import terminal
    from hpsearch.view.format import clean

    out = terminal(sys.stdout)
    out.say(out.writable(clean(text)))


def _note(text: str) -> None:
    from hpsearch.plain.terminal import terminal
    from hpsearch.view.format import clean

    out = terminal(sys.stderr)
    out.say(out.writable(clean(text)))
