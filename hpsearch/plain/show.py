"""`hpsearch show`: everything about one trial, in words or JSON on standard output."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from hpsearch.plain.summary import near, reference
from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import AttemptRecord, EpochRecord, StudyFacts, TrialRecord
from hpsearch.store.triallog import TrialLogs
from hpsearch.study.space import Value
from hpsearch.view.format import cells, clean, duration, figure, pad, parameter
from hpsearch.view.network import LayerRow, network, values_of
from hpsearch.view.ranges import range_text, strip
from hpsearch.view.spark import spark
from hpsearch.view.status import settled, trial_json

LOG_LINES = 10
"""Last lines of a trial's log."""
CURVE = 40
"""Cells of a curve."""


@dataclass(frozen=True)
class Shown:
    """What is known of a trial."""

    study: StudyFacts
    trial: TrialRecord
    place: int | None
    """Among the complete trials, from 1."""
    epochs: Sequence[EpochRecord] = ()
    attempts: Sequence[AttemptRecord] = ()
    layers: Sequence[LayerRow] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    """By full name, also of what is not searched."""
    log: Sequence[str] = ()


def look_at(folder: RunFolder, number: int | None) -> Shown | None:
    """What is known of a trial, of the best one where there is no number; None: there is none.

    Raises:
        RunError: the store cannot be read.
    """
    alive = folder.alive  # before the store is read, see `view.status.status`
    with Reader(folder) as reader, reader.still():
        study = reader.study()
        found = reader.best(study.direction) if number is None else reader.trial(number)
        if found is None:
            return None
        (trial,) = settled([found], alive)
        return Shown(
            study,
            trial,
            reader.place(trial, study.direction),
            reader.epochs(trial.number),
            reader.attempts(trial.number),
            network(study, trial),
            values_of(study, trial),
            log_of(folder, trial.number),
        )


def log_of(folder: RunFolder, number: int) -> list[str]:
    """The lines a trial's trainer printed, as far as they can be read."""
    try:
        path = TrialLogs(folder.logs).path(number)
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def as_text(shown: Shown, folder: RunFolder, out: Terminal | None = None) -> None:
    """Print it in words."""
    out = out or terminal()
    for line in _lines(shown, folder, out):
        out.say(out.writable(line))


def as_json(shown: Shown, out: Terminal | None = None) -> None:
    """Print one object: the keys of `top`, and all that it leaves out."""
    trial = shown.trial
    told = {
        **trial_json(trial, shown.study.metric),
        "place": shown.place,
        "figures": dict(trial.figures),
        "values": dict(shown.values),
        "seed": trial.seed,
        "planned": trial.planned,
        "worker": trial.slot,
        "started": trial.started,
        "finished": trial.finished,
        "reason": trial.reason,
        "layers": [asdict(layer) for layer in shown.layers],
        "attempts": [asdict(attempt) for attempt in shown.attempts],
        "curve": [asdict(epoch) for epoch in shown.epochs],
        "log": list(shown.log),
    }
    (out or terminal()).say(json.dumps(told, indent=2, allow_nan=False))


def _lines(shown: Shown, folder: RunFolder, out: Terminal) -> Iterator[str]:
    study, trial = shown.study, shown.trial
    heading = [f"{study.name} #{trial.number}", f"{trial.state}"]
    if shown.place is not None:
        heading.append("the best" if shown.place == 1 else f"number {shown.place} of the complete")
    yield out.fit("  ".join(heading))
    if trial.reason:
        yield from out.wrap(f"why   {trial.reason}", "      ")
    yield from out.wrap(f"took  {_took(trial)}", "      ")
    yield from _figures(shown, out)
    yield from _parameters(shown, out)
    yield from _layers(shown, out)
    yield from _curves(shown, out)
    yield from _attempts(shown, out)
    yield from _log(shown, folder, out)


