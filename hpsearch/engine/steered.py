"""What people set while a study runs, which lasts over a crash and further runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from hpsearch.study.options import StudyOptions


@dataclass(frozen=True)
class Steered:
    """How many trials and workers a person has asked for, None where nobody has.

    As soon as the study file or the command line says something else, that wins.
    """

    file_trials: int
    file_workers: int | None
    """What the study said when a person set them."""
    trials: int | None = None
    workers: int | None = None
    prune: Mapping[str, str] = field(default_factory=dict)
    """Trials that were running when a person pruned them, by number, with who it was."""

    @classmethod
    def of(cls, facts: Mapping[str, Any], options: StudyOptions) -> Self:
        """For a run that begins; `facts` are what earlier ones wrote down."""
        known = {one.name for one in fields(cls)}
        stored = {key: value for key, value in facts.get("steered", {}).items() if key in known}
        before = cls(**{"file_trials": 0, "file_workers": 0, **stored})
        return cls(
            options.trials,
            options.workers,
            before.trials if before.file_trials == options.trials else None,
            before.workers if before.file_workers == options.workers else None,
            before.prune,
        )

    def to_json(self) -> dict[str, Any]:
        """To write down; the fields by name."""
        return asdict(self)
