"""Plain tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hpsearch.report.markup import Child, Markup, tag


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    left: Collection[int] = (0,),
    foot: Sequence[Child] = (),
    kind: str | None = None,
) -> Markup:
    """A table that is scrolled sideways where it is too wide.

    Args:
        heads: a name a column; none of them: no heading.
        rows: the first cell of each says what the row is about.
        left: columns that begin on the left; figures end on the right.
        foot: a last row that sums up.
        kind: a class of the style sheet.
    """
    head = tag("tr", [tag("th", name, scope="col", class_=_side(at, left))
                      for at, name in enumerate(heads)])  # fmt: skip
    parts = [
        tag("thead", head) if heads else None,
        tag("tbody", [_row(row, left) for row in rows]),
        tag("tfoot", _row(foot, left)) if foot else None,
    ]
    return tag("div", tag("table", parts, class_=kind), class_="scroll")


def _row(cells: Sequence[Child], left: Collection[int]) -> Markup:
    first, *others = cells
    return tag(
        "tr",
        tag("th", first, scope="row", class_=_side(0, left)),
        [tag("td", cell, class_=_side(at, left)) for at, cell in enumerate(others, 1)],
    )


def _side(at: int, left: Collection[int]) -> str | None:
    return "l" if at in left else None
