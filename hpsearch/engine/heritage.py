"""What a study takes over from another one: trials that mean the same here, or what to try first.

A trial means the same where the data, its split and the metric are the same and its whole
configuration can be said in the new space. Where they are not, its value tells nothing, but its
configuration may still be a good one: the best are then tried first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpsearch.engine.candidates import Candidates
from hpsearch.engine.drawing import Drawing
from hpsearch.errors import HpsearchError, RunError
from hpsearch.store.folder import RunFolder
from hpsearch.store.past import Past
from hpsearch.store.reader import Reader
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study import studyfile
from hpsearch.study.events import State, Trial
from hpsearch.study.space import Config, Params, Space, applies, contains
from hpsearch.study.studyfile import StudyFile

TRIES = 5
"""Configurations that are tried first where values tell nothing."""
_TELLING: tuple[State, ...] = ("complete", "pruned", "diverged")
_ASIDE = ("data.path", "data.source", "data.normalize", "data.fingerprint")
"""Of the data's meaning: where it lies, and what is a trial's own. The fingerprint is compared
by itself."""


@dataclass(frozen=True)
class Kin:
    """A trial of another study, in the words of this one."""

    record: TrialRecord
    """As it stands there."""
    past: Past
    """As the searcher shall remember it."""


@dataclass(frozen=True)
class Heritage:
    """What comes from one other study."""

    kin: tuple[Kin, ...]
    """Trials that mean the same, by number."""
    tries: tuple[Params, ...]
    """Configurations to try first, where there is no kin."""
    said: str
    """What was taken over, as a sentence."""


def heritage(
    folder: RunFolder,
    study: StudyFile,
    meaning: Mapping[str, Any],
    size: Callable[[Config], int],
) -> Heritage:
    """What a study takes over from a run.

    Args:
        study: the new one, settled.
        meaning: what gives its trials theirs, the data's fingerprint among it.
        size: the number of parameters of a configuration's network.

    Raises:
        RunError: the run cannot be read.
    """
    with Reader(folder) as reader, reader.still():
        facts = reader.study()
        ended = [trial for trial in reader.trials() if trial.state in _TELLING]
        there, drawing = _file(facts), Drawing(Candidates(study, size).space, study.fixed)
        foreign = _foreign(facts, meaning)
        kin = () if foreign else tuple(_kin(reader, ended, there, study, drawing))
        if kin:
            left = len(ended) - len(kin)
            said = f"{facts.name}: {len(kin)} of its {len(ended)} finished trials are taken along"
            return Heritage(
                kin, (), said + (f"; {left} are outside of this space." if left else ".")
            )
        complete = [trial for trial in ended if trial.state == "complete"]
        tries = [_within(there.config(t.params), drawing.space) for t in _best(complete, facts)]
    tries = tuple({str(params): params for params in tries if params}.values())[:TRIES]
    why = ", ".join(foreign) or "what its trials have in common"
    said = f"{facts.name}: its values tell nothing here, where {why} differs"
    return Heritage(
        (), tries, said + (f"; its {len(tries)} best are tried first." if tries else ".")
    )


def source_of(name: str, study: Path, runs: Path) -> RunFolder:
    """The run that `warm_start` names: a folder, as seen from the study file, or a run's name.

    Raises:
        RunError: there is none.
    """
    for path in (study.parent / name, runs / name):
        folder = RunFolder(path)
        if folder.db.is_file():
            return folder
    raise RunError(
        f"study.warm_start: there is no run {name!r}, neither beside {study.name} nor in {runs}."
    )


def _foreign(facts: StudyFacts, meaning: Mapping[str, Any]) -> list[str]:
    """What differs of data and metric, by name; nothing where values can be compared."""
    there = facts.meaning
    if there.get("data.fingerprint") != meaning.get("data.fingerprint"):
        return ["the data"]
    names = [
        name
        for name in dict.fromkeys([*there, *meaning])
        if (name.startswith("data.") or name == "study.metric") and name not in _ASIDE
    ]
    return [name for name in names if there.get(name) != meaning.get(name)]


def _kin(
    reader: Reader,
    ended: Sequence[TrialRecord],
    there: StudyFile,
    study: StudyFile,
    drawing: Drawing,
) -> Iterator[Kin]:
    """The trials whose whole configuration can be said in the new study."""
    curves = reader.curves([trial.number for trial in ended])
    for trial in ended:
        config = there.config(trial.params)
        params = _within(config, drawing.space)
        if study.config(params) == config:
            yield Kin(trial, _past(trial, params, curves.get(trial.number, ()), drawing))


def _within(config: Config, space: Space) -> Params:
    """As much of a configuration as is in a space."""
    return {
        name: config[name]
        for name, range_ in space.items()
        if name in config and contains(range_, config[name]) and applies(name, config)
    }


def _file(facts: StudyFacts) -> StudyFile:
    """The other study as its engine read it."""
    try:
        there = studyfile.parse(facts.toml, Path(facts.path))
        task: Any = facts.task
        return there.settle(task, _width(facts, "features"), _width(facts, "outputs"))
    except HpsearchError as error:  # of another version, say
        raise RunError(f"the study {facts.name} cannot be taken over: {error}") from None


def _width(facts: StudyFacts, which: str) -> int:
    width = facts.data.get(which, 1)
    return width if isinstance(width, int) else 1


def _best(trials: list[TrialRecord], facts: StudyFacts) -> list[TrialRecord]:
    """The best first."""
    sign = 1.0 if facts.direction == "minimize" else -1.0
    return sorted(trials, key=lambda trial: sign * (trial.value or 0.0))


def _past(
    trial: TrialRecord, params: Params, curve: Sequence[float | None], drawing: Drawing
) -> Past:
    told = {number: value for number, value in enumerate(curve, start=1) if value is not None}
    memory = {"params": drawing.inner(params), "attrs": {}, "pruned": None}
    there = Trial(trial.number, params, trial.seed)
    return Past(there, trial.state, memory, trial.value, told, 0, 0, trial.seconds, trial.told)
