"""Progress on a terminal: a bar of trials, the best so far, and a line for each worker.

The bars live at the foot of the screen and leave nothing behind; what is worth keeping is printed
above them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hpsearch.plain.lines import line
from hpsearch.plain.stream import Batch, Happening
from hpsearch.plain.summary import counts_line
from hpsearch.plain.terminal import Terminal
from hpsearch.store.inbox import to_reader
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.abbreviations import params_line
from hpsearch.view.eta import told
from hpsearch.view.figures import figure_names, figure_of, figures_line
from hpsearch.view.format import UNICODE, Glyphs, clean, cut, duration, figure

_GAP = "  "
_KEPT = ("warning", "state")


class Bars:
    """Shows batches as bars that are drawn anew in place."""

    def __init__(self, out: Terminal, console: Console | None = None) -> None:
        self._out = out
        self._console = console or Console(file=out.stream, highlight=False, markup=False)
        self._live = self._new_live()

    def __enter__(self) -> Bars:
        self._live.start()
        return self

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bars away while others write to the terminal, on whatever stream."""
        self._live.stop()
        try:
            yield
        finally:
            self._live = self._new_live()  # one that was stopped still counts its old lines
            self._live.start()

    def __exit__(self, *_: object) -> None:
        """Take the bars away and give the cursor back."""
        self._live.stop()

    def show(self, batch: Batch) -> None:
        """Draw this batch."""
        for happening in batch.happenings:
            if text := _kept(happening, batch, self._out.glyphs):
                shown = Text(self._out.writable(clean(text)), style="yellow")
                self._console.print(shown, soft_wrap=False)
        self._live.update(Screen(batch, self._out), refresh=True)

    def _new_live(self) -> Live:
        # No refreshing thread: what is drawn is drawn here, between two looks at the store.
        return Live(
            console=self._console, auto_refresh=False, transient=True, vertical_overflow="crop"
        )


class Screen:
    """One batch, drawn to whatever width and height there is."""

    def __init__(self, batch: Batch, out: Terminal) -> None:
        self._batch = batch
        self._out = out

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        # Two lines above the workers, and one left free for the cursor.
        room = max(0, console.size.height - 3)
        running = () if self._batch.last else self._batch.running
        shown = running if len(running) <= room else running[: max(0, room - 1)]
        lines = [self._trials(width), self._best(width)]
        if shown:
            lines.append(self._workers(shown, width))
        if len(shown) < len(running):
            more = f"{self._out.glyphs.more} {len(running) - len(shown)} more at work"
            lines.append(self._text(more, "dim"))
        yield Group(*lines)

    def _trials(self, width: int) -> Table:
        status, glyphs = self._batch.status, self._out.glyphs
        counts = status.counts
        state_style = {"running": "green", "paused": "yellow", "stopping": "yellow"}
        left = told(status.eta, status.spread)
        row = [
            self._text(cut(clean(status.name), 24, glyphs.more), "bold"),
            self._text(status.state, state_style.get(status.state, "red")),
            self._text(f"{counts.finished}/{counts.asked}", "bold"),
            _progress(counts.finished, counts.asked, width),
            self._text(counts_line(counts, glyphs)),
            self._text(duration(status.seconds), "dim"),
            self._text(f"eta {left}" if left else "", "dim"),
        ]
        return _grid([row], width, drop=(5, 0, 1, 6, 4, 3))

    def _best(self, width: int) -> Text:
        best, study, glyphs = self._batch.status.best, self._batch.study, self._out.glyphs
        if best is None:
            return self._text("no trial is complete yet", "dim")
        figures = "  ".join(figures_line(best, study, glyphs))
        whole = f"{glyphs.best} #{best.number}  {figures}  {params_line(best)}"
        return self._text(cut(self._out.writable(whole), width, glyphs.more), "bold green")

    def _workers(self, running: tuple[TrialRecord, ...], width: int) -> Table:
        study = self._batch.study
        rows = [
            [
                self._text(f"w{trial.slot}" if trial.slot is not None else "w", "dim"),
                self._text(f"#{trial.number}", "cyan"),
                _progress(trial.epochs, trial.planned, width),
                self._text(f"{trial.epochs}/{trial.planned}"),
                *(self._text(_figure(trial, study, name)) for name in figure_names(study)[:2]),
            ]
            for trial in running
        ]
        return _grid(rows, width, drop=(5, 0, 2, 3))

    def _text(self, text: str, style: str = "") -> Text:
        shown = self._out.writable(clean(text))
        # Rich's own ellipsis is not ASCII.
        overflow = "ellipsis" if self._out.glyphs is UNICODE else "crop"
        return Text(shown, style=style, no_wrap=True, overflow=overflow)


def _grid(rows: list[list[Text | ProgressBar]], width: int, drop: tuple[int, ...]) -> Table:
    """Rows in columns; where they do not fit, whole columns go, in the order of `drop`.

    A figure cut in half reads as another figure.
    """
    widths = [
        max(part.cell_len if isinstance(part, Text) else part.width or 0 for part in column)
        for column in zip(*rows, strict=True)
    ]
    kept = list(range(len(widths)))
    for at in drop:
        if sum(widths[at] + len(_GAP) for at in kept) - len(_GAP) <= width:
            break
        if at in kept:
            kept.remove(at)
    grid = Table.grid(padding=(0, len(_GAP), 0, 0), pad_edge=False)
    for _ in kept:
        grid.add_column(no_wrap=True, overflow="crop")
    for row in rows:
        grid.add_row(*(row[at] for at in kept))
    return grid


def _figure(trial: TrialRecord, study: StudyFacts, name: str) -> str:
    value = figure_of(trial, name, study.metric)
    return "" if value is None else f"{name} {figure(value)}"


def _progress(done: int, of: int, width: int) -> ProgressBar:
    return ProgressBar(
        max(1, of),
        done,
        width=max(4, min(40, width // 6)),
        complete_style="green",
        finished_style="green",
    )


def _kept(happening: Happening, batch: Batch, glyphs: Glyphs) -> str:
    """What stays on the screen above the bars: warnings, failures, changes of state."""
    failed = happening.trial is not None and happening.trial.state == "failed"
    if happening.what in _KEPT or (happening.what == "trial_end" and failed):
        return to_reader(line(happening, batch, glyphs))
    return ""
