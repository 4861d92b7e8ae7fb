"""The trials as a table: plain without JavaScript, and sorted by any column with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpsearch.report.markup import Child, Markup, joined, prose, tag
from hpsearch.report.material import Material
from hpsearch.report.plot import line
from hpsearch.store.records import TrialRecord
from hpsearch.view.columns import Column, columns
from hpsearch.view.fields import Fields, fields
from hpsearch.view.format import UNICODE, scored
from hpsearch.view.rows import Key, sort

LEFT_OUT = ("delta", "slot")
"""Columns of other views that say little to somebody else."""
ON_PAPER = 50
"""Rows that are printed."""
_PAPER_COLUMNS = 11
_SPARK = 40
"""Points of the small curve in a row, at most."""
_TITLES = {"number": "#", "state": "state", "epochs": "epochs", "seconds": "time"}
_TITLES |= {"parameters": "weights"}


def leaderboard(material: Material) -> Markup:
    """All trials that are shown, the best first, and what there is beside them."""
    shown, study = material.shown, material.study
    if not shown:
        return tag("p", "There are no trials yet.", class_="empty")
    every = [column for column in columns(material.board) if column.name not in LEFT_OUT]
    alike = [column for column in every if column.constant]
    kept = [column for column in every if not column.constant]
    least = sorted(kept, key=lambda column: column.rank)[_PAPER_COLUMNS:]
    read = fields(study, shown)
    heads = [_head(column, shown, read, column in least) for column in kept]
    rows = [_row(trial, at, kept, least, material) for at, trial in enumerate(shown)]
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows), class_="board")
    scroll = tag("div", table, class_="scroll tall", tabindex=0, role="region",
                 aria_label="Leaderboard")  # fmt: skip
    return tag("div", scroll, _notes(material, alike))


def link(
    material: Material, trial: TrialRecord, *inside: Child, tabindex: int | None = None
) -> Markup:
    """What leads to a trial's row, if it has one."""
    listed = trial.number in material.listed
    return tag("a", inside, href=f"#trial-{trial.number}" if listed else None, tabindex=tabindex)


def drawn(material: Material, trial: TrialRecord, kind: str, d: str) -> Markup | None:
    """A path that says which trial it is, and leads to its row; None where there is no path."""
    if not d:
        return None
    told = scored(trial.value, trial.standard_error)
    title = tag("title", f"#{trial.number}  {material.study.metric} {told}")
    # Out of the keyboard's way: there may be hundreds, and rows say the same.
    return link(material, trial, tag("path", title, class_=kind, d=d), tabindex=-1)


def _head(column: Column, shown: Sequence[TrialRecord], read: Fields, least: bool) -> Markup:
    title = _TITLES.get(column.name, column.title)
    if column.name == "curve":
        return tag("th", title, scope="col", class_=_class(column, least))
    ordered = sort(shown, [Key(column.name)], read)
    value = read.reader(column.name)
    none = sum(value(trial) is None for trial in shown)
    return tag(
        "th", title, scope="col", class_=_class(column, least),
        title=column.name if title != column.name else None,
        data_order=" ".join(str(trial.number) for trial in ordered), data_none=none or None,
    )  # fmt: skip


def _row(
    trial: TrialRecord,
    at: int,
    kept: Sequence[Column],
    least: Sequence[Column],
    material: Material,
) -> Markup:
    best = material.best is not None and trial.number == material.best.number
    cells = [_cell(column, trial, best, column in least, material) for column in kept]
    kinds = [trial.state, "top" if best else "", "" if at < ON_PAPER else "later"]
    return tag("tr", cells, id=f"trial-{trial.number}", class_=" ".join(filter(None, kinds)))


def _cell(
    column: Column, trial: TrialRecord, best: bool, least: bool, material: Material
) -> Markup:
    kind = _class(column, least)
    if column.name == "number":
        sign = tag("b", UNICODE.best, title="the best") if best else None
        return tag("th", sign, str(trial.number), scope="row", class_=kind)
    if column.name == "state":
        sign = getattr(UNICODE, trial.state, "")
        return tag("td", f"{sign} {trial.state}", class_=kind, title=trial.reason or None)
    if column.name == "curve":
        return tag("td", _spark(trial, material), class_=kind)
    return tag("td", column.text(trial, material.setting), class_=kind)


def _class(column: Column, least: bool) -> str | None:
    return " ".join(filter(None, ["" if column.right else "l", "least" if least else ""])) or None


def _spark(trial: TrialRecord, material: Material) -> Child:
    """The study's metric by epoch, as long as it trained of what was planned."""
    curve = material.sparks.get(trial.number, ())
    y = np.array([np.nan if value is None else value for value in curve], dtype=float)
    known = y[np.isfinite(y)]
    if len(known) < 2:
        return None
    if material.study.direction == "minimize" and known.min() > 0:
        y, known = np.log(y), np.log(known)
    low, high = float(known.min()), float(known.max())
    x = np.arange(1, len(y) + 1) / max(trial.planned, len(y))
    stride = max(1, len(y) // _SPARK)
    drawn = line(x[::stride] * 0.064, (y[::stride] - low) / ((high - low) or 1.0) * 0.016)
    # 64 units across and 16 down, from below: the field's own unit is 1,000
    return tag("svg", tag("path", d=drawn), class_="spark", viewBox="-1 983 66 18",
               aria_hidden="true")  # fmt: skip


def _notes(material: Material, alike: Sequence[Column]) -> Markup:
    said = []
    if alike:
        trial = material.shown[0]
        told = ", ".join(f"{one.title} {one.text(trial, material.setting)}" for one in alike)
        said.append(f"The same in all of these: {told}.")
    if len(material.shown) < len(material.trials):
        said.append(
            f"These are the first {len(material.shown):,} of {len(material.trials):,} trials; "
            "`hpsearch export --to csv` writes all of them."
        )
    paper = None
    if len(material.shown) > ON_PAPER:
        text = f"Printed are the first {ON_PAPER} of {len(material.shown):,} rows."
        paper = tag("p", text, class_="note paper")
    return joined([tag("p", prose(" ".join(said)), class_="note") if said else None, paper])
