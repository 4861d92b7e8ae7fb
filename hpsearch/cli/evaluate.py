"""evaluate: how good a model's predictions are where the truth is known."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import TextOrJson


@app.command(
    epilog="Examples: hpsearch evaluate houses-model newer.csv. "
    "hpsearch evaluate digits-model test.npz --format json. "
    "hpsearch evaluate mnist-model t10k-images-idx3-ubyte --images 12 draws twelve of them.",
)
def evaluate(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="The model's folder.")],
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="Rows with their targets, such as newer.csv; - is standard input.",
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse data that lacks a column the model knows.")
    ] = False,
    images: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="N",
            help="Draw N of the rows, where they are images, with what is true and was said.",
            show_default=False,
        ),
    ] = 0,
    format: Annotated[TextOrJson, typer.Option(help="text or json.")] = TextOrJson.text,
) -> None:
    """Compare a model's predictions with the truth.

    Errors, confusion, calibration.
    """
    from hpsearch.cli.saying import note
    from hpsearch.data.matching import read_like
    from hpsearch.data.piped import STDIN, kept
    from hpsearch.errors import ModelError
    from hpsearch.models.evaluation import evaluate as evaluated
    from hpsearch.models.pictures import check_images
    from hpsearch.models.saved import SavedModel
    from hpsearch.plain.evaluation import as_json, as_text

    loaded = SavedModel.load(model)
    if images:
        check_images(loaded)  # before a large file is read
    with kept(sys.stdin.buffer) if data == STDIN else nullcontext(data) as path:
        frame = read_like(loaded.encoder, path, note, note)
    evaluation = evaluated(loaded, frame, path.name, strict, images)
    if evaluation.looked:
        try:
            loaded = loaded.count_look(model)
        except ModelError as error:
            note(f"This look at the test rows is not counted: {error}")
    (as_json if format is TextOrJson.json else as_text)(evaluation)
    for sentence in evaluation.notes:
        note(sentence)
    if evaluation.looked:
        times = loaded.seen.test_read
        note(
            f"These are the model's test rows, read {times} times by now: what is chosen by such"
            " figures needs other rows to be judged by."
        )
