"""Which name a person means: a full one, its ending or beginning, or a word we have for it.

The study file, `--set`, queries and columns all speak of the same values; this is the one table
of short words for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

ALIASES: Mapping[str, str] = {
    "lr": "training.learning_rate",
    "rate": "training.learning_rate",
    "batch": "training.mini_batch_size",
    "batch_size": "training.mini_batch_size",
    "opt": "training.optimizer",
    "optim": "training.optimizer",
    "reg": "training.regularization",
    "l2": "training.lambd",
    "lambda": "training.lambd",
    "keep": "training.keep_prob",
    "wd": "training.weight_decay",
    "every": "training.decay_interval",
    "patience": "training.early_stopping",
    "clip": "training.clip_norm",
    "hidden": "network.layer_dims",
    "layers": "network.layer_dims",
    "dims": "network.layer_dims",
    "act": "network.activation",
    "init": "network.initializer",
    "norm": "data.normalize",
    "acc": "val_accuracy",
    "accuracy": "val_accuracy",
    "cost": "val_cost",
    "f1": "val_f1",
    "auc": "val_roc_auc",
    "roc_auc": "val_roc_auc",
    "rmse": "val_rmse",
    "mae": "val_mae",
    "r2": "val_r2",
    "n": "number",
    "time": "seconds",
    "weights": "parameters",
    "params": "parameters",
    "worker": "slot",
}
"""Short words, each with the name it stands for. A name that is written so wins over its alias."""

_LONGEST = 64
"""Longer words are not compared with the known ones: that takes their product in time."""


class NoSuchName(LookupError):
    """No name, or more than one, is meant by a word. The text is a sentence."""


def resolve(written: str, known: Iterable[str], loosely: bool = True) -> str:
    """The one of the known names that `written` means.

    In this order: the name itself; its part after the last dot; an alias; the beginning of that
    part, or of the whole; the ending of it. The first of these that fits anything decides.

    Args:
        loosely: whether beginnings and endings count, as for looking; not for setting values.

    Raises:
        NoSuchName: nothing fits, or several do; the sentence offers what is near.

    >>> names = ["training.learning_rate", "network.activation", "val_accuracy"]
    >>> [resolve(word, names) for word in ("lr", "activation", "learn")]
    ['training.learning_rate', 'network.activation', 'training.learning_rate']
    """
    known = tuple(dict.fromkeys(known))
    for found in _stages(written, known, loosely):
        if len(found) == 1:
            return found[0]
        if found:
            listed = f"{', '.join(found[:4])}{', …' if len(found) > 4 else ''}"
            raise NoSuchName(f"{written!r} may mean {listed}; write more of it.")
    raise NoSuchName(_unknown(written, known))


def meant(written: str, known: Iterable[str]) -> str:
    """The same, not loosely; or `written` itself where it means none of them, or several."""
    try:
        return resolve(written, known, loosely=False)
    except NoSuchName:
        return written


def _stages(written: str, known: tuple[str, ...], loosely: bool) -> Iterable[tuple[str, ...]]:
    yield (written,) if written in known else ()
    yield tuple(name for name in known if _last(name) == written)
    alias = ALIASES.get(written)
    yield (alias,) if alias in known else ()
    if not loosely or len(written) < 2:  # a letter is a slip rather than a name
        return
    yield tuple(n for n in known if _last(n).startswith(written) or n.startswith(written))
    yield tuple(name for name in known if name.endswith(written))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _unknown(written: str, known: tuple[str, ...]) -> str:
    short = written if len(written) <= _LONGEST else written[:_LONGEST] + "…"
    words = {_last(name): name for name in known} | {
        alias: name for alias, name in ALIASES.items() if name in known
    }
    near = get_close_matches(_last(written), words, n=1) if len(written) <= _LONGEST else []
    if near:
        return f"there is no {short!r}; did you mean {near[0]!r}?"
    listed = ", ".join(_last(name) for name in known)
    return f"there is no {short!r}; known: {listed}."
