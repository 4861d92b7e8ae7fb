"""What the best trial's networks get wrong on the rows that the trial was judged by."""

from __future__ import annotations

from hpsearch.report.markup import Child, Markup, prose, tag, verbatim
from hpsearch.report.material import Material, placeless
from hpsearch.report.plot import SIZE
from hpsearch.report.tables import table
from hpsearch.study.confusion import Confusion
from hpsearch.study.events import STANDARD_ERROR
from hpsearch.study.examination import QUANTILES, Examination, Residuals
from hpsearch.view.format import UNICODE, scored
from hpsearch.view.heat import share, warmth

MOST_CLASSES = 30
"""Classes of a matrix; of more, those that are worst told apart are listed."""
MOST_SLIPS = 10
MOST_TARGETS = 24


def mistakes(material: Material) -> Child:
    """Figures, then matrices or residuals; a word where nothing is known."""
    found = material.examination
    if isinstance(found, str):
        return _absent(placeless(material.study, found)) if found else None
    return [
        _figures(found),
        [_confusion(one, len(found.confusions) > 1) for one in found.confusions[:MOST_TARGETS]],
        _residuals(found.residuals[:MOST_TARGETS]) if found.residuals else None,
        _left(max(len(found.confusions), len(found.residuals))),
        tag("p", "Which rows: ", tag("code", f"hpsearch examine {found.study} {found.trial}"),
            ".", class_="note"),
    ]  # fmt: skip


def _absent(why: str) -> Markup:
    """Why, and the commands that help, which stand on lines of their own."""
    lines = why.splitlines()
    words = " ".join(one for one in lines if not one.startswith("  "))
    commands = "\n".join(one.strip() for one in lines if one.startswith("  "))
    code = tag("pre", tag("code", verbatim(commands))) if commands else None
    return tag("div", tag("p", prose(words)), code, class_="empty")


def _figures(found: Examination) -> Markup:
    figures, metric = found.figures, found.metric
    names = sorted(figures, key=lambda name: (name != metric, name))
    told = [
        tag("span", name, " ", tag("b", scored(figures[name], error)))
        for name in names if name != STANDARD_ERROR
        for error in [figures.get(STANDARD_ERROR) if name == metric else None]
    ]  # fmt: skip
    asked = sum(one.rows for one in found.confusions)
    wrong = sum(one.wrong for one in found.confusions)
    rows = f"{found.rows:,} validation rows"
    if asked == found.rows:
        rows = f"{wrong:,} of {rows} wrong"
    elif asked:
        rows = f"{wrong:,} of {asked:,} predictions wrong, of {rows}"
    said = f"Trial #{found.trial}: {rows}, {found.judged}."
    if not found.agrees:
        said += " The leaderboard has another figure: another machine may round otherwise."
    return tag("div", tag("p", said), tag("p", told, class_="figures"))


def _confusion(confusion: Confusion, named: bool) -> Markup:
    title = tag("h3", confusion.target) if named else None
    inside = _matrix(confusion) if len(confusion.classes) <= MOST_CLASSES else _worst(confusion)
    return tag("div", title, tag("div", inside, _slips(confusion), class_="beside"))


def _matrix(confusion: Confusion) -> Markup:
    told = confusion.by_class()
    head = tag("tr", tag("th", "true ╲ said", class_="l"),
               [tag("th", tag("span", name), scope="col", title=name)
                for name in confusion.classes],
               tag("th", "recall", class_="sum"), tag("th", "rows", class_="sum"))  # fmt: skip
    rows = []
    for at, (row, one) in enumerate(zip(confusion.counts, told, strict=True)):
        cells = [
            tag("td", f"{count:,}" if count else "·", class_=_warm(count, one.rows, at == column),
                title=f"{count:,} of {one.rows:,} {one.name} called {confusion.classes[column]}"
                if count and at != column else None)
            for column, count in enumerate(row)
        ]  # fmt: skip
        rows.append(
            tag("tr", tag("th", tag("span", one.name), scope="row", class_="l", title=one.name),
                cells, tag("td", share(one.recall, UNICODE), class_="sum"),
                tag("td", f"{one.rows:,}", class_="sum"))
        )  # fmt: skip
    foot = tag("tr", tag("th", "precision", scope="row", class_="l"),
               [tag("td", share(one.precision, UNICODE)) for one in told],
               tag("td", class_="sum"), tag("td", f"{confusion.rows:,}", class_="sum"),
               class_="sum")  # fmt: skip
    matrix = tag("table", tag("thead", head), tag("tbody", rows), tag("tfoot", foot),
                class_="matrix")  # fmt: skip
    return tag("div", matrix, class_="scroll", tabindex=0)


def _warm(count: int, rows: int, right: bool) -> str:
    level = warmth(count, rows, right)
    return ("right" if right else "wrong") + str(level) if level else "none"


def _worst(confusion: Confusion) -> Markup:
    told = sorted(confusion.by_class(), key=lambda o: 2.0 if o.recall is None else o.recall)
    rows = [
        (one.name, share(one.precision, UNICODE), share(one.recall, UNICODE), f"{one.rows:,}")
        for one in told[:MOST_CLASSES]
    ]
    note = f"{len(told) - MOST_CLASSES:,} better ones are left out."
    heads = ("class", "precision %", "recall %", "rows")
    return tag("div", table(heads, rows), tag("p", note, class_="note"))


def _slips(confusion: Confusion) -> Markup:
    slips = confusion.slips()
    if not slips:
        return tag("p", "No row was taken for another class.")
    rows = [(f"{one.true} → {one.predicted}", f"{one.rows:,}") for one in slips[:MOST_SLIPS]]
    return table(("taken for another", "rows"), rows)


def _residuals(residuals: tuple[Residuals, ...]) -> Child:
    """How far off predictions are: a box a target, and its figures."""
    names = {0.0: "least", 0.5: "median", 1.0: "most"}
    heads = ["predicted minus true", "", *(names.get(q, f"{100 * q:g} %") for q in QUANTILES)]
    rows = [(one.target, _box(one.quantiles), *map(_off, one.quantiles)) for one in residuals]
    note = (
        "The box holds the middle half of the rows, the thin line nine of ten, and the upright one "
        "is where predictions are right."
    )
    return [table(heads, rows), tag("p", note, class_="note")]


def _off(value: float) -> str:
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _box(quantiles: tuple[float, ...]) -> Markup | None:
    """The middle nine tenths, the middle half, the median, and nought."""
    _, low, first, median, third, high, _ = quantiles
    ends = min(low, 0.0), max(high, 0.0)
    if not ends[1] > ends[0]:
        return None
    span = ends[1] - ends[0]
    places = [round(SIZE * (value - ends[0]) / span) for value in (low, first, median, third, high)]
    whiskers, box = (places[0], places[4]), (places[1], places[3])
    layers = [
        tag("path", class_="nought", d=f"M{round(-SIZE * ends[0] / span)} 0v20"),
        tag("path", class_="whisker", d=f"M{whiskers[0]} 10H{whiskers[1]}"),
        tag("path", class_="quartiles", d=f"M{box[0]} 3H{box[1]}V17H{box[0]}z"),
        tag("path", class_="median", d=f"M{places[2]} 3v14"),
    ]
    return tag("svg", layers, viewBox="0 0 1000 20", preserveAspectRatio="none", class_="residual",
               aria_hidden="true")  # fmt: skip


def _left(targets: int) -> Markup | None:
    left = targets - MOST_TARGETS
    return tag("p", f"{left:,} more targets are left out.", class_="note") if left > 0 else None
