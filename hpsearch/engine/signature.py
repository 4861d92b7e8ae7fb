"""Options tables of a study file, held to the signature of what they are handed to.

Only what a file can write is offered: numbers, texts and truth values. Optuna's callables and its
deprecated options are no options here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any

from hpsearch.study.kinds import is_number, shown

_DEPRECATED = frozenset(
    {
        "consider_prior",
        "consider_magic_clip",
        "consider_endpoints",
        "prior_weight",
        "warn_independent_sampling",
        "warn_asynchronous_seeding",
    }
)
"""Options that Optuna 5 warns of, or that only decide whether it warns."""

_WORDS = {
    "bool": "true or false",
    "int": "a whole number from {least}",
    "float": "a number",
    "str": "a text in quotes",
}
_LEAST = {"n_ei_candidates": 1, "n_min_trials": 1, "min_resource": 1, "reduction_factor": 2}
"""The lowest that whole numbers make sense from, where it is not 0; Optuna checks some of them."""


Mistakes = list[tuple[str, str]]
"""Keys by their full names, each with a sentence."""


def mistakes(
    table: str,
    name: str,
    kind: Callable[..., Any],
    given: Mapping[str, Any],
    ours: Collection[str],
) -> Mistakes:
    """What is wrong with an options table: options that are not known, values of a wrong type.

    Args:
        table: the key it stands at, such as `study.sampler_options`.
        name: what it is for, such as `tpe`.
        kind: Optuna's class, whose signature decides.
        ours: options that are set by other keys.
    """
    known = offered(kind, ours)
    said = {key: _mistake(name, key, value, known) for key, value in given.items()}
    return [(f"{table}.{key}", sentence) for key, sentence in said.items() if sentence]


def offered(kind: Callable[..., Any], ours: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The options a file may write, and the types of each: of bool, int, float and str."""
    found: dict[str, tuple[str, ...]] = {}
    for name, parameter in inspect.signature(kind).parameters.items():
        annotation = parameter.annotation
        text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        types = tuple(word for word in text.replace(" ", "").split("|") if word in _WORDS)
        if types and name not in ours and name not in _DEPRECATED:
            found[name] = types
    return found


def _mistake(
    name: str, key: str, value: object, known: Mapping[str, tuple[str, ...]]
) -> str | None:
    if key not in known:
        near = get_close_matches(key, known, n=1) if len(key) <= 64 else []
        listed = f"it has {', '.join(sorted(known))}." if known else "it has none; take it out."
        hint = f"did you mean {near[0]!r}?" if near else listed
        return f"{name} has no such option; {hint}"
    least = _LEAST.get(key, 0)
    if any(_fits(value, word, least) for word in known[key]):
        return None
    wanted = " or ".join(_WORDS[word].format(least=least) for word in known[key])
    return f"{shown(value)} does not fit; write {wanted}."


def _fits(value: object, word: str, least: int) -> bool:
    match word:
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool) and value >= least
        case "float":
            return is_number(value)
        case _:
            return isinstance(value, str)
