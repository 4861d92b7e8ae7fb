"""The names a study file may use, asked of nncore when a file is read and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

_LONGEST = 64
"""Longer words are not compared with the known ones: that takes their product in time."""


def activations() -> tuple[str, ...]:
    """For hidden layers: softmax belongs to the output, where the task puts it."""
    from nncore.activations import activations as known

    return tuple(name for name in known if name != "softmax")


def initializers() -> tuple[str, ...]:
    """How weights begin."""
    from nncore.initializers import initializers as known

    return tuple(known)


def optimizers() -> tuple[str, ...]:
    """How weights move."""
    from nncore.optimizers import optimizers as known

    return tuple(known)


def decays() -> tuple[str, ...]:
    """How the learning rate falls. A warm-up goes around one of them and has no key yet."""
    from nncore.schedules import schedules as known

    return tuple(name for name in known if name != "warmup")


def losses() -> tuple[str, ...]:
    """What is minimised; `auto` is what the task calls for."""
    from nncore.losses import losses as known

    return ("auto", *known)


def metrics() -> tuple[str, ...]:
    """What trials may be ranked by."""
    from nncore.metrics import metrics as known

    return ("val_cost", *(f"val_{name}" for name in known))


def is_about_classes(metric: str) -> bool | None:
    """Whether a metric fits classes (True) or numbers (False); None: costs fit both."""
    from nncore.metrics import metrics as known

    bare = metric.removeprefix("val_")
    return known[bare].classification if bare in known else None


def fixed(*names: str) -> Callable[[], tuple[str, ...]]:
    """A family whose members are known here."""
    return lambda: names


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """A sentence for a word that is not among the known ones; offers the nearest."""
    known = list(known)
    close = get_close_matches(word, known, n=1) if len(word) <= _LONGEST else []
    hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."
    shown = word if len(word) <= _LONGEST else word[:_LONGEST] + "…"
    return f"there is no {what} called {shown!r}. {hint}"
