"""A model of what a search found: retrain, predict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.saying import note, say, word, write

if TYPE_CHECKING:
    from hpsearch.models.saved import SavedModel
    from hpsearch.models.worth import Worth

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


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
    no_baselines: Annotated[
        bool,
        typer.Option("--no-baselines", help="Compare with the simplest answer only; quicker."),
    ] = False,
) -> None:
    """Train an exported configuration into a model.

    On training and validation rows; it is measured on the test rows, beside simpler models.
    """
    from hpsearch.cli.progress import training_progress
    from hpsearch.errors import UsageError
    from hpsearch.models.baselines import SECONDS
    from hpsearch.models.folders import check_free
    from hpsearch.models.retraining import prepare
    from hpsearch.models.worth import compare
    from hpsearch.study import studyfile

    if not study.exists():
        from hpsearch.cli.examples import hint

        raise UsageError(f"there is no file {study}.{hint(study)}")
    check_free(output, force)
    retraining = prepare(studyfile.read(study), note)
    for sentence in retraining.notes:
        note(sentence)
    with training_progress(retraining.epochs) as progress:
        model = retraining.run(progress)
    model.save(output, force)
    if not no_baselines and model.rows["test"]:
        note(f"Simpler models on the same rows, for at most {SECONDS:g} s …")
    worth = compare(retraining, model, 0 if no_baselines else SECONDS)
    for line in _report(model, worth, retraining.epochs):
        say(line)
    for sentence in worth.notes:
        say(sentence)
    say(f"in    {output}")
    say(f"next  hpsearch predict {word(output)} DATA.csv -o predictions.csv")


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
    """Predict the target of each row.

    One row out for each row in, in the same order.
    """
    from hpsearch.cli.files import check_table_output, refuse_to_replace, write_bytes
    from hpsearch.data.matching import read_like
    from hpsearch.models.saved import SavedModel
    from hpsearch.models.tables import as_csv, beside

    if output is not None:
        check_table_output(output, data)
        if not output.exists() or output.is_file():  # a pipe or a device is not replaced
            refuse_to_replace(output, force)
    loaded = SavedModel.load(model)
    frame = read_like(loaded.encoder, data, note)
    predictions = loaded.predict(frame, data.name, strict)
    whole = beside(frame, predictions.table(proba), keep or [], keep_all, data.name)
    for sentence in predictions.notes:
        note(sentence)
    if output is None:
        write(as_csv(whole))
        return
    write_bytes(output, as_csv(whole))
    note(f"{output}: {whole.height:,} rows.")


def _report(model: SavedModel, worth: Worth, epochs: int) -> list[str]:
    """The test metrics as a small table, a column for each model."""
    from hpsearch.view.format import figure

    rows, test = model.rows, model.metrics["test"]
    columns = {"this model" if worth.baselines else "": test, **worth.baselines}
    table = {
        head: [head, *(figure(figures[name]) for name in test)] for head, figures in columns.items()
    }
    names = ["", *test]
    wide = max(map(len, names))
    lines = [
        f"  {name:<{wide}}"
        + "".join(f"  {cells[at]:>{max(map(len, cells))}}" for cells in table.values())
        for at, name in enumerate(names)
    ]
    return [
        f"{model.name}: {epochs} epochs on {rows['train']:,} rows, tested on {rows['test']:,}",
        *(line for line in lines if line.strip()),
    ]
