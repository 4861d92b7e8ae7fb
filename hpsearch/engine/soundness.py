"""What only the search can tell is wrong with a study file, with the place in it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from hpsearch.data import readers
from hpsearch.data.table import quoted
from hpsearch.engine import pruning, samplers
from hpsearch.engine.candidates import LAYERS, Candidates
from hpsearch.engine.grid import Endless
from hpsearch.errors import DataError
from hpsearch.study.kinds import shown
from hpsearch.study.space import Config
from hpsearch.study.studyfile import StudyFile


def hold_options(study: StudyFile) -> None:
    """Refuse options that the sampler or the pruner does not take.

    Raises:
        StudyFileError: all that is wrong with them.
    """
    options, epochs = study.study, pruning.planned_epochs(study)
    study.refuse([*samplers.mistakes(options), *pruning.mistakes(options, epochs)])


def hold_data(study: StudyFile) -> None:
    """Refuse data of which there is nothing, in the words that the study file has for it.

    Raises:
        StudyFileError: there is no such file; names the line that asks for it.
        DataError: there is neither a file nor a folder of that name.
    """
    path = study.data.path
    if path is None or path.exists():
        return
    if path.name.lower().endswith(readers.endings()):
        study.refuse([("data.path", f"there is no file {readers.missing(path)}")])
    if path.suffix:
        return  # what is no format is said where it is read
    comment = takewhile(lambda line: line.startswith("#"), study.text.splitlines())
    opening = "".join(f"\n  {line}" for line in comment)
    said = f" {study.path.name} begins with:{opening}" if opening else ""
    raise DataError(f"There is no folder {quoted(str(path), 200)}, nor a file.{said}")


def hold_space(study: StudyFile, size: Callable[[Config], int]) -> None:
    """Refuse a grid without an end, and what is enqueued beyond the limit.

    Args:
        study: settled.
        size: the number of parameters of a configuration's network.

    Raises:
        StudyFileError: as above.
    """
    candidates = Candidates(study, size)
    found: list[tuple[str, str]] = []
    if study.study.sampler == "grid":
        try:
            candidates.grid()
        except Endless as error:
            found.append((error.key, error.sentence))
    for entry in study.enqueue:
        if LAYERS in entry and not candidates.fits(entry):
            parameters = size(study.config(entry))
            found.append(
                (
                    "network.max_parameters",
                    f"is {study.max_parameters}, but {shown(entry[LAYERS])} of an [[enqueue]] has "
                    f"{parameters:,} parameters; raise it, or take the entry out.",
                )
            )
    study.refuse(found)
