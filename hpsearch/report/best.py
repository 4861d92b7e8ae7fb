"""The best trial: what it reached, its values, its network, and the file that trains it again."""

from __future__ import annotations

from base64 import b64encode
from statistics import median

from hpsearch.report.markup import Child, Markup, prose, tag, verbatim
from hpsearch.report.material import FILE, Material
from hpsearch.report.tables import table
from hpsearch.store.records import TrialRecord
from hpsearch.study.events import STANDARD_ERROR
from hpsearch.study.examination import LayerState
from hpsearch.view.figures import figure_names, figure_of, is_share
from hpsearch.view.format import UNICODE, duration, figure, parameter, scored
from hpsearch.view.network import network, values_of
from hpsearch.view.ranges import position, range_text
from hpsearch.view.status import LIVE

MOST_REASONS = 12
"""Of failed trials, told one by one."""
_SIGNS = ("complete", "pruned", "diverged", "failed", "running", "waiting")


def summary(material: Material) -> list[Markup]:
    """Tiles of figures, and what has to be known to read them."""
    stands, best = material.status, material.best
    counts = stands.counts
    tiles = []
    if best is not None:
        names = figure_names(material.study)
        for at, name in enumerate(name for name in names if name != "train_cost"):
            value = figure_of(best, name, material.study.metric)
            if value is not None:
                error = best.standard_error if name == material.study.metric else None
                tiles.append(
                    _tile(name, _shown(name, value, error), _beside(name, material), not at)
                )
        tiles.append(_tile("best trial", f"#{best.number}",
                           f"epoch {best.best_epoch} of {best.planned}"))  # fmt: skip
    told = [[tag("span", f"{getattr(UNICODE, state)} {number:,} {state}"), " "]
            for state in _SIGNS if (number := getattr(counts, state))]  # fmt: skip
    of = f" of {counts.asked:,}" if counts.asked > counts.finished else ""
    tiles.append(_tile("trials", f"{counts.finished:,}{of}", told))
    trained = sum(trial.seconds for trial in material.trials)
    tiles.append(_tile("time", duration(stands.seconds), f"{duration(trained)} of training"))
    if best is not None and best.parameters is not None:
        tiles.append(_tile("network", f"{best.parameters:,}", "weights and biases"))
    return [tag("div", tiles, class_="tiles"), *_caution(material)]


def values(material: Material) -> Markup | None:
    """What the best trial drew, where in its range that lies, and what was fixed."""
    best, study = material.best, material.study
    if best is None:
        return None
    drawn = [
        (name, tag("b", parameter(best.params[name])), _where(study.space.get(name), best, name),
         tag("span", range_text(study.space.get(name)), class_="dim"))
        for name in material.searched if name in best.params
    ]  # fmt: skip
    fixed = [(name, parameter(value)) for name, value in values_of(study, best).items()
             if name not in best.params]  # fmt: skip
    left = range(4)
    parts = [
        tag("div", tag("h2", title), table((), rows, left=left))
        for title, rows in (("Found by the search", drawn), ("Fixed by the study", fixed))
        if rows
    ]
    return tag("div", parts, class_="beside")


def layers(material: Material) -> Child:
    """The network's table, or a word where its widths are not known."""
    best = material.best
    rows = network(material.study, best) if best is not None else ()
    if best is None or not rows:
        why = "the study does not say how wide its data is" if best else "no trial is complete"
        return tag("p", f"No network to show: {why}.", class_="empty")
    found = material.examination
    states = {} if isinstance(found, str) else {one.name: one for one in found.layers}
    dying = any(state.dead is not None for state in states.values())
    heads = ["layer", "shape", "activation", "parameters"]
    heads += ["‖W‖"] * bool(states) + ["dead"] * dying
    body = [
        (row.name, f"{row.inputs:,} → {row.outputs:,}", row.activation, f"{row.parameters:,}",
         *_state(states.get(row.name)))[: len(heads)]
        for row in rows
    ]  # fmt: skip
    total = f"{sum(row.parameters for row in rows):,}"
    foot = ("in all", "", "", total, "", "")[: len(heads)]
    note = tag("p", "Dead: units that no validation row turns on.", class_="note")
    return [table(heads, body, left=(0, 2), foot=foot), note if dying else None]


def _state(state: LayerState | None) -> tuple[str, str]:
    """The length of a layer's weights, and the share of its units that are dead."""
    if state is None:
        return UNICODE.nothing, UNICODE.nothing
    dead = UNICODE.nothing if state.dead is None else f"{100 * state.dead:.1f} %"
    return f"{state.weight_norm:.3f}", dead


