"""Two lines on how the study stands: always there, whatever is below."""

from __future__ import annotations

import textwrap

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.store.inbox import to_reader
from hpsearch.store.records import Counts
from hpsearch.view.abbreviations import params_line
from hpsearch.view.eta import told
from hpsearch.view.figures import figure_names, figure_of, figure_words
from hpsearch.view.format import ASCII, Glyphs, cells, clean, cut, duration
from hpsearch.view.history import History
from hpsearch.view.inked import Line, width_of
from hpsearch.view.status import ENDED, LIVE, Status

STALE = 3.0
"""Seconds without a beat of the engine after which its figures are called stale; it beats once a
second."""

_INK = {"running": "running", "paused": "warning", "stopping": "warning", "finished": "best"}


class Header(Canvas):
    """The study at a glance: progress, time, liveness; the best trial, and how the others ended."""

    def __init__(self, name: str) -> None:
        super().__init__(id="header")
        self.study_name = name
        self._history = History()
        self._frozen = False
        self._note = ""

    def show(self, history: History, frozen: bool = False, note: str = "") -> None:
        """Show this.

        Args:
            note: what holds for the view, such as a filter.
        """
        self._history, self._frozen, self._note = history, frozen, note
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """Two lines, or one where there is no room."""
        signs = self.signs
        status = self._history.status
        if status is None:
            told = self._history.trouble or "reading study" + (" ..." if self.ascii else " …")
            ink = "warning" if self._history.trouble else "dim"
            first, *more = textwrap.wrap(clean(told), max(20, width - 28)) or [""]
            rest = cut(" ".join(more), max(0, width - 2), signs.more)
            return [[_name(self.study_name), ("  ", "plain"), (first, ink)], [(f"  {rest}", ink)]]
        trouble = "frozen" if self._frozen else self._history.trouble
        first = progress(status, self._history.now, trouble, width, signs)
        return [first, best_line(status, self._note, width, signs)]


def progress(status: Status, now: float, trouble: str, width: int, signs: Glyphs) -> Line:
    """Name, state, how far, how long, how live; what matters least goes first where it is narrow.

    Args:
        now: Unix seconds.
        trouble: why the figures may be old, else "".
    """
    counts, study = status.counts, status.study
    share = counts.finished / counts.asked if counts.asked else 1.0
    live, live_ink = liveness(status, now, trouble, signs)
    done = f"{counts.finished}/{counts.asked}"
    eta = f"eta {told(status.eta, status.spread)}" if status.eta and status.state in LIVE else ""
    crew = "w" if width < 100 else "workers"
    works = status.state in LIVE
    busy = f"busy {status.busy:.0%}" if works and status.busy is not None else ""
    size = 20 if width >= 100 else 14 if width >= 70 else 8
    parts: list[tuple[int, Line]] = [
        (0, [_name(status.name)]),
        (1, [(status.state, _INK.get(status.state, "failed"))]),
        (0, [(done, "bold")]),
        (4, bar(share, size, "running", signs)),
        (3, [(f"{100 * share:.0f}%", "plain")]),
        (5, [(duration(status.seconds), "plain")]),
        (2, [(eta, "plain")]),
        (6, [(f"{crew} {counts.running}/{study.workers}" if works else "", "dim")]),
        (7, [(busy, "dim")]),
        (1, [(live, live_ink)]),
    ]
    return _fitted([(rank, line) for rank, line in parts if width_of(line)], width)


def liveness(status: Status, now: float, trouble: str, signs: Glyphs) -> tuple[str, str]:
    """What the figures on the screen are worth, and its ink."""
    if trouble == "frozen":
        return "frozen, F goes on", "accent"
    if trouble:
        return "cannot be read just now", "warning"
    if status.state == "gone":
        return f"engine gone {'-' if signs is ASCII else '—'} R resume", "failed"
    if status.state not in LIVE:
        return "", "dim"
    age = now - status.study.beat
    return (f"stale {duration(age)}", "warning") if age > STALE else ("live", "best")


def best_line(status: Status, note: str, width: int, signs: Glyphs) -> Line:
    """The best trial with its figures and what it drew, and how many ended how."""
    tail: Line = [(note, "accent"), ("  ", "plain")] if note else []
    tail += tally(status.counts, signs)
    best = status.best
    if best is None:
        why = status.study.why if status.state in ("failed", "stopped") else ""
        yet = " yet" if status.state not in ENDED else ""
        head: Line = [("  ", "plain"), (f"no trial is complete{yet}", "dim")]
        head += [(f"  {clean(to_reader(why))}", "failed")] if why else []
        return _ends(head, tail, width)
    figures = [
        figure_words(name, value)
        for name in figure_names(status.study)[:2]
        if (value := figure_of(best, name, status.study.metric)) is not None
    ]
    head = [
        (f"  {signs.best} best ", "best"),
        (f"#{best.number}  {'  '.join(figures)}", "bold"),
    ]
    left = width - width_of(head) - 3
    if note and width_of(tail) > left:  # that trials are hidden matters more than what is best
        tail = [(cut(note, max(0, left), signs.more), "accent")]
        return _ends(head, tail, width)
    room = width - width_of(head) - width_of(tail) - 4
    if room < 12 and width - width_of(head) - 4 >= 12 and not note:
        tail, room = [], width - width_of(head) - 4
    drew = cut(params_line(best), max(0, room), signs.more)
    return _ends([*head, (f"  {drew}", "dim")], tail, width)


def tally(counts: Counts, signs: Glyphs) -> Line:
    """How many trials stand how; what there are none of is left out."""
    shown: Line = []
    for state in ("complete", "pruned", "diverged", "failed", "running", "waiting"):
        if number := getattr(counts, state):
            ink = "dim" if state in ("complete", "pruned", "waiting") else state
            shown.append((f"{getattr(signs, state)}{number} ", ink))
    return shown


def bar(share: float, size: int, ink: str, signs: Glyphs) -> Line:
    """How far something is, in eighths of a cell."""
    share = min(1.0, max(0.0, share))
    if signs is ASCII:
        full = round(share * size)
        return [("#" * full, ink), ("." * (size - full), "faint")]
    eighths = round(share * size * 8)
    full, part = divmod(eighths, 8)
    text = "█" * full + (" ▏▎▍▌▋▊▉"[part] if part else "")
    return [(text, ink), ("░" * (size - cells(text)), "track")]


def _name(name: str) -> tuple[str, str]:
    return f" {cut(clean(name), 24)} ", "name"


def _fitted(parts: list[tuple[int, Line]], width: int) -> Line:
    """The parts two blanks apart; those of the highest rank go first where there is no room."""
    kept = list(range(len(parts)))
    while kept:
        needed = sum(width_of(parts[at][1]) + 2 for at in kept)
        worst = max(kept, key=lambda at: parts[at][0])
        if needed <= width or parts[worst][0] == 0:
            break
        kept.remove(worst)
    line: Line = []
    for at in kept:
        line += [*([("  ", "plain")] if line else [("", "plain")]), *parts[at][1]]
    return line


def _ends(head: Line, tail: Line, width: int) -> Line:
    """One line with `tail` at its right end, which goes where both do not fit."""
    gap = width - width_of(head) - width_of(tail)
    return [*head, (" " * gap, "plain"), *tail] if gap >= 1 else head
