"""`hpsearch top`: the leaderboard as a table, JSON or CSV on standard output."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.store.records import TrialRecord
from hpsearch.study.space import Value
from hpsearch.view.columns import Board, chosen
from hpsearch.view.fields import fields
from hpsearch.view.format import parameter
from hpsearch.view.status import TOP, trial_json
from hpsearch.view.table import table

_STYLES = {"pruned": "dim", "diverged": "red", "failed": "red", "running": "cyan"}


def as_table(board: Board, names: Sequence[str] = (), out: Terminal | None = None) -> None:
    """Print lines that fit the terminal, in colour where it has some.

    Args:
        names: the columns by full name; none: the usual ones.
    """
    out = out or terminal()
    shown = table(board, out.width, out.glyphs, chosen(names, board) if names else None)
    styles = ["bold", *(_style(trial, board) for trial in board.trials)]
    lines = zip((shown.header, *shown.lines), styles, strict=True)
    if out.is_tty:
        from rich.console import Console
        from rich.text import Text

        console = Console(file=out.stream, highlight=False, markup=False)
        for text, style in lines:
            console.print(Text(out.writable(text), style=style), soft_wrap=True)
    else:
        for text, _ in lines:
            out.say(out.writable(text))
    if shown.alike:
        out.tell(f"All of them: {', '.join(shown.alike)}.")
    if shown.hidden:
        hidden = ", ".join(shown.hidden)
        out.tell(f"No room for {hidden}: --columns chooses, --format csv shows all.")


def as_json(board: Board, names: Sequence[str] = (), out: Terminal | None = None) -> None:
    """Print a list of objects with the keys of `view.status.TOP`, or with the chosen names."""
    metric = board.study.metric
    if names:
        listed = [dict(zip(names, row, strict=True)) for row in _rows(board, names)]
    else:
        listed = [trial_json(trial, metric) for trial in board.trials]
    (out or terminal()).say(json.dumps(listed, indent=2, allow_nan=False))


def as_csv(board: Board, names: Sequence[str] = (), out: Terminal | None = None) -> None:
    """Print the same with a column for each parameter by its full name; no figure is empty."""
    out = out or terminal()
    if names:
        header, rows = list(names), _rows(board, names)
    else:
        header, rows = _whole(board)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([parameter(v) if isinstance(v, tuple | bool) else v for v in row])
    out.say(out.writable(text.getvalue().rstrip("\n")))


def _whole(board: Board) -> tuple[list[str], list[list[Value | None]]]:
    """The header and the rows of a CSV with all there is."""
    searched = dict.fromkeys([*board.study.space, *(n for t in board.trials for n in t.params)])
    keys = [key for key in TOP if key != "params"]
    rows: list[list[Value | None]] = []
    for trial in board.trials:
        flat = trial_json(trial, board.study.metric)
        rows.append([*(flat[key] for key in keys), *(trial.params.get(n) for n in searched)])
    return [*keys, *searched], rows


def _rows(board: Board, names: Sequence[str]) -> list[list[Value | None]]:
    """The values of the chosen names, a list a trial."""
    known = fields(board.study, board.trials)
    best = board.best.value if board.best is not None else None

    def delta(trial: TrialRecord) -> float | None:
        return None if best is None or trial.value is None else trial.value - best

    readers = [delta if name == "delta" else known.reader(name) for name in names]
    return [[read(trial) for read in readers] for trial in board.trials]


def _style(trial: TrialRecord, board: Board) -> str:
    if board.best is not None and trial.number == board.best.number:
        return "bold"
    return _STYLES.get(trial.state, "")
