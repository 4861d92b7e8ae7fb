"""Who trained what, when: a row a worker, a block a trial."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hpsearch.store.records import TrialRecord
from hpsearch.view.format import duration
from hpsearch.view.inked import Line

ASIDE = 10.0
"""Seconds that a trial taken up again may spend on other things; beyond, it lay aside."""
LONGEST = 600.0
"""Seconds that are shown at most, up to now."""


@dataclass(frozen=True)
class Block:
    """One trial at one worker."""

    number: int
    state: str
    begin: float
    """Unix seconds."""
    end: float


def blocks(trials: Iterable[TrialRecord], now: float) -> dict[int, list[Block]]:
    """Blocks by worker, in order; running trials reach up to now."""
    found: dict[int, list[Block]] = {}
    for trial in trials:
        if trial.slot is None or trial.started is None:
            continue
        end = trial.finished
        if end is None:
            if trial.state != "running":
                continue
            end = max(now, trial.started)
        found.setdefault(trial.slot, []).append(
            Block(trial.number, trial.state, begun(trial, end), end)
        )
    return {slot: sorted(found[slot], key=lambda block: block.begin) for slot in sorted(found)}


def begun(trial: TrialRecord, end: float) -> float:
    """When a trial was last taken up, in Unix seconds; it may have lain aside for hours.

    Args:
        end: up to when it trained.
    """
    started = end if trial.started is None else trial.started
    if trial.attempt > 1 and end - started > 2 * trial.seconds + ASIDE:
        return end - trial.seconds
    return started


def window(found: dict[int, list[Block]], now: float) -> tuple[float, float]:
    """From when to when there is something to see."""
    every = [block for row in found.values() for block in row]
    if not every:
        return now - 60.0, now
    end = max(block.end for block in every)
    begin = min(block.begin for block in every)
    return max(begin, end - LONGEST), max(end, begin + 1.0)


def busy(row: Sequence[Block], begin: float, end: float) -> float:
    """The share of that time in which a worker trained."""
    spent = sum(max(0.0, min(b.end, end) - max(b.begin, begin)) for b in row)
    return min(1.0, spent / (end - begin)) if end > begin else 0.0


def row_line(row: Sequence[Block], begin: float, end: float, width: int, ascii: bool) -> Line:
    """One worker's blocks in `width` cells; gaps are time in which it had nothing to do."""
    owner: list[Block | None] = [None] * width
    for block in row:
        first = int((block.begin - begin) / (end - begin) * width)
        last = int((block.end - begin) / (end - begin) * width)
        for at in range(max(0, first), min(width, max(last, first + 1))):
            owner[at] = block
    line: Line = []
    at = 0
    while at < width:
        block = owner[at]
        to = at
        while to < width and owner[to] is block:
            to += 1
        line += _spans(block, to - at, ascii)
        at = to
    return line


def scale_line(begin: float, end: float, width: int, live: bool) -> Line:
    """What time the ends are."""
    left = f"-{duration(end - begin)}"
    right = "now" if live else "end"
    return [(left, "dim"), (" " * max(1, width - len(left) - len(right)), "plain"), (right, "dim")]


def _spans(block: Block | None, length: int, ascii: bool) -> Line:
    """One block, with a seam at its end that tells two trials of one state apart."""
    if block is None:
        return [(" " * length, "plain")]
    name = str(block.number) if len(str(block.number)) < length else ""
    if ascii:
        sign = {"complete": "=", "running": ">", "pruned": "-"}.get(block.state, "x")
        return [(name.center(length - 1, sign), block.state), ("|", "faint")]
    return [(name.center(length - 1), f"block-{block.state}"), ("▉", f"edge-{block.state}")]
