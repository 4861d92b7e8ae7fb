"""How long a study will still take."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.store.records import Counts, TrialRecord


def eta(counts: Counts, seconds: float, running: Sequence[TrialRecord] = ()) -> float | None:
    """Seconds until all trials asked for are finished, at the pace so far.

    Trials in training count by the share of their epochs. None while nothing has ended yet: the
    first epochs tell little.

    Args:
        seconds: wall time of all runs together.
    """
    left = counts.asked - counts.finished
    if left <= 0:
        return 0.0
    if counts.finished == 0 or seconds <= 0:
        return None
    under_way = sum(min(1.0, trial.epochs / trial.planned) for trial in running if trial.planned)
    # What runs may be more than what is left, where the budget was lowered meanwhile.
    under_way = min(under_way, float(left))
    return (left - under_way) * seconds / (counts.finished + under_way)
