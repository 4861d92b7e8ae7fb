"""Who trained what over time, how busy each worker was, and what it does now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from textual.geometry import Size

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.view.inked import Line
from hpsearch.view.timeline import Block, busy, row_line, scale_line, window


@dataclass(frozen=True)
class Rota:
    """The workers' time."""

    rows: Mapping[int, Sequence[Block]] = field(default_factory=dict)
    """By worker."""
    workers: int = 0
    now: float = 0.0
    live: bool = False


class Timeline(Canvas):
    """A row a worker."""

    def __init__(self) -> None:
        super().__init__(id="timeline")
        self.border_title = "Timeline"
        self._rota = Rota()

    def show(self, rota: Rota) -> None:
        """Show this."""
        before, self._rota = self._rota, rota
        if len(_slots(before)) != len(_slots(rota)):
            self.refresh(layout=True)
        self.repaint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Two lines a worker, and the scale."""
        del container, viewport, width
        return 2 * len(_slots(self._rota)) + 1

    def paint(self, width: int, height: int) -> list[Line]:
        """Rows as far as there is room, and the scale of time below."""
        rota = self._rota
        found = {slot: list(row) for slot, row in rota.rows.items()}
        begin, end = window(found, rota.now)
        if rota.live:
            end = max(end, rota.now)
        room = width - 11
        if room < 8 or height < 2:
            return []
        slots = _slots(rota)
        more = len(slots) - (height - 1)
        if more > 0:
            slots = slots[: max(0, height - 2)]
        tall = 2 if 2 * len(slots) + 1 <= height and not self.ascii else 1
        lines: list[Line] = []
        for slot in slots:
            row = found.get(slot, [])
            drawn = row_line(row, begin, end, room, self.ascii)
            share = f" {100 * busy(row, begin, end):3.0f}%"
            lines.append([(f" w{slot:<3} ", "bold"), *drawn, (share, "dim")])
            if tall == 2:
                lines.append([])
        if more > 0:
            lines.append([(f" {self.signs.more} {more + 1} more workers", "dim")])
        lines.append([(" " * 6, "plain"), *scale_line(begin, end, room, rota.live)])
        return lines


def _slots(rota: Rota) -> list[int]:
    """The workers there are, and those that once trained something."""
    return sorted({*rota.rows, *range(rota.workers)})
