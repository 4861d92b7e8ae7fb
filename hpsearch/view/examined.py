"""What a trial's networks do on its validation rows, as lines."""

from __future__ import annotations

from collections.abc import Mapping

from hpsearch.study.events import STANDARD_ERROR
from hpsearch.study.examination import QUANTILES, Examination, FarRow, WrongRow
from hpsearch.view.format import ASCII, Glyphs, cells, clean, cut, figure, pad, scored
from hpsearch.view.heat import confusion_lines
from hpsearch.view.inked import Line
from hpsearch.view.thumbnails import gallery


def examined_lines(
    examination: Examination, width: int, signs: Glyphs, colour: bool = True
) -> list[Line]:
    """Figures; then matrix, slips and wrong rows, or residuals and rows far off.

    Args:
        colour: whether images may be drawn in colours, two pixels a cell.
    """
    lines = [*_heading(examination, signs), []]
    for confusion in examination.confusions:
        if len(examination.confusions) > 1:
            lines.append([(f" {clean(confusion.target)}", "title")])
        lines += [*confusion_lines(confusion, width, signs), []]
    lines += _wrong(examination.wrong, width, signs, colour)
    lines += _residuals(examination, signs)
    lines += _far(examination.far)
    return lines


def _heading(examination: Examination, signs: Glyphs) -> list[Line]:
    figures, metric = examination.figures, examination.metric
    told: Line = [(" ", "plain")]
    for name in sorted(figures, key=lambda name: (name != metric, name)):
        if name != STANDARD_ERROR:
            error = figures.get(STANDARD_ERROR) if name == metric else None
            value = scored(figures[name], error, signs)
            told += [(f"{clean(name)} ", "dim"), (f"{value}   ", "bold")]
    asked = sum(confusion.rows for confusion in examination.confusions)
    wrong = sum(confusion.wrong for confusion in examination.confusions)
    rows = f"{examination.rows:,} validation rows"
    if asked == examination.rows:
        rows = f"{wrong:,} of {rows} wrong"
    elif asked:  # several labels a row, or several networks
        rows = f"{wrong:,} of {asked:,} predictions wrong, of {rows}"
    rows = f" {rows}, {examination.judged}"
    lines: list[Line] = [told, [(rows, "dim")]]
    if not examination.agrees:
        value = figure(examination.value, signs.nothing)
        said = f" the leaderboard says {value}: another machine may round otherwise"
        lines.append([(said, "warning")])
    return lines


def _wrong(rows: tuple[WrongRow, ...], width: int, signs: Glyphs, colour: bool) -> list[Line]:
    """Rows that were taken for something else, the surest first."""
    if not rows:
        return []
    arrow = "->" if signs is ASCII else "→"
    lines: list[Line] = [[(" Wrong, the surest first", "title"),
                          (f"   true {arrow} taken for, with its probability", "dim")]]  # fmt: skip
    images = [
        (row.image, f"{clean(row.true)} {arrow} {clean(row.predicted)} {row.probability:.2f}")
        for row in rows
        if row.image is not None
    ]
    if images:
        return [*lines, *gallery(images, width, signs, colour), []]
    several = len({row.target for row in rows}) > 1
    called = [
        (f"{clean(row.target)}: " if several else "")
        + f"{clean(row.true)} {arrow} {clean(row.predicted)}"
        for row in rows
    ]
    called = [cut(name, 40, signs.more) for name in called]
    wide = max(map(cells, called))
    for row, name in zip(rows, called, strict=True):
        start: Line = [(f" {row.row:>8,}  ", "dim"), (f"{pad(name, wide)} ", "plain")]
        lines.append([*start, (f"{row.probability:5.2f}  ", "bold"), (_cells(row.cells), "dim")])
    return [*lines, []]


def _residuals(examination: Examination, signs: Glyphs) -> list[Line]:
    """How far off predictions are, by shares of the rows."""
    if not examination.residuals:
        return []
    lines: list[Line] = [[(" Predicted minus true", "title")]]
    names = [cut(clean(one.target), 20, signs.more) for one in examination.residuals]
    wide = max(map(cells, names))
    heading = "".join(pad(_quantile(q), 11, right=True) for q in QUANTILES)
    lines.append([(f" {pad('', wide)}{heading}", "dim")])
    for name, one in zip(names, examination.residuals, strict=True):
        told = "".join(pad(_figure(value), 11, right=True) for value in one.quantiles)
        lines.append([(f" {name:<{wide}}", "plain"), (told, "bold")])
    return [*lines, []]


def _quantile(part: float) -> str:
    return {0.0: "least", 0.5: "median", 1.0: "most"}.get(part, f"{100 * part:g} %")


def _far(rows: tuple[FarRow, ...]) -> list[Line]:
    if not rows:
        return []
    lines: list[Line] = [[(" Furthest off", "title")]]
    lines.append([(f" {'row':>8}  {'true':>11} {'predicted':>11} {'off':>11}", "dim")])
    several = len({row.target for row in rows}) > 1
    for row in rows:
        of = f"{clean(row.target)}  " if several else ""
        told = f"{_figure(row.true):>11} {_figure(row.predicted):>11}"
        off = _figure(row.predicted - row.true)
        lines.append([(f" {row.row:>8,}  ", "dim"), (told, "plain"), (f" {off:>11}  ", "bold"),
                      (of + _cells(row.cells), "dim")])  # fmt: skip
    return [*lines, []]


def _figure(value: float) -> str:
    return f"{value:.4g}"


def _cells(cells: Mapping[str, str]) -> str:
    return "  ".join(f"{clean(name)} {clean(value) or '-'}" for name, value in cells.items())
