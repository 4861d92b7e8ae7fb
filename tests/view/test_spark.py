"""Curves in a few cells."""

from hypothesis import given
from hypothesis import strategies as st

from hpsearch.view.spark import ASCII_BARS, BARS, spark

CURVES = st.lists(st.none() | st.floats(), max_size=40)


@given(CURVES, st.integers(0, 12), st.booleans())
def test_any_curve_takes_at_most_its_cells(curve, cells, log):
    text = spark(curve, cells, log=log)
    assert len(text) == min(cells, len(curve))
    assert set(text) <= set(BARS + " ")


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=8, unique=True))
def test_the_lowest_is_the_lowest_bar_and_the_highest_the_highest(curve):
    text = spark(curve, 8)
    assert text[curve.index(min(curve))] == BARS[0]
    assert text[curve.index(max(curve))] == BARS[-1]


def test_a_cost_that_falls_by_tenths_falls_evenly():
    assert spark([1.0, 0.1, 0.01, 0.001], 4, "0123456789") == "9630"
    assert spark([-1.0, 0.0, 1.0], 3, "012") == "012"


def test_bars_can_be_ascii():
    assert spark([3.0, 1.0], 2, ASCII_BARS).isascii()
