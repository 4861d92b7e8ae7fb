"""What each worker is at, a line a worker, in as many columns as there is room for."""

from __future__ import annotations

from dataclasses import dataclass

from textual.geometry import Size

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.dashboard.widgets.header import bar
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.figures import figure_names, figure_of, figure_text, figure_title
from hpsearch.view.format import ASCII, Glyphs
from hpsearch.view.inked import Line, width_of

CELL = 56
"""Cells that one worker's line likes to have."""


@dataclass(frozen=True)
class Crew:
    """The workers, and what they are at."""

    study: StudyFacts | None = None
    running: tuple[TrialRecord, ...] = ()
    workers: int = 0


class Workers(Canvas):
    """The workers at a glance."""

    def __init__(self) -> None:
        super().__init__(id="workers")
        self.border_title = "Workers"
        self._crew = Crew()

    def show(self, crew: Crew) -> None:
        """Show this."""
        before, self._crew = self._crew, crew
        if len(_slots(before)) != len(_slots(crew)):
            self.refresh(layout=True)
        self.repaint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the workers need."""
        del container, viewport
        return -(-max(1, len(_slots(self._crew))) // max(1, width // CELL))

    def paint(self, width: int, height: int) -> list[Line]:
        """Workers from top to bottom, then in the next column."""
        return crew_lines(self._crew, width, height, self.signs)


def crew_lines(crew: Crew, width: int, height: int, signs: Glyphs) -> list[Line]:
    """A line for each worker; the last says how many there was no room for."""
    if crew.study is None or height < 1:
        return []
    by_slot = {trial.slot: trial for trial in crew.running}
    slots = _slots(crew)
    columns = max(1, min(width // CELL, -(-len(slots) // height)))
    room = columns * height
    if len(slots) > room:
        slots, more = slots[: room - 1], len(slots) - room + 1
    else:
        more = 0
    cell = width // columns
    told = [_worker(slot, by_slot.get(slot), crew.study, cell, signs) for slot in slots]
    if more:
        told.append([(f" {signs.more} {more} more workers", "dim")])
    lines: list[Line] = []
    for row in range(min(height, len(told))):
        line: Line = []
        for at, part in enumerate(told[row::height]):
            if at:
                line.append(("| " if signs is ASCII else "│ ", "track"))
            line += part
            line.append((" " * max(0, cell - width_of(part) - (2 if at else 0)), "plain"))
        lines.append(line)
    return lines


def _slots(crew: Crew) -> list[int]:
    """The workers there are, and those that still are at something."""
    busy = {trial.slot for trial in crew.running if trial.slot is not None}
    return sorted({*range(crew.workers), *busy})


def _worker(
    slot: int, trial: TrialRecord | None, study: StudyFacts, width: int, signs: Glyphs
) -> Line:
    name: Line = [(f" w{slot:<2}", "bold")]
    if trial is None:
        return [*name, (" idle", "dim")]
    share = trial.epochs / trial.planned if trial.planned else 0.0
    epochs = f"{trial.epochs}/{trial.planned}"
    line: Line = [*name, (f" #{trial.number:<4}", "running"), (f" {epochs:>7} ", "plain")]
    line += bar(share, 10, "running", signs)
    for metric in figure_names(study)[:2]:
        value = figure_of(trial, metric, study.metric)
        title = figure_title(metric).removesuffix(" %").removeprefix("val ")
        text = f" {title} {figure_text(metric, value, signs.nothing)}"
        if width_of(line) + len(text) + 3 <= width:
            line.append((text, "dim"))
    return line
