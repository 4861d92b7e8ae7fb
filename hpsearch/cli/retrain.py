"""retrain: a model of what a search found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.options import Force, Runs, complete_name
from hpsearch.cli.saying import note, say, word

if TYPE_CHECKING:
    from hpsearch.models.saved import SavedModel
    from hpsearch.store.folder import RunFolder
    from hpsearch.study.studyfile import StudyFile


@app.command(
    epilog="Examples: hpsearch retrain best.toml -o digits-model. "
    "hpsearch retrain digits -o digits-model takes the best trial of the study digits, "
    "digits#12 the trial 12. "
    "hpsearch retrain best.toml -o digits-model --members 5 makes an ensemble of five networks.",
)
def retrain(
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY",
            help="A study file without ranges, as export writes; or a study's name: its best "
            "trial.",
            show_default=False,
            autocompletion=complete_name,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="The model's folder.  [required]",
            show_default=False,
        ),
    ] = None,
    members: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            help="Networks trained together, whose predictions are averaged.",
            show_default="1, or as many as there are seeds",
        ),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="A seed for each network, such as 1,2,3.",
            show_default="from the file's",
        ),
    ] = None,
    force: Force = False,
    no_baselines: Annotated[
        bool,
        typer.Option("--no-baselines", help="Compare with the simplest answer only; quicker."),
    ] = False,
    runs: Runs = None,
) -> None:
    """Train a study's best trial, or an exported one, into a model.

    On training and validation rows; it is measured on the test rows, beside simpler models.
    """
    from hpsearch.cli.progress import training_progress
    from hpsearch.errors import UsageError
    from hpsearch.models.baselines import SECONDS
    from hpsearch.models.folders import check_free
    from hpsearch.models.retraining import prepare
    from hpsearch.models.worth import compare
    from hpsearch.plain.retrained import lines

    if output is None:
        name = Path(study.partition("#")[0]).name.removesuffix(".toml")
        raise UsageError(
            "retrain needs a folder for the model:\n"
            f"  hpsearch retrain {word(study)} -o {word(f'{name}-model')}"
        )
    wanted = _seeds(seeds)
    check_free(output, force)
    retraining = prepare(_meant(study, runs), note, members, wanted)
    for sentence in retraining.notes:
        note(sentence)
    with training_progress(retraining.epochs) as progress:
        model = retraining.run(progress)
    note(progress.curve())
    model = _counted(model, output)
    model.save(output, force)
    if not no_baselines and model.rows["test"]:
        note(f"Simpler models on the same rows, for at most {SECONDS:g} s …")
    worth = compare(retraining, model, 0 if no_baselines else SECONDS)
    for line in lines(model, worth, retraining.epochs):
        say(line)
    for sentence in worth.notes:
        say(sentence)
    if (times := model.seen.test_read) > 1:
        note(
            f"These test rows were read {times} times by now: what is chosen by such figures needs"
            " other rows to be judged by."
        )
    say(f"in    {output}")
    say(f"next  hpsearch predict {word(output)} DATA.csv -o predictions.csv")


def _counted(model: SavedModel, output: Path) -> SavedModel:
    """The model, knowing of the looks that the one it replaces has had at the same test rows."""
    from hpsearch.errors import ModelError
    from hpsearch.models.saved import SavedModel

    try:
        before = SavedModel.load(output).seen
    except ModelError:  # there is none, or none that can be read
        return model
    return replace(model, seen=model.seen.after(before))


def _seeds(text: str | None) -> tuple[int, ...]:
    """The numbers of a list such as 1,2,3.

    Raises:
        UsageError: it is none.
    """
    from hpsearch.errors import UsageError

    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if not part.removeprefix("-").isdecimal():
            what = f"{part!r} in it is no whole number" if part else "a seed is missing in it"
            raise UsageError(f"--seeds {text}: {what}; write them as 1,2,3, one a network.")
    return tuple(int(part) for part in parts)


def _meant(study: str, runs: Path | None) -> StudyFile:
    """The configuration of a study file, or of a trial of the run that is so called.

    Raises:
        UsageError: there is neither, or both.
    """
    from hpsearch.cli.studies import study_file
    from hpsearch.errors import UsageError
    from hpsearch.store.folder import runs_folder
    from hpsearch.study import studyfile

    path, run = Path(study), _run(study, runs)
    if run is None:
        try:
            return studyfile.read(study_file(path, listed=False))
        except UsageError as error:
            raise UsageError(f"{error}{_no_run(path, runs)}") from None
    if path.is_file():
        raise UsageError(
            f"{study} is a file here, and a study in {runs_folder(runs)}: write ./{study} for the"
            f" file, or {word(run.path)} for the study's best trial."
        )
    beside = path.with_name(f"{path.name}.toml")
    if beside.is_file() and not studyfile.read(beside).space:
        raise UsageError(
            f"{study} may be {beside}, which has no ranges, or the best trial of the study in"
            f" {run.path}: write {word(beside)}, or {word(run.path)}."
        )
    return _of_trial(run, study)


def _run(study: str, runs: Path | None) -> RunFolder | None:
    """The run that is so called, by its name or its folder; a study file is none."""
    from hpsearch.store.folder import RunFolder, runs_folder

    name = study.partition("#")[0]
    if not name or name.endswith(".toml"):
        return None
    places = (runs_folder(runs) / name, Path(name))
    return next((RunFolder(one) for one in places if RunFolder(one).exists), None)


def _no_run(path: Path, runs: Path | None) -> str:
    """That no study has such a name either, with the nearest; of a file nothing."""
    from hpsearch.errors import UsageError
    from hpsearch.store.folder import find

    if path.suffix:
        return ""
    try:
        find(str(path).partition("#")[0], runs)
    except UsageError as error:
        return f" {error}"
    return ""


def _of_trial(run: RunFolder, study: str) -> StudyFile:
    from hpsearch.export.choosing import best, numbered
    from hpsearch.export.configuration import configuration
    from hpsearch.store.reader import Reader
    from hpsearch.study import studyfile
    from hpsearch.view.format import figure
    from hpsearch.view.naming import named

    number = named(study).number if "#" in study else None
    with Reader(run) as reader, reader.still():
        facts = reader.study()
        trial = best(reader, facts) if number is None else numbered(reader, facts, number)
    file = f"{run.name}-trial-{trial.number}.toml"
    note(
        f"{run.name}: trial {trial.number}, {facts.metric} {figure(trial.value)} at epoch"
        f" {trial.best_epoch} of {trial.planned}."
    )
    return studyfile.parse(configuration(facts, trial, Path(), file).text, Path(file))
