"""The leaderboard as lines of text that fit a width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.view.columns import FROZEN, Board, Column, columns
from hpsearch.view.format import UNICODE, Glyphs, cells, cut, pad


@dataclass(frozen=True)
class Table:
    """Lines of equal meaning under one header; none is wider than was asked for."""

    header: str
    lines: tuple[str, ...]
    """One a trial, in the order given."""
    hidden: tuple[str, ...]
    """Titles of the columns there was no room for."""
    alike: tuple[str, ...] = ()
    """Hyperparameters that are the same in every line, as `act tanh`; they have no column."""


def table(
    board: Board,
    width: int,
    glyphs: Glyphs = UNICODE,
    shown: Sequence[Column] | None = None,
) -> Table:
    """The trials of a board in `width` cells, the best marked; drops the least needed columns.

    Args:
        shown: the columns; None: the usual ones.
    """
    every = columns(board) if shown is None else shown
    alike = [column for column in every if column.constant]
    kept = [column for column in every if not column.constant]
    brief = width < 100
    gap = " " if brief else "  "
    setting = board.setting(glyphs)
    texts = [[column.text(trial, setting) for trial in board.trials] for column in kept]
    titles = [column.brief if brief else column.title for column in kept]
    widths = [
        max(cells(title), *(cells(text) for text in column), 1)
        for title, column in zip(titles, texts, strict=True)
    ]
    fits = _fitting(kept, widths, width - 2 + len(gap), len(gap))

    def line(mark: str, row: Sequence[str]) -> str:
        parts = [pad(row[at], widths[at], right=kept[at].right) for at in fits]
        return cut(f"{mark} {gap.join(parts)}".rstrip(), width, glyphs.more)

    best = None if board.best is None else board.best.number
    lines = [
        line(glyphs.best if trial.number == best else " ", [column[at] for column in texts])
        for at, trial in enumerate(board.trials)
    ]
    return Table(
        line(" ", titles),
        tuple(lines),
        tuple(column.title for at, column in enumerate(kept) if at not in fits),
        tuple(f"{column.title} {column.text(board.trials[0], setting)}" for column in alike),
    )


def _fitting(shown: Sequence[Column], widths: Sequence[int], room: int, gap: int) -> list[int]:
    """The places of the columns that fit, those of low rank first, in their order on screen."""
    kept: list[int] = []
    for at in sorted(range(len(shown)), key=lambda at: shown[at].rank):
        needed = widths[at] + gap
        if needed <= room or len(kept) < FROZEN:
            kept.append(at)
            room -= needed
    return sorted(kept)