def _took(trial: TrialRecord) -> str:
    best = f", best at {trial.best_epoch}" if trial.best_epoch is not None else ""
    parts = [f"{trial.epochs} of {trial.planned} epochs{best}"]
    if trial.seconds:
        parts.append(f"{duration(trial.seconds)} of training")
    if trial.slot is not None:
        parts.append(f"worker {trial.slot}")
    if trial.started is not None:
        parts.append(f"started {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(trial.started))}")
    return ", ".join([*parts, f"seed {trial.seed}"])


def _figures(shown: Shown, out: Terminal) -> Iterator[str]:
    figures = {shown.study.metric: shown.trial.value, **shown.trial.figures}
    rows = [(clean(name), figure(value)) for name, value in figures.items() if value is not None]
    if rows:
        yield ""
        yield from _table(rows, out, right=(1,))


def _parameters(shown: Shown, out: Terminal) -> Iterator[str]:
    rows = []
    for name, value in shown.values.items():
        range_ = shown.study.space.get(name)
        searched = name in shown.study.space
        where = strip(range_, shown.trial.params.get(name), out.glyphs) if searched else ""
        rows.append((clean(name), parameter(value), where, range_text(range_) if searched else ""))
    rows.sort(key=lambda row: not row[3])  # what was drawn, then what is fixed
    if rows:
        yield ""
        yield from _table(rows, out)


def _layers(shown: Shown, out: Terminal) -> Iterator[str]:
    if not shown.layers:
        return
    rows = [("layer", "in", "out", "activation", "parameters")]
    rows += [
        (
            layer.name,
            str(layer.inputs),
            str(layer.outputs),
            layer.activation,
            f"{layer.parameters:,}",
        )
        for layer in shown.layers
    ]
    total = shown.trial.parameters
    rows.append(("in all", "", "", "", f"{total:,}" if total is not None else "-"))
    yield ""
    yield from _table(rows, out, right=(1, 2, 4))


def _curves(shown: Shown, out: Terminal) -> Iterator[str]:
    names = dict.fromkeys(name for epoch in shown.epochs for name in epoch.figures)
    curves = {shown.study.metric: [epoch.value for epoch in shown.epochs]}
    curves |= {name: [epoch.figures.get(name) for epoch in shown.epochs] for name in names}
    curves["learning_rate"] = [epoch.learning_rate for epoch in shown.epochs]
    rows = [
        (clean(name), figure(known[0]), spark(curve, CURVE, out.glyphs.bars), figure(known[-1]))
        for name, curve in curves.items()
        if (known := [value for value in curve if value is not None])
    ]
    if rows:
        yield ""
        yield from _table([("by epoch", "first", "", "last"), *rows], out, right=(1, 3))


def _attempts(shown: Shown, out: Terminal) -> Iterator[str]:
    if len(shown.attempts) < 2:
        return
    yield ""
    for attempt in shown.attempts:
        ended = attempt.outcome or "goes on"
        lasted = "" if attempt.ended is None else duration(attempt.ended - attempt.started)
        text = f"attempt {attempt.number}  {ended}  {lasted}  worker {attempt.slot}"
        why = f"  {attempt.reason}" if attempt.reason else ""
        yield from out.wrap(text + why, "           ")


def _log(shown: Shown, folder: RunFolder, out: Terminal) -> Iterator[str]:
    if not shown.log:
        return
    yield ""
    path = near(TrialLogs(folder.logs).path(shown.trial.number))
    more = f"; all: hpsearch log {reference(folder)} {shown.trial.number}"
    yield from out.wrap(f"log   {path}{more if len(shown.log) > LOG_LINES else ''}", "      ")
    for line in shown.log[-LOG_LINES:]:
        yield from out.wrap(f"  {line}", "  ")


def _table(rows: Sequence[Sequence[str]], out: Terminal, right: Sequence[int] = ()) -> list[str]:
    widths = [max(cells(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(pad(text, widths[at], at in right) for at, text in enumerate(row)) for row in rows
    ]
    return [out.fit(line.rstrip()) for line in lines]
