"""What a report is made of: a study as the store tells it at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hpsearch.errors import HpsearchError
from hpsearch.export.configuration import Exported, configuration
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.examination import Examination
from hpsearch.view.abbreviations import short_names
from hpsearch.view.columns import Board, Setting
from hpsearch.view.format import UNICODE
from hpsearch.view.history import NO_TRACK, Track
from hpsearch.view.importance import importances
from hpsearch.view.palette import LINES
from hpsearch.view.status import Status, settled, status

ROWS = 1000
"""Trials on the leaderboard, unless a person wants more or fewer."""
CURVES = 120
"""Curves in one picture: more are a grey field."""
LIT = LINES
"""Of these the best, which have colours of their own."""
FILE = "best.toml"
"""What the best configuration is called in commands."""


@dataclass(frozen=True)
class Material:
    """A study at one moment."""

    status: Status
    trials: Sequence[TrialRecord]
    """Every one, in the leaderboard's order."""
    rows: int = ROWS
    """How many of them the leaderboard shows."""
    sparks: Mapping[int, Sequence[float | None]] = field(default_factory=dict)
    """The study's metric by epoch, of the trials on the leaderboard."""
    tracks: Mapping[int, Track] = field(default_factory=dict)
    """Whole curves of those that are drawn, the best first."""
    best_file: Exported | str = ""
    """The best trial as a study file; or why there is none."""
    examination: Examination | str = ""
    """What the best trial's networks get wrong; or why that is not known; empty: nobody asked."""

    @property
    def study(self) -> StudyFacts:
        """The study as a whole."""
        return self.status.study

    @property
    def best(self) -> TrialRecord | None:
        """The best complete trial."""
        return self.status.best

    @cached_property
    def complete(self) -> list[TrialRecord]:
        """Complete trials with a value, best first."""
        return [t for t in self.trials if t.state == "complete" and t.value is not None]

    @cached_property
    def shown(self) -> Sequence[TrialRecord]:
        """The leaderboard's."""
        return self.trials[: self.rows]

    @cached_property
    def listed(self) -> frozenset[int]:
        """The numbers of these."""
        return frozenset(trial.number for trial in self.shown)

    @cached_property
    def importance(self) -> Mapping[str, float]:
        """Of what is searched, by full name, the most important first; empty: not known."""
        return importances(self.study, self.trials)

    @cached_property
    def searched(self) -> list[str]:
        """Full names, the most important first, then as in the study file."""
        return sorted(self.study.space, key=lambda name: -self.importance.get(name, 0.0))

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Short names of what is searched."""
        return short_names(self.study.space)

    @cached_property
    def board(self) -> Board:
        """The leaderboard's trials, and what is known of them together."""
        return Board(self.study, self.shown, self.best, self.importance, self.sparks)

    @cached_property
    def setting(self) -> Setting:
        """What the leaderboard's cells need to know."""
        return self.board.setting(UNICODE)

    def track(self, trial: TrialRecord) -> Track:
        """A trial's whole curve, if it was read."""
        return self.tracks.get(trial.number, NO_TRACK)


def gather(folder: RunFolder, rows: int = ROWS) -> Material:
    """Read all but what the best trial gets wrong, for which the data has to be read.

    Args:
        rows: how many trials the leaderboard shows.

    Raises:
        RunError: the store cannot be read.
    """
    alive = folder.alive  # before the store is read, see `view.status.status`
    with Reader(folder) as reader, reader.still():
        snapshot = reader.snapshot()
        study = snapshot.study
        trials = settled(reader.leaderboard(study.direction), alive)
        sparks = reader.curves(trial.number for trial in trials[:rows])
        drawn = spread([trial for trial in trials if trial.epochs], CURVES, LIT)
        tracks = {one.number: NO_TRACK.extended(reader.epochs(one.number)) for one in drawn}
    # As of the last write: the same study gives the same report, whenever it is made.
    stands = status(snapshot, alive, study.beat)
    return Material(stands, trials, rows, sparks, tracks, _best_file(study, stands.best))


def spread(trials: Sequence[TrialRecord], most: int, first: int) -> list[TrialRecord]:
    """At most so many trials: the `first` ones, then some of all others at even distances."""
    if len(trials) <= most:
        return list(trials)
    rest, room = trials[first:], most - first
    return [*trials[:first], *(rest[at * len(rest) // room] for at in range(room))]


def _best_file(study: StudyFacts, best: TrialRecord | None) -> Exported | str:
    """As `hpsearch export` writes it beside the study file."""
    if best is None:
        return "no trial is complete"
    if best.best_epoch is None:
        return "the best trial has no best epoch"
    try:
        return configuration(study, best, Path(study.path).parent, FILE)
    except HpsearchError as error:
        return placeless(study, str(error))


def placeless(study: StudyFacts, text: str) -> str:
    """A sentence with paths as seen from the study file's folder: where that lies is private."""
    return text.replace(f"{Path(study.path).absolute().parent}/", "")
