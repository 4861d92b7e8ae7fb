"""Short names of hyperparameters, for columns and lines where the study file's are too long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hpsearch.store.records import TrialRecord
from hpsearch.view.format import clean, parameter

ABBREVIATIONS = {
    "learning_rate": "lr",
    "layer_dims": "layers",
    "mini_batch_size": "batch",
    "activation": "act",
    "initializer": "init",
    "optimizer": "optim",
    "regularization": "reg",
    "keep_prob": "keep",
    "decay_interval": "every",
    "weight_decay": "wd",
    "early_stopping": "patience",
    "normalize": "norm",
}
"""Columns are narrow; wherever there is room, the study file's names are used."""

TELLING = ("lr", "layers")
"""What tells most of a trial, where not all can be told."""


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Each full name with its short one, abbreviated where we have a word for it.

    The last part of a name, or all of it where two ranges end alike.

    >>> short_names(["training.learning_rate", "network.layer_dims"])
    {'training.learning_rate': 'lr', 'network.layer_dims': 'layers'}
    """
    names = list(names)
    endings = {name: name.rpartition(".")[2] for name in names}
    times = Counter(endings.values())
    return {
        name: clean(ABBREVIATIONS.get(end, end) if times[end] == 1 else name)
        for name, end in endings.items()
    }


def params_line(trial: TrialRecord) -> str:
    """What a trial drew, by short names; what tells most comes first, as the end may be cut."""
    titles = short_names(trial.params)
    order = sorted(titles, key=lambda name: titles[name] not in TELLING)
    return "  ".join(f"{titles[name]} {parameter(trial.params[name])}" for name in order)
