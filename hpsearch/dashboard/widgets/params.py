"""Which hyperparameters matter, and where the good values lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.dashboard.widgets.header import bar
from hpsearch.store.records import TrialRecord
from hpsearch.view.axes import Axis
from hpsearch.view.format import cells, cut, pad
from hpsearch.view.importance import FEWEST
from hpsearch.view.inked import Line
from hpsearch.view.parallel import parallel
from hpsearch.view.slices import slice_lines

NOTHING = " no complete trial to show"


@dataclass(frozen=True)
class Searched:
    """What was searched, and what came of it."""

    axes: Sequence[Axis] = ()
    """The most important first; the value last."""
    importance: Mapping[str, float] = field(default_factory=dict)
    trials: Sequence[TrialRecord] = ()
    """Complete ones that the filter leaves, best first."""
    focus: int = 0
    cursor: int | None = None
    log: bool = True


class Importance(Canvas):
    """A bar for each hyperparameter."""

    def __init__(self) -> None:
        super().__init__(id="importance")
        self.border_title = "Importance"
        self._searched = Searched()

    def show(self, searched: Searched) -> None:
        """Show this."""
        self._searched = searched
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """Names, bars, shares; the axis in focus is lit."""
        signs = self.signs
        shown = self._searched.axes[:-1]
        names = min(max((cells(axis.title) for axis in shown), default=0), max(4, width // 3))
        lines: list[Line] = []
        first = max(0, min(self._searched.focus - height + 2, len(shown) - height))
        for at, axis in list(enumerate(shown))[first:]:
            share = self._searched.importance.get(axis.name)
            ink = "accent" if at == self._searched.focus else "plain"
            line: Line = [(f" {pad(cut(axis.title, names), names)} ", ink)]
            if share is not None:
                line += bar(share, max(4, width - names - 8), "line0", signs)
                line.append((f" {100 * share:3.0f}%", "plain"))
            lines.append(line)
        if not self._searched.importance and shown:
            lines.insert(0, [(cut(f" from {FEWEST} complete trials on", width), "dim")])
        return lines


class Slices(Canvas):
    """A scatter for each hyperparameter, the most important first."""

    def __init__(self) -> None:
        super().__init__(id="slices")
        self._searched = Searched()

    def show(self, searched: Searched) -> None:
        """Show this."""
        self._searched = searched
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """As many small pictures as there is room for; the axis in focus is always among them."""
        searched = self._searched
        axes = list(enumerate(searched.axes[:-1]))
        across, down = max(1, width // 30), max(1, height // 8)
        if not axes or width < 6 or height < 4:
            return []
        if not searched.trials:
            return [[(cut(NOTHING, width), "dim")]]
        room = across * down
        first = max(0, min(searched.focus - room + 1, len(axes) - room))
        shown = axes[first : first + room]
        across = min(across, len(shown))
        down = min(down, -(-len(shown) // across))
        wide, tall = width // across, height // down
        lines: list[Line] = []
        for row in range(down):
            pictures = [
                slice_lines(
                    axis,
                    searched.trials,
                    wide - 1,
                    tall,
                    log=searched.log,
                    cursor=searched.cursor,
                    ascii=self.ascii,
                    lit=at == searched.focus,
                )
                for at, axis in shown[row * across : (row + 1) * across]
            ]
            for parts in zip(*pictures, strict=True):
                line: Line = []
                for part in parts:
                    line += part
                    used = sum(cells(text) for text, _ in part)
                    line.append((" " * max(1, wide - used), "plain"))
                lines.append(line)
        return lines


class Parallel(Canvas):
    """All hyperparameters at once, a line a trial."""

    def __init__(self) -> None:
        super().__init__(id="parallel")
        self.border_title = "Best 5 % bright, 25 % blue"
        self._searched = Searched()

    def show(self, searched: Searched) -> None:
        """Show this."""
        self._searched = searched
        self.repaint()

    def paint(self, width: int, height: int) -> list[Line]:
        """The picture; as many axes as there is room for, the value always last."""
        searched = self._searched
        if len(searched.axes) < 2:
            return []
        if not searched.trials:  # axes of values that there are none of would be made up
            return [[(cut(NOTHING, width), "dim")]]
        room = max(1, (width - 8) // 13)
        shown = searched.axes[:-1]
        first = max(0, min(searched.focus - room + 1, len(shown) - room))
        axes = [*shown[first : first + room], searched.axes[-1]]
        focus = searched.focus - first
        return parallel(axes, searched.trials, width, height, self.ascii, focus)
