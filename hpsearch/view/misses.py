"""Why a query found nothing: a value that no trial has, and the nearest that one has."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from hpsearch.store.records import TrialRecord
from hpsearch.view.query import Query
from hpsearch.view.terms import Comparison


def missed(query: Query, trials: Iterable[TrialRecord]) -> str:
    """A clause for the first word asked for that no trial has, such as optimizer:adm, or ""."""
    trials = list(trials)
    for term in (term for way in query.alternatives for term in way):
        if not isinstance(term, Comparison) or term.negated or term.operator not in (":", "="):
            continue
        read = query.fields.reader(term.name)
        known = sorted({value for trial in trials if isinstance(value := read(trial), str)})
        for word in term.value.split(",") if term.operator == ":" else [term.value]:
            if not known or not word or any(word.casefold() in one.casefold() for one in known):
                continue
            near = get_close_matches(word[:64], known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known[:8])}"
            return f"none has {term.name.rpartition('.')[2]} {word}; {hint}"
    return ""
