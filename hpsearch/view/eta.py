"""How long a study will still take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from hpsearch.store.records import Counts, TrialRecord
from hpsearch.view.format import duration


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


def sooner(
    left: float | None, budgets: Mapping[str, float], counts: Counts, seconds: float, cpu: float
) -> float | None:
    """The same, where another budget may be spent first.

    Args:
        left: seconds until all trials are finished.
        budgets: those that the study has, by the study file's keys.
        seconds: wall time of all runs together.
        cpu: CPU seconds of all trainers.
    """
    found = [left] if left is not None else []
    if timeout := budgets.get("timeout"):
        found.append(max(0.0, timeout - seconds))
    if (wanted := budgets.get("complete_trials")) and counts.complete:
        found.append(max(0.0, wanted - counts.complete) * seconds / counts.complete)
    if (most := budgets.get("cpu_time")) and cpu > 0:
        found.append(max(0.0, most - cpu) * seconds / cpu)
    return min(found, default=None)


def spread(counts: Counts, pace: Sequence[float], workers: int) -> float | None:
    """How far the estimate may be off, as a standard deviation in seconds.

    Two things add up: the trials to come differ among each other, and the mean of those that have
    ended is not known exactly.

    Args:
        pace: of the trials that have ended: how many, and the mean and the standard deviation of
            their seconds.
    """
    left = counts.asked - counts.finished
    if len(pace) != 3 or pace[0] < 3 or left <= 0:
        return None
    ended, _, deviation = pace
    return deviation * sqrt(left + left * left / ended) / max(1, workers)


def told(left: float | None, off: float | None = None) -> str:
    """Both for a person; empty where nothing is known.

    >>> told(1450.0, 170.0), told(3.0), told(None)
    ('24m10s ±2m50s', '3.0s', '')
    """
    if not left:
        return ""
    # A hundredth is no news, and more than the whole says that nothing is known yet.
    known = off is not None and 0.01 * left < off < left
    return f"{duration(left)} ±{duration(off)}" if known else duration(left)
