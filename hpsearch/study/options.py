"""The plain facts of [study] and [data] in a study file, checked and with defaults filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hpsearch.study.space import Value

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a study may be called: it becomes a folder's name."""
WORKERS = (1, 4096)
NICE = (0, 19)

Task = Literal["binary", "multiclass", "multilabel", "regression"]
Pruner = Literal["auto", "none", "median", "percentile", "halving", "hyperband", "threshold"]
ClassWeight = Literal["none", "balanced"]


@dataclass(frozen=True)
class StudyOptions:
    """How a study searches. Budgets are totals over all its runs."""

    name: str
    metric: str = "val_cost"
    trials: int = 100
    complete_trials: int | None = None
    timeout: float | None = None
    """Seconds of wall time, all runs together."""
    cpu_time: float | None = None
    """CPU seconds of all trainers together."""
    stop_at: float | None = None
    """A value of the metric that is good enough."""
    patience: int | None = None
    """Finished trials in a row without a better one."""
    sampler: str = "tpe"
    """tpe, random, grid or qmc."""
    pruner: Pruner = "auto"
    seed: int = 0
    """Of the sampler, and of every trial's own seed."""
    workers: int | None = None
    """How many trials train at once; None: the cores this process may use."""
    max_workers: int | None = None
    backend: str = "loky"
    defaults_first: bool = True
    warm_start: tuple[str, ...] = ()
    """Runs whose trials are learnt from before the first."""
    retries: int = 2
    max_consecutive_failures: int = 10
    trial_timeout: float | None = None
    """Seconds that one trial may train, all attempts together."""
    stall_timeout: float | None = None
    """Seconds without an epoch after which a trainer is killed; None: from its epochs so far."""
    keep: str = "best:10"
    """Of which finished trials the weights are kept: all, none or best:N."""
    nice: int = 10
    sampler_options: Mapping[str, Any] = field(default_factory=dict)
    pruner_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DataOptions:
    """What a study learns from, and how its rows are split."""

    source: str | None = None
    """A bundled set, such as `sklearn:digits`; or else:"""
    path: Path | None = None
    """The file, absolute."""
    target: tuple[str, ...] = ()
    features: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    task: Task | None = None
    """None: guessed from the target, and said."""
    positive: str | None = None
    """Of two classes the one that precision, recall and F1 are of; None: the last in order."""
    null_values: tuple[str, ...] | None = None
    """None: the usual words for nothing (empty, NA, N/A, null, …)."""
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    image_size: tuple[int, int] | None = None
    """(height, width) that images are resized to; None: guessed, and said."""
    split_seed: int = 0
    test: float = 0.2
    """Share of all rows that only retrain and evaluate read."""
    validation: float | Literal["auto"] = 0.2
    """Share of all rows that trials are judged by; auto: folds where there are few rows."""
    folds: int | None = None
    """How many parts take turns at judging, in place of a share."""
    repeats: int | None = None
    """How many seeds each trial is trained with."""
    group: str | None = None
    """The column whose equal cells keep rows on one side of the split."""
    order: str | None = None
    """The column by which rows are cut by time: the newest are tested on."""
    class_weight: ClassWeight = "none"
    """Whether rare classes count more in the loss that training minimises."""
    normalize: Value = "standard"
    """Ignored where the space searches it."""
    fingerprint: str | None = None
    """Written by exports: the data must still have it."""
