"""A model as a file for others: one that was retrained, or that of a trial."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.cli.saying import say, write

if TYPE_CHECKING:
    from hpsearch.export.choosing import Wanted
    from hpsearch.export.exporters import ModelExporter
    from hpsearch.models.saved import SavedModel
    from hpsearch.store.folder import RunFolder


def is_model(name: str) -> bool:
    """Whether a folder is so called that holds a retrained model."""
    from hpsearch.models.folders import JSON

    return (Path(name) / JSON).is_file()


def export_model(
    writer: ModelExporter, name: str, output: Path | None, force: bool, wanted: Wanted
) -> None:
    """A retrained model as a file."""
    from hpsearch.cli.files import refuse_to_replace, write_bytes
    from hpsearch.errors import UsageError
    from hpsearch.export.choosing import Wanted
    from hpsearch.models.saved import SavedModel

    if wanted != Wanted():
        raise UsageError(f"{name}: --trial, --top and --where choose of a study, not of a model.")
    model = SavedModel.load(name)
    file = output or Path(writer.default.format(name=Path(name).resolve().name))
    if str(output) == "-":
        write(writer.content(model))
        return
    refuse_to_replace(file, force)
    write_bytes(file, writer.content(model))
    say(f"{file}: {model.name}.")


def export_trained(
    writer: ModelExporter, run: RunFolder, wanted: Wanted, output: Path | None, force: bool
) -> None:
    """A file for each trial, of the model that `retrain` would make of it."""
    from hpsearch.cli.files import refuse_to_replace, write_bytes
    from hpsearch.cli.progress import training_progress
    from hpsearch.cli.told import about, apart
    from hpsearch.errors import UsageError
    from hpsearch.export.choosing import each
    from hpsearch.export.configuration import configuration
    from hpsearch.models.retraining import prepare
    from hpsearch.store.reader import Reader
    from hpsearch.study import studyfile

    with Reader(run) as reader, reader.still():
        facts = reader.study()
        chosen = each(reader, facts, wanted)
    many, to_stdout = len(chosen) > 1, str(output) == "-"
    if many and to_stdout:
        raise UsageError("Several trials are a file each; name one with -o.")
    file = output or Path(writer.default.format(name=facts.name))
    if many and file.is_dir():
        file = file / writer.default.format(name=facts.name)
    files = [apart(file, trial.number) if many else file for trial in chosen]
    for one in () if to_stdout else files:
        refuse_to_replace(one, force)
    for one, trial in zip(files, chosen, strict=True):
        exported = configuration(facts, trial, Path(), "best.toml")
        retraining = prepare(studyfile.parse(exported.text, Path(f"{exported.name}.toml")))
        with training_progress(retraining.epochs) as progress:
            model = retraining.run(progress)
        if to_stdout:
            write(writer.content(model))
            continue
        write_bytes(one, writer.content(model))
        say(f"{one}: {about(trial, facts.metric)} of {facts.name};")
        say(f"      trained on all rows but the test rows{_tested(model)}.")


def _tested(model: SavedModel) -> str:
    """What it reached on the test rows, if there are any; with a comma in front."""
    from hpsearch.view.format import figure

    shown = [
        f"{name} {figure(value)}"
        for name, value in model.metrics["test"].items()
        if value is not None
    ]
    return f", on which it has {', '.join(shown)}" if shown else ""
