"""`hpsearch importance`: a bar for each hyperparameter, or JSON, on standard output."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.format import UNICODE, cells, clean, pad
from hpsearch.view.importance import FEWEST

BAR = 30
"""Cells of the longest bar."""


def as_text(
    study: StudyFacts,
    trials: Sequence[TrialRecord],
    found: Mapping[str, float],
    out: Terminal | None = None,
) -> None:
    """Print a line for each hyperparameter, the most important first."""
    out = out or terminal()
    complete = _complete(trials)
    if not study.space:
        out.say(out.fit(f"{study.name} searches nothing."))
        return
    if not found:
        have = "1 complete trial" if complete == 1 else f"{complete} complete trials"
        more = "`hpsearch run` with larger --trials makes more"
        out.tell(f"{study.name} has {have}; importance needs {FEWEST}: {more}.")
        return
    sign = "█" if out.glyphs is UNICODE else "#"
    longest = max(found.values()) or 1.0
    width = max(cells(clean(name)) for name in found)
    for name, share in found.items():
        bar = sign * round(BAR * share / longest)
        out.say(out.fit(f"{pad(clean(name), width)}  {_percent(share)}  {bar}".rstrip()))
    out.tell(
        f"PED-ANOVA over {complete} complete trials: how much the values in the best tenth by "
        f"{study.metric} differ from those in all."
    )


def as_json(
    study: StudyFacts,
    trials: Sequence[TrialRecord],
    found: Mapping[str, float],
    out: Terminal | None = None,
) -> None:
    """Print one object; its `importance` is empty where there are too few trials."""
    told = {
        "name": study.name,
        "metric": study.metric,
        "complete": _complete(trials),
        "importance": dict(found),
    }
    (out or terminal()).say(json.dumps(told, indent=2, allow_nan=False))


def _complete(trials: Sequence[TrialRecord]) -> int:
    return sum(trial.state == "complete" and trial.value is not None for trial in trials)


def _percent(share: float) -> str:
    return " <1%" if 0 < share < 0.005 else f"{share:4.0%}"
