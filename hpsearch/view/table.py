"""The leaderboard as lines of text that fit a width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.columns import Column, columns
from hpsearch.view.format import UNICODE, Glyphs, cells, cut, pad


@dataclass(frozen=True)
class Table:
    """Lines of equal meaning under one header; none is wider than was asked for."""

    header: str
    lines: tuple[str, ...]
    """One a trial, in the order given."""
    hidden: tuple[str, ...]
    """Titles of the columns there was no room for."""


def table(
    study: StudyFacts, trials: Sequence[TrialRecord], width: int, glyphs: Glyphs = UNICODE
) -> Table:
    """The leaderboard in `width` cells, the best trial marked; drops the least needed columns."""
    brief = width < 100
    gap = " " if brief else "  "
    shown = columns(study)
    texts = [[column.text(trial, glyphs) for trial in trials] for column in shown]
    titles = [column.brief if brief else column.title for column in shown]
    widths = [
        max(cells(title), *(cells(text) for text in column), 1)
        for title, column in zip(titles, texts, strict=True)
    ]
    kept = _fitting(shown, widths, width - 2 + len(gap), len(gap))

    def line(mark: str, row: Sequence[str]) -> str:
        parts = [pad(row[at], widths[at], right=shown[at].right) for at in kept]
        return cut(f"{mark} {gap.join(parts)}".rstrip(), width, glyphs.more)

    rows = [[column[at] for column in texts] for at in range(len(trials))]
    stars = [glyphs.best if at == 0 and _is_best(trial) else " " for at, trial in enumerate(trials)]
    hidden = [column.title for at, column in enumerate(shown) if at not in kept]
    return Table(
        line(" ", titles),
        tuple(line(star, row) for star, row in zip(stars, rows, strict=True)),
        tuple(hidden),
    )


def _fitting(shown: Sequence[Column], widths: Sequence[int], room: int, gap: int) -> list[int]:
    """The places of the columns that fit, those of low rank first, in their order on screen."""
    kept: list[int] = []
    for at in sorted(range(len(shown)), key=lambda at: shown[at].rank):
        needed = widths[at] + gap
        if needed <= room or len(kept) < 3:  # never less than number, state and metric
            kept.append(at)
            room -= needed
    return sorted(kept)


def _is_best(trial: TrialRecord) -> bool:
    return trial.state == "complete" and trial.value is not None
