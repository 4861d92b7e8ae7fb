"""examine: what a trial's network does on the rows it was judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpsearch.cli.app import app
from hpsearch.cli.options import Name, Runs, TextOrJson
from hpsearch.cli.show import OutputFormat, Trial, trial_meant

if TYPE_CHECKING:
    from hpsearch.store.folder import RunFolder
    from hpsearch.store.records import StudyFacts, TrialRecord
    from hpsearch.study.examination import Examination
    from hpsearch.study.studyfile import StudyFile


@app.command(
    epilog="Examples: hpsearch examine digits 12. hpsearch examine digits#12 --format json.",
)
def examine(
    name: Name = None,
    number: Trial = None,
    format: OutputFormat = TextOrJson.text,
    runs: Runs = None,
) -> None:
    """Show what a trial's network gets wrong on its validation rows.

    Without N, the best trial. The test rows stay unread.
    """
    from hpsearch.export.choosing import best, numbered
    from hpsearch.plain.examination import as_json, as_text
    from hpsearch.store.reader import Reader

    folder, number = trial_meant(name, number, runs)
    with Reader(folder) as reader:
        facts = reader.study()
        trial = best(reader, facts) if number is None else numbered(reader, facts, number)
    examination = examined(folder, facts, trial)
    (as_json if format is TextOrJson.json else as_text)(examination)


def examined(folder: RunFolder, facts: StudyFacts, trial: TrialRecord) -> Examination:
    """What the networks of a trial with a best epoch do on its validation rows.

    Raises:
        RunError: its weights are not kept, or the data is not what it was.
        DataError: the data cannot be read.
    """
    from hpsearch.data import load
    from hpsearch.errors import ModelError, RunError
    from hpsearch.export.configuration import as_it_was
    from hpsearch.models.examining import examine as asked
    from hpsearch.store.folder import weights_file

    study = as_it_was(facts)
    try:
        content = weights_file(folder.models, trial.number).read_bytes()
    except OSError:
        raise RunError(_not_kept(folder, study, trial)) from None
    data = load(study.data)
    if data.fingerprint != facts.data.get("fingerprint"):
        raise RunError(
            f"{data.name} is not what trial {trial.number} of {facts.name} saw: its fingerprint is"
            f" {data.fingerprint} and was {facts.data.get('fingerprint')}. Put the data back as it"
            " was to see what the trial does on it."
        )
    try:
        return asked(study, data, trial, content)
    except ModelError as error:
        raise RunError(f"Trial {trial.number} of {facts.name}: {error}.") from None


def _not_kept(folder: RunFolder, study: StudyFile, trial: TrialRecord) -> str:
    """Why there are no weights, and how to have some."""
    from hpsearch.plain.summary import reference

    keep, number, name = study.study.keep, trial.number, reference(folder)
    if trial.state == "pruned":
        why = "it was pruned, and weights are kept of complete trials"
    elif keep == "all":
        why = "it ended before they were"
    else:
        why = f'keep = "{keep}"'
    file = f"{folder.name}-trial-{number}.toml"
    return (
        f"The weights of trial {number} of {folder.name} are not kept: {why}. With"
        ' keep = "all" under [study] those of every further trial are; or train it once more:\n'
        f"  hpsearch export {name} --trial {number} -o {file}\n"
        f"  hpsearch retrain {file} -o {file.removesuffix('.toml')}"
    )
