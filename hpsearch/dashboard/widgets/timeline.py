"""Who trained what over time, how busy each worker was, and what it does now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
        self._rota = rota
        self.repaint()

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
        slots = sorted({*found, *range(rota.workers)})
        tall = 2 if 2 * len(slots) + 1 <= height and not self.ascii else 1
        lines: list[Line] = []
        for slot in slots[: (height - 1) // tall]:
            row = found.get(slot, [])
            drawn = row_line(row, begin, end, room, self.ascii)
            share = f" {100 * busy(row, begin, end):3.0f}%"
            lines.append([(f" w{slot:<3} ", "bold"), *drawn, (share, "dim")])
            if tall == 2:
                lines.append([])
        lines.append([(" " * 6, "plain"), *scale_line(begin, end, room, rota.live)])
        return lines