def configuration(material: Material) -> Child:
    """The best trial as a study file, to be copied or saved."""
    if isinstance(material.best_file, str):
        return tag("p", f"There is none to copy: {material.best_file.rstrip('.')}.", class_="empty")
    text = material.best_file.text
    encoded = b64encode(text.encode("utf-8", "backslashreplace")).decode()
    return [
        tag("p", "The best trial as a study file, a value in place of every range. It belongs "
            "beside the study's own file.", class_="note"),
        code(text, "best-file", tag("a", f"Save {FILE}", download=FILE, class_="button",
                                    href=f"data:application/toml;base64,{encoded}")),
    ]  # fmt: skip


def code(text: str, name: str, *further: Child) -> Markup:
    """A text to be copied; the button is there where JavaScript is."""
    copy = tag("button", "Copy", type="button", data_copy=name, hidden=True, class_="button")
    block = tag("pre", tag("code", verbatim(text), id=name), tabindex=0)
    return tag("div", block, tag("div", copy, further, class_="buttons"), class_="code")


def failures(material: Material) -> Child:
    """Why trials failed or diverged, the most frequent reasons first; None: none did."""
    ended = [t for t in material.trials if t.state in ("failed", "diverged")]
    reasons: dict[tuple[str, str], list[int]] = {}
    for trial in sorted(ended, key=lambda trial: trial.number):
        reasons.setdefault((_alike(trial), trial.state), []).append(trial.number)
    if not reasons:
        return None
    often = sorted(reasons.items(), key=lambda item: -len(item[1]))
    rows = [
        (tag("span", reason or "no reason is known", class_="wrap"), state, f"{len(numbers):,}",
         f"#{numbers[0]}")
        for (reason, state), numbers in often[:MOST_REASONS]
    ]  # fmt: skip
    left = len(often) - MOST_REASONS
    note = tag("p", f"{left:,} rarer reasons are left out.", class_="note") if left > 0 else None
    return [table(("why", "state", "trials", "the first"), rows, left=(0, 1)), note]


def _alike(trial: TrialRecord) -> str:
    """A reason without what tells trials of one reason apart: epochs and figures."""
    words = trial.reason.split(" (")[0].split()
    return " ".join("N" if word.strip(".,").replace(".", "").isdigit() else word for word in words)


def _tile(name: str, value: str, beside: Child, first: bool = False) -> Markup:
    number, _, error = value.partition(" ±")
    told = [tag("span", number), [" ", tag("small", f"±{error}")] if error else None]
    kind = "tile first" if first else "tile"
    return tag("div", tag("span", name), tag("b", told), tag("small", beside), class_=kind)


def _shown(name: str, value: float, error: float | None) -> str:
    if is_share(name):
        spread = f" ±{100 * error:.1f}" if error is not None else ""
        return f"{100 * value:.1f} %{spread}"
    return scored(value, error)


def _beside(name: str, material: Material) -> str:
    """What a figure is to be compared with."""
    known = [value for trial in material.complete
             if (value := figure_of(trial, name, material.study.metric)) is not None]  # fmt: skip
    if len(known) < 2:
        return ""
    middle = median(known)
    told = f"{100 * middle:.1f} %" if is_share(name) else figure(middle)
    return f"median of {len(known):,} complete: {told}"


def _caution(material: Material) -> list[Markup]:
    """That the best of many looks better than it is, and how many are as good."""
    best, study = material.best, material.study
    if best is None:
        yet = " yet" if material.status.state in LIVE else ""
        why = f" The study is {material.status.state}: {study.why}." if study.why else ""
        return [tag("p", f"No trial is complete{yet}.{why}", class_="empty")]
    said = "These are validation figures"
    if len(material.complete) > 1:
        said += f": the best of {len(material.complete):,} looks somewhat better than it is"
    said += ". What it does on rows that nobody looked at, `hpsearch retrain` tells."
    error = best.figures.get(STANDARD_ERROR)
    if error and best.value is not None:
        near = sum(abs(one.value - best.value) <= error for one in material.complete[1:]
                   if one.value is not None)  # fmt: skip
        others = {0: "No other trial is", 1: "1 other trial is"}.get(
            near, f"{near:,} other trials are"
        )
        said += f" {others} within one standard error of it."
    return [tag("p", prose(said), class_="note")]


def _where(range_: object, trial: TrialRecord, name: str) -> Markup | None:
    at = position(range_, trial.params[name])
    if at is None:
        return None
    return tag("i", tag("i", style=f"left:{100 * at:.4g}%"), class_="strip")
