"""How a command tells of a trial that it wrote out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpsearch.store.records import TrialRecord


def apart(file: Path, number: int) -> Path:
    """best.toml for trial 7 of several: best-7.toml."""
    return file.with_name(f"{file.stem}-{number}{file.suffix}")


def about(trial: TrialRecord, metric: str) -> str:
    """Its number, its state where that is not complete, and what it reached when."""
    from hpsearch.view.format import figure

    state = "" if trial.state == "complete" else f" ({trial.state} after epoch {trial.epochs})"
    return (
        f"trial {trial.number}{state}, {metric} {figure(trial.value)} "
        f"at epoch {trial.best_epoch} of {trial.planned}"
    )
