"""Several trials side by side, as lines: what differs, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.comparing import recall_rows
from hpsearch.view.comparing import trials as rows_of
from hpsearch.view.format import ASCII, Glyphs, cells, clean, cut, pad
from hpsearch.view.inked import Line

WIDEST = 20
"""Cells of a column at most."""


def comparison_lines(
    trials: Sequence[TrialRecord],
    study: StudyFacts,
    baseline: int | None,
    everything: bool,
    width: int,
    signs: Glyphs,
    recalls: Mapping[int, Mapping[str, float | None]] | None = None,
) -> list[Line]:
    """A column a trial; the first is what the others are compared with.

    Args:
        baseline: the number of the one to be first; None: the one that is.
        everything: also what is equal in all of them.
        recalls: of each class, by trial, as far as they are known.
    """
    if not trials:
        return [[(" mark trials with space, then compare them with c", "dim")]]
    ordered = sorted(trials, key=lambda trial: trial.number != baseline)  # stable: the rest stays
    rows = rows_of([(study, trial) for trial in ordered])
    known = recall_rows([(recalls or {}).get(trial.number, {}) for trial in ordered])
    told = [row for row in rows if any(value is not None for value in row.values)]
    shown = [row for row in told if row.differs or row.figure or everything]
    first = min(max(cells(row.name) for row in (*rows, *known)), max(10, width // 3))
    column = max(8, min(WIDEST, (width - first - 3) // len(ordered) - 2))
    heads = [_head(trial, at == 0, signs) for at, trial in enumerate(ordered)]
    lines = [_line("", heads, first, column, "bold", signs)]
    figures = [row for row in shown if row.figure]
    for part in (figures, [row for row in shown if not row.figure], known):
        lines += [[]] if part and part is not figures else []
        for row in part:
            ink = "plain" if row.differs else "faint"
            lines.append(_line(row.name, row.texts, first, column, ink, signs))
    equal = len(told) - len(shown)
    if equal:
        more = f"  {equal} more {'are' if equal > 1 else 'is'} equal; a shows all"
        lines.append([(more, "faint")])
    return lines


def _line(
    name: str, texts: Sequence[str], first: int, column: int, ink: str, signs: Glyphs
) -> Line:
    line: Line = [(f" {pad(cut(clean(name), first, signs.more), first)}  ", "dim")]
    for text in texts:
        line.append((pad(cut(clean(text), column, signs.more), column) + "  ", ink))
    return line


def _head(trial: TrialRecord, base: bool, signs: Glyphs) -> str:
    mark = ("@" if signs is ASCII else "◆") if base else getattr(signs, trial.state)
    return f"{mark} #{trial.number}"
