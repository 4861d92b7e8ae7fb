"""Dates and numbers as an order: every usual way of writing them, and no guess where it matters."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.data.moments import ranks
from hpsearch.data.table import Dialect, Table
from hpsearch.errors import DataError


def ranked(cells: list[str], decimal: str = ".") -> list[int]:
    frame = pl.DataFrame({"day": pl.Series(cells, dtype=pl.String)})
    return ranks(Table("t.csv", frame, Dialect(decimal=decimal)), "day").tolist()


@pytest.mark.parametrize(
    "cells",
    [
        ["2020-01-02", "2019-01-02", "2020-01-01", "2020-01-02"],
        ["31.12.2020", "1.1.2020", "05.3.2020", "31.12.2020"],
        ["12/31/2020", "01/02/2020", "2/1/2020", "12/31/2020"],
        ["31/12/2020", "02/01/2020", "01/02/2020", "31/12/2020"],
        ["31.12.20", "01.01.19", "05.03.20", "31.12.20"],
        [f"2020-01-02T{t}" for t in ("10:00:00Z", "09:00:00+02:00", "09:00:00Z", "10:00:00Z")],
        ["2020-01-02 10:00", "2020-01-01 11:00", "2020-01-02 09:59", "2020-01-02 10:00"],
        ["2020-03", "2019-12", "2020-01", "2020-03"],
        ["Mar 3, 2020", "Jan 1, 2020", "Feb 20, 2020", "Mar 3, 2020"],
        ["3 March 2020", "1 January 2020", "20 February 2020", "3 March 2020"],
        ["2020", "-3", "2018.5", "2020"],
    ],
)
def test_later_is_higher_and_the_same_is_equal(cells: list[str]) -> None:
    assert ranked(cells) == [2, 0, 1, 2]


@pytest.mark.parametrize("style", ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S"])
@settings(max_examples=30)
@given(st.lists(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)), min_size=2, max_size=20))
def test_the_order_is_that_of_the_moments(style: str, moments: list[datetime]) -> None:
    cells = [moment.strftime(style) for moment in moments]
    true = [datetime.strptime(cell, style) for cell in cells]
    assert ranked(cells) == np.unique(np.array(true), return_inverse=True)[1].tolist()


def test_a_decimal_comma_is_a_number() -> None:
    assert ranked(["1,5", "1,25", "10"], ",") == [1, 0, 2]


def test_columns_that_are_dates_already_are_taken_as_they_are() -> None:
    days = pl.Series("day", [datetime(2020, 1, 2), datetime(2019, 1, 1)])
    assert ranks(Table("t.parquet", pl.DataFrame([days])), "day").tolist() == [1, 0]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["2020-01-01", "oops", "2020-01-03"], "row 3, column 'day': 'oops' is not a date"),
        (["1", "2", "x", "4"], "row 4, column 'day': 'x' is not a number"),
        (["a", "b", "c"], "neither dates nor numbers"),
        (["10:20", "09:10"], "neither dates nor numbers"),
        (["03/04/2020", "04/02/2020"], "day first or month first"),
    ],
)
def test_what_cannot_be_put_in_order_is_named(cells: list[str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        ranked(cells)


def test_a_date_that_reads_both_ways_in_the_same_order_is_no_question() -> None:
    assert ranked(["01/01/2020", "02/02/2020", "03/03/2020"]) == [0, 1, 2]
