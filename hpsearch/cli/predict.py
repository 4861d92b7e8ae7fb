"""predict: a model at work on new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.saying import note, write


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
