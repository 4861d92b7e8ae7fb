"""All about one trial, as lines: what it drew, what came of it, its network, its log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from statistics import median

from hpsearch.store.records import EventRecord, StudyFacts, TrialRecord
from hpsearch.study.examination import LayerState
from hpsearch.view.figures import figure_names, figure_of, figure_text, figure_words, is_share
from hpsearch.view.format import (
    ASCII,
    Glyphs,
    aligned,
    cells,
    clean,
    clock,
    duration,
    pad,
    parameter,
)
from hpsearch.view.history import Track
from hpsearch.view.inked import Line, fitting, width_of
from hpsearch.view.network import network, values_of
from hpsearch.view.ranges import range_text, strip
from hpsearch.view.spark import spark

GAP = 4
"""Cells between what stands side by side."""


def summary_lines(
    trial: TrialRecord,
    study: StudyFacts,
    others: Sequence[TrialRecord],
    baseline: TrialRecord | None,
    importance: Mapping[str, float],
    signs: Glyphs,
    width: int = 0,
) -> list[Line]:
    """Parameters with rank and place among all drawn, then the result against others.

    Args:
        others: every trial of the study.
        width: where both fit, the result stands beside the parameters.
    """
    drawn = _drawn(trial, study, importance, signs)
    came = [[(" Result", "title")], *_result(trial, study, others, baseline, signs)]
    came += [[], [(" Run", "title")], *_run(trial, study, signs)]
    widths = [max(map(width_of, lines)) for lines in (drawn, came)]
    if sum(widths) + GAP > width:
        return [*drawn, [], *came]
    lines: list[Line] = []
    for left, right in zip_longest(drawn, came, fillvalue=[]):
        blanks = " " * (widths[0] + GAP - width_of(left))
        lines.append([*left, (blanks, "plain"), *right])
    return lines


def _drawn(
    trial: TrialRecord, study: StudyFacts, importance: Mapping[str, float], signs: Glyphs
) -> list[Line]:
    told = "  value, importance, place among all drawn, range"
    lines: list[Line] = [[(" Parameters", "title"), (told, "dim")]]
    names = sorted(trial.params, key=lambda name: -importance.get(name, 0.0))
    wide = max((cells(name) for name in names), default=0)
    values = {name: parameter(trial.params[name], signs.nothing) for name in names}
    value_wide = max((cells(value) for value in values.values()), default=0)
    for name in names:
        share = importance.get(name)
        rank = f"{100 * share:3.0f}%" if share is not None else "    "
        lines.append(
            [
                (f"  {pad(clean(name), wide)}  ", "plain"),
                (pad(values[name], value_wide), "bold"),
                (f"  {rank}  ", "dim"),
                (strip(study.space.get(name), trial.params[name], signs), "running"),
                (f"  {range_text(study.space.get(name))}", "dim"),
            ]
        )
    fixed = _fixed(study, trial)
    if fixed:
        lines += [[], [(" Fixed", "title")]]
        wide = max(cells(name) for name in fixed)
        lines += [
            [(f"  {pad(clean(name), wide)}  ", "dim"), (clean(value), "dim")]
            for name, value in fixed.items()
        ]
    return lines


def network_lines(
    trial: TrialRecord,
    study: StudyFacts,
    track: Track,
    signs: Glyphs,
    states: Sequence[LayerState] = (),
) -> list[Line]:
    """The network's layers with their sizes, and how gradient and learning rate went.

    Args:
        states: of the layers after training, where they are known.
    """
    layers = network(study, trial)
    if not layers:
        return [[(" the study does not say how wide its data is", "dim")]]
    arrow = "->" if signs is ASCII else "→"
    known = {state.name: state for state in states}
    norm = "|W|" if signs is ASCII else "‖W‖"
    rows = [
        ("layer", "shape", "activation", "parameters", "bytes", *((norm, "dead") if known else ()))
    ]
    for layer in layers:
        shape, count = f"{layer.inputs} {arrow} {layer.outputs}", layer.parameters
        state = _state(known.get(layer.name), signs) if known else ()
        sizes = f"{count:,}", f"{4 * count:,}"
        rows.append((layer.name, shape, layer.activation, *sizes, *state))
    total = sum(layer.parameters for layer in layers)
    empty = ("", "") if known else ()
    rows.append(("total", "", "", f"{total:,}", f"{4 * total:,}", *empty))
    lines: list[Line] = []
    for at, text in enumerate(aligned(rows, words=3)):
        ink = "dim" if at == 0 else "bold" if at == len(rows) - 1 else "plain"
        lines.append([(f"  {text}", ink)])
    if known:
        lines.append([("  dead: units that no validation row turns on", "dim")])
    lines.append([])
    for title, name in (("gradient norm", "gradient_norm"), ("learning rate", "learning_rate")):
        values = track.figure(name)
        if len(values):
            first, last = (parameter(float(values[at])) for at in (0, -1))
            drawn = spark(values, 24, signs.bars)
            told = f"  {first} {arrow} {last}"
            lines.append([(f"  {title}  ", "plain"), (drawn, "running"), (told, "dim")])
    return lines


def _state(state: LayerState | None, signs: Glyphs) -> tuple[str, str]:
    if state is None:
        return signs.nothing, signs.nothing
    dead = signs.nothing if state.dead is None else f"{100 * state.dead:.1f} %"
    return f"{state.weight_norm:.3f}", dead


def log_lines(trial: TrialRecord, events: Iterable[EventRecord], printed: str) -> list[Line]:
    """What was told of the trial, and what it printed."""
    lines: list[Line] = [
        [(f" {clock(event.time)} ", "dim"), (clean(event.text), "plain")]
        for event in events
        if event.trial == trial.number
    ]
    if trial.reason:
        lines.append([(f" {clean(trial.reason)}", "plain")])
    if printed.strip():
        lines += [[], [(" Printed", "title")]]
        lines += [[(f"  {clean(line)}", "dim")] for line in printed.splitlines()[-500:]]
    return lines or [[(f" nothing was told of #{trial.number}", "dim")]]


def heading(trial: TrialRecord, study: StudyFacts, best: bool, width: int, signs: Glyphs) -> Line:
    """The trial in one line; what tells least is left out where it does not fit."""
    sign = signs.best if best else getattr(signs, trial.state, " ")
    parts: Line = [
        (f" {sign} #{trial.number} ", "bold"),
        (trial.state, "best" if best else trial.state),
    ]
    for name in dict.fromkeys((study.metric, "val_cost", "val_accuracy")):
        value = figure_of(trial, name, study.metric)
        if value is not None:
            parts.append((f"   {figure_words(name, value)}", "bold"))
    if trial.best_epoch:
        parts.append((f"   best epoch {trial.best_epoch} of {trial.planned}", "dim"))
    worker = f" on w{trial.slot}" if trial.slot is not None else ""
    parts.append((f"   {trial.epochs} epochs in {duration(trial.seconds)}{worker}", "dim"))
    return fitting(parts, width)


def _result(
    trial: TrialRecord,
    study: StudyFacts,
    others: Sequence[TrialRecord],
    baseline: TrialRecord | None,
    signs: Glyphs,
) -> list[Line]:
    lines: list[Line] = []
    names = [n for n in figure_names(study) if n in trial.figures or n == study.metric]
    names = dict.fromkeys((*names, *sorted(trial.figures)))
    wide = max(cells(name) for name in names)
    for name in names:
        value = figure_of(trial, name, study.metric)
        text = figure_text(name, value, signs.nothing) + (
            "%" if is_share(name) and value is not None else ""
        )
        lines.append([(f"  {pad(clean(name), wide)}  ", "plain"), (text, "bold")])
    if trial.value is not None:
        known = [o.value for o in others if o.state == "complete" and o.value is not None]
        better = sum(_better(v, trial.value, study.direction) for v in known)
        told = f"  place {better + 1} of {len(known)} complete trials"
        place = told if trial.state == "complete" else ""
        if place:
            lines.append([(place, "dim")])
        if len(known) > 1:
            lines.append([("  " + _against("the median", trial.value, median(known)), "dim")])
        if baseline is not None and baseline.value is not None and baseline is not trial:
            told = _against(f"the baseline #{baseline.number}", trial.value, baseline.value)
            lines.append([("  " + told, "dim")])
    return lines


def _against(what: str, value: float, other: float) -> str:
    change = f", {100 * (value - other) / abs(other):+.1f} %" if other else ""
    return f"against {what}: {value - other:+.4g}{change}"


def _better(value: float, than: float, direction: str) -> bool:
    return value < than if direction == "minimize" else value > than


def _run(trial: TrialRecord, study: StudyFacts, signs: Glyphs) -> list[Line]:
    told = {
        "state": trial.state + (f": {clean(trial.reason)}" if trial.reason else ""),
        "seed": str(trial.seed),
        "attempt": str(trial.attempt),
        "started": clock(trial.started) if trial.started else signs.nothing,
        "trained for": duration(trial.seconds, signs.nothing),
        "parameters": f"{trial.parameters:,}" if trial.parameters is not None else signs.nothing,
        "data": clean(str(study.data.get("fingerprint", signs.nothing))),
    }
    wide = max(map(cells, told))
    return [[(f"  {pad(name, wide)}  ", "dim"), (value, "plain")] for name, value in told.items()]


def _fixed(study: StudyFacts, trial: TrialRecord) -> dict[str, str]:
    """What the study holds fixed and takes effect in this trial."""
    return {
        name: parameter(value)
        for name, value in values_of(study, trial).items()
        if name not in trial.params
    }
