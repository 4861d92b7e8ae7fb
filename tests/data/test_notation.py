"""Numbers as people write them, in CSV files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.data import load
from hpsearch.data.columns import Unusable, judge
from hpsearch.data.notation import plain
from hpsearch.data.readers import read
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions


@pytest.mark.parametrize(
    ("decimal", "cells", "numbers"),
    [
        (".", ["1,234.50", "12", "1,000,000"], ["1234.50", "12", "1000000"]),
        (",", ["1.234,50", "12", "-1.000"], ["1234,50", "12", "-1000"]),
        (",", ["1 234,50", "1\u00a0000", "7"], ["1234,50", "1000", "7"]),
        (".", ["1'234.5", "2’000"], None),
        (".", ["$5", "-$1,200.10", "$-3", "$0"], ["5", "-1200.10", "-3", "0"]),
        (",", ["5 €", "1.200,10 €"], ["5", "1200,10"]),
        (".", ["EUR 5", "7 EUR"], ["5", "7"]),
        (".", ["−5", "3"], ["-5", "3"]),
        (".", ["12%", "7.5 %", "-3%"], ["0.12", "0.075", "-0.03"]),
        (",", ["12,5%", "100%"], ["0,125", "1,0"]),
        (".", ["12%", "0.5"], None),
        (".", ["$5", "€5"], None),
        (".", ["$5", "5"], None),
        (".", ["1,234", "5678"], None),
        (",", ["2.866,38", "1275,78"], ["2866,38", "1275,78"]),
        (".", ["1,234,500", "5678"], ["1234500", "5678"]),
        (",", ["2.866,38", "1.275", "5678"], None),
        (".", ["1,23", "4"], None),
        (".", ["0,123", "4"], None),
        (".", ["5 kg", "7 kg"], None),
        (".", ["1", "2.5"], None),
        (".", ["a", "b"], None),
    ],
)
def test_a_column_is_bare_numbers_where_all_of_it_is_written_so(
    decimal: str, cells: list[str], numbers: list[str] | None
) -> None:
    frame, notes, _ = plain(pl.DataFrame({"a": cells}), decimal)
    assert frame["a"].to_list() == (numbers or cells)
    assert len(notes) == (numbers is not None)


def test_what_was_read_is_said_with_an_example(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a;price\n1;$1,234.50\n2;\n3;"$7"\n')
    table = read(path)
    assert table.frame["price"].to_list() == ["1234.50", None, "7"]
    assert table.notes[-1] == (
        "Column 'price': 2 cells such as '$1,234.50' read as the number 1234.50."
    )


def test_why_such_a_column_is_left_out_names_a_cell_that_is_the_reason() -> None:
    cells = [f"{at},5" for at in range(70)] + [f"about {at}" for at in range(30)]
    found = judge(pl.Series("a", cells), np.arange(100), ",")
    assert isinstance(found, Unusable)
    assert "70% numbers, and such as 'about 0'; write these as the others are" in found.reason


def test_the_decimal_mark_is_guessed_behind_thousands_and_currencies(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;price\n1;1.234,50 €\n2;7,25 €\n")
    table = read(path)
    assert table.dialect.decimal == ","
    assert table.frame["price"].to_list() == ["1234,50", "7,25"]


def test_a_bad_cell_among_such_numbers_is_named_by_row_and_column(tmp_path: Path) -> None:
    rows = [f'"${at},{at + 100}.5",{at % 2}' for at in range(1, 61)]
    rows[40] = "oops,1"
    (tmp_path / "t.csv").write_text("price,y\n" + "\n".join(rows))
    with pytest.raises(DataError, match=r"t\.csv: row 42, column 'price': 'oops' is not a number"):
        load(DataOptions(path=tmp_path / "t.csv", target=("y",)))


def test_such_numbers_are_learnt_from_like_bare_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    prices, y = rng.integers(1, 10**7, 60) / 100, np.arange(60) % 2
    for name, form in (("bare.csv", "{:.2f}"), ("written.csv", '"${:,.2f}"')):
        lines = [f"{form.format(price)},{at}" for price, at in zip(prices, y, strict=True)]
        (tmp_path / name).write_text("price,y\n" + "\n".join(lines))
    bare, written = (
        load(DataOptions(path=tmp_path / name, target=("y",)))
        for name in ("bare.csv", "written.csv")
    )
    assert bare.fingerprint == written.fingerprint


def test_the_example_is_the_cell_that_tells_most() -> None:
    _, notes, _ = plain(pl.DataFrame({"a": ["0 %", None, "12,5 %", "5 %"]}), ",")
    assert notes == ("Column 'a': 3 cells such as '12,5 %' read as the number 0,125.",)
