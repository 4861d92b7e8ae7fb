"""Pictures: whatever the figures are, a path stays a path and a tick stays inside."""

import math
import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.report.plot import SIZE, along, dots, fixed, line, plot, ruler
from hpsearch.view.axes import axis
from hpsearch.view.raster import Scale
from tests.report.markupreader import read

anything = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30)


@given(anything, anything)
def test_a_line_passes_over_what_is_no_number(x, y):
    length = min(len(x), len(y))
    x, y = np.array(x[:length]), np.array(y[:length])
    d = line(x, y)
    assert re.fullmatch(r"(M-?\d+ -?\d+(h0|l-?\d+([ -]-?\d+)*))?", d)
    assert bool(d) == bool((np.isfinite(x) & np.isfinite(y)).any())


def test_a_line_is_told_by_its_steps():
    assert line(np.array([0.0, 0.1, 0.3]), np.array([1.0, 0.5, 0.75])) == "M0 0l100 500 200-250"
    assert line(np.array([0.0, 0.1, 0.3]), np.array([1.0, np.nan, np.inf])) == "M0 0h0"


@given(anything, anything)
def test_points_outside_are_left_out(x, y):
    length = min(len(x), len(y))
    found = re.findall(r"M(\d+) (\d+)h0", dots(np.array(x[:length]), np.array(y[:length])))
    inside = [0 <= a <= 1 and 0 <= b <= 1 for a, b in zip(x, y, strict=False)]
    assert len(found) == sum(inside)
    assert all(0 <= int(a) <= SIZE and 0 <= int(b) <= SIZE for a, b in found)


@given(anything, st.booleans(), st.booleans())
def test_an_axis_is_made_of_anything_or_of_nothing(values, log, percent):
    found = ruler([np.array(values)], "cost", log=log, percent=percent)
    if not any(math.isfinite(value) for value in values):
        assert found is None
    if found is not None:
        places = found.place(np.array(values))
        drawn = read(plot([], found, found, "nothing"))
        for label in drawn.every("span"):
            place = float(re.fullmatch(r"(?:top|left):(.+)%", label.attributes["style"] or "")[1])  # type: ignore[index]  # it matches
            assert 0 <= place <= 100
            assert label.text
        assert len(places) == len(values)


@given(anything, st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_the_best_is_always_inside(values, best):
    if best <= 0:
        best = abs(best) + 1.0
    found = ruler([np.array([*values, best])], "cost", log=True, within=best)
    if found is not None:
        assert -1e-9 <= float(found.place(np.array([best]))[0]) <= 1 + 1e-9


def test_options_stand_at_even_distances_with_room_around():
    one = axis("a", "a", {"choice": ["x", "y", "z"]}, [])
    places = [place for place, _ in along(one).marks]
    assert np.allclose(places, [1 / 6, 1 / 2, 5 / 6])


def test_a_range_of_one_value_has_an_axis():
    assert along(axis("a", "a", {"float": [0.5, 0.5]}, [0.5])).marks
    assert fixed(Scale(0.0, 60.0), "epoch").marks[0] == (0.0, "0")
