"""What an exporter is: it is handed a trial, trials, rows or a model, and says what to write."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.store.records import StudyFacts, TrialRecord

if TYPE_CHECKING:  # a trial is written out without what a model needs
    from hpsearch.models.saved import SavedModel


@dataclass(frozen=True)
class Place:
    """Where a text will lie."""

    folder: Path
    """Paths in the text are written as seen from here."""
    file: str
    """What it will be called, for the commands that it tells."""


@dataclass(frozen=True)
class Written:
    """A text, and what to do with it."""

    text: str
    next: str
    """A command."""


@dataclass(frozen=True)
class Trials:
    """Trials of a study, as far as they were asked for."""

    facts: StudyFacts
    trials: Sequence[TrialRecord]
    curves: Mapping[int, Sequence[float | None]] = field(default_factory=dict)
    """The study's metric by epoch, from the first on; of each of the trials."""


@dataclass(frozen=True)
class TrialExporter(ABC):
    """Writes one trial that has a best epoch as a text."""

    default: str
    """The file's name where none is given."""

    @abstractmethod
    def text(self, facts: StudyFacts, trial: TrialRecord, place: Place) -> Written:
        """The text.

        Raises:
            RunError: the run does not say what it takes.
        """


@dataclass(frozen=True)
class TrialsExporter(ABC):
    """Writes any number of trials, whatever their state, as one text."""

    default: str
    """The file's name where none is given; {name} stands for the study's."""

    @abstractmethod
    def text(self, given: Trials) -> str:
        """The text, with the trials in the order given."""


@dataclass(frozen=True)
class StorageExporter(ABC):
    """Writes any number of trials into a database."""

    default: str
    """The address where none is given; {name} stands for the study's."""

    @abstractmethod
    def store(self, given: Trials, address: str, replace: bool) -> str:
        """Write them; gives what to do with the database, a command.

        Args:
            address: of the database, or a file's name.
            replace: what it holds under the same name.

        Raises:
            UsageError: it cannot be written, or has a study of that name.
        """


@dataclass(frozen=True)
class RowsExporter(ABC):
    """Writes the rows of a study's data, which are the same for all its trials."""

    default: str
    """The file's name where none is given."""

    @abstractmethod
    def content(self, facts: StudyFacts) -> bytes:
        """The file.

        Raises:
            RunError: the data is not what it was.
            DataError: it cannot be read.
        """


@dataclass(frozen=True)
class ModelExporter(ABC):
    """Writes a retrained model as a file."""

    default: str
    """The file's name where none is given; {name} stands for the model's folder."""

    @abstractmethod
    def content(self, model: SavedModel) -> bytes:
        """The file.

        Raises:
            UsageError: the model cannot be said so, or a package is missing.
        """


Exporter = TrialExporter | TrialsExporter | StorageExporter | RowsExporter | ModelExporter
