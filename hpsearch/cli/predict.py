"""predict: a model at work on new rows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.saying import note, write

if TYPE_CHECKING:
    import polars as pl

    from hpsearch.models.running import Predicting


@app.command(
    epilog="Examples: hpsearch predict houses-model new.csv -o predictions.csv. "
    "hpsearch predict houses-model new.parquet -o predictions.parquet --proba --keep id. "
    "cat new.csv | hpsearch predict houses-model - > predictions.csv.",
)
def predict(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="The model's folder.")],
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA", help="The rows to predict, such as new.csv; - is standard input."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="A .csv or .parquet file; - is standard output.",
            show_default="standard output",
        ),
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
    from hpsearch.cli.files import check_table_output, refuse_to_replace, write_pieces
    from hpsearch.data.pieces import pieces
    from hpsearch.data.piped import STDIN, kept
    from hpsearch.models.running import Predicting
    from hpsearch.models.saved import SavedModel
    from hpsearch.models.tables import PARQUET, as_csv, as_parquet, beside

    output = None if output == Path("-") else output
    if output is not None:
        check_table_output(output, data)
        if not output.exists() or output.is_file():  # a pipe or a device is not replaced
            refuse_to_replace(output, force)
    loaded = SavedModel.load(model)
    with kept(sys.stdin.buffer) if data == STDIN else nullcontext(data) as path:
        predicting = Predicting(loaded, path.name, strict)

        def tables() -> Iterator[pl.DataFrame]:
            as_written = loaded.encoder.names if keep_all else keep or ()
            for frame in pieces(loaded.encoder, path, note, note, as_written):
                predicted = predicting(frame).table(proba)
                yield beside(frame, predicted, keep or [], keep_all, path.name)

        parquet = output is not None and output.suffix.lower() in PARQUET
        content = (as_parquet if parquet else as_csv)(tables())
        if output is not None:
            write_pieces(output, content)
        else:
            _written(content)
    _tell(predicting, output)


def _written(content: Iterable[bytes]) -> None:
    for some in content:
        write(some)


def _tell(predicting: Predicting, output: Path | None) -> None:
    """What was noticed of the rows, and where their predictions are."""
    for sentence in predicting.notes:
        note(sentence)
    if output is not None:
        rows = "1 row" if predicting.rows == 1 else f"{predicting.rows:,} rows"
        note(f"{output}: {rows}.")
