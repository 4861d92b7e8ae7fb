import json

from hypothesis import given
from hypothesis import strategies as st

from hpsearch.engine.stopping import EarlyStopping

values = st.lists(st.one_of(st.none(), st.floats(-5, 5)), max_size=60)


def ends(values, patience, stopping=None):
    stopping = stopping or EarlyStopping(patience, "minimize")
    return next((i for i, value in enumerate(values) if stopping.over(value)), None)


def test_it_ends_after_patience_epochs_without_a_better_value():
    assert ends([3, 2, 2, 2, 1], patience=2) == 3
    assert ends([3, 2, 2, 1, 1, 1], patience=2) == 5


def test_patience_zero_never_ends():
    assert ends([1.0] * 100, patience=0) is None


@given(values, st.integers(1, 9), st.integers(0, 60))
def test_put_aside_and_taken_up_it_ends_where_it_would_have(values, patience, cut):
    stopping = EarlyStopping(patience, "minimize")
    before = ends(values[:cut], patience, stopping)
    if before is not None:
        assert before == ends(values, patience)
        return
    again = EarlyStopping.from_json(json.loads(json.dumps(stopping.to_json())))
    after = ends(values[cut:], patience, again)
    assert (None if after is None else after + cut) == ends(values, patience)
