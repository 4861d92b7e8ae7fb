"""Curves of several trials on one chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.view.inked import Line

if TYPE_CHECKING:
    from hpsearch.view.chart import Curve, Frame


@dataclass(frozen=True)
class Picture:
    """What a chart shows."""

    frame: Frame
    curves: Sequence[Curve] = ()


class Curves(Canvas):
    """One chart."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._picture: Picture | None = None

    def show(self, picture: Picture) -> None:
        """Show this."""
        self._picture = picture
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """The chart at that size."""
        if self._picture is None:
            return []
        from hpsearch.view.chart import chart  # and NumPy: the first picture does not wait for it

        frame = replace(self._picture.frame, ascii=self.ascii)
        return chart(self._picture.curves, frame, width, height)
