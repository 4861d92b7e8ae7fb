"""`hpsearch top`: the leaderboard as a table, JSON or CSV on standard output."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.format import parameter
from hpsearch.view.status import TOP, trial_json
from hpsearch.view.table import table

_STYLES = {"pruned": "dim", "diverged": "red", "failed": "red", "running": "cyan"}


def as_table(study: StudyFacts, trials: Sequence[TrialRecord], out: Terminal | None = None) -> None:
    """Print lines that fit the terminal, in colour where it has some."""
    out = out or terminal()
    if not trials:
        out.say(out.fit(f"{study.name} has no trials yet."))
        return
    shown = table(study, trials, out.width, out.glyphs)
    styles = [_STYLES.get(trial.state, "") for trial in trials]
    styles[0] = "bold" if trials[0].state == "complete" else styles[0]
    lines = zip((shown.header, *shown.lines), ("bold", *styles), strict=True)
    if out.is_tty:
        from rich.console import Console
        from rich.text import Text

        console = Console(file=out.stream, highlight=False, markup=False)
        for text, style in lines:
            console.print(Text(out.writable(text), style=style), soft_wrap=True)
    else:
        for text, _ in lines:
            out.say(out.writable(text))
    if shown.hidden:
        hidden = f"No room for {', '.join(shown.hidden)}: --format csv shows all."
        out.say(out.fit(hidden))


def as_json(study: StudyFacts, trials: Sequence[TrialRecord], out: Terminal | None = None) -> None:
    """Print a list of objects with the keys of `view.status.TOP`."""
    listed = [trial_json(trial, study.metric) for trial in trials]
    (out or terminal()).say(json.dumps(listed, indent=2, allow_nan=False))


def as_csv(study: StudyFacts, trials: Sequence[TrialRecord], out: Terminal | None = None) -> None:
    """Print the same with a column for each parameter by its full name; no figure is empty."""
    out = out or terminal()
    names = dict.fromkeys([*study.space, *(name for trial in trials for name in trial.params)])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [key for key in TOP if key != "params"]
    writer.writerow([*keys, *names])
    for trial in trials:
        flat = trial_json(trial, study.metric)
        values = [trial.params.get(name) for name in names]
        cells = [parameter(value) if isinstance(value, tuple | bool) else value for value in values]
        writer.writerow([*(flat[key] for key in keys), *cells])
    out.say(out.writable(text.getvalue().rstrip("\n")))
