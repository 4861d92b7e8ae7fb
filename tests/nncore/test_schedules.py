import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore.schedules import Constant, Continuous, Discrete, WarmUp, schedules


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (schedules["none"](), [1.0, 1.0, 1.0, 1.0]),
        (Continuous(1.0), [1.0, 1 / 2, 1 / 3, 1 / 4]),
        (Discrete(1.0, 2), [1.0, 1.0, 1 / 2, 1 / 2]),
        (Discrete(0.5), [1.0, 1 / 1.5, 1 / 2.0, 1 / 2.5]),
        (WarmUp(3, Constant()), [1 / 4, 2 / 4, 3 / 4, 1.0]),
    ],
)
def test_the_first_epochs_learn_at(schedule, expected):
    assert [schedule(epoch, 4) for epoch in range(4)] == pytest.approx(expected)


def test_the_tenth_epoch_is_computed_from_the_base_rate_and_does_not_compound():
    assert Continuous(1.0)(9, 10) == pytest.approx(0.1)


def test_a_fifth_of_the_epochs_is_one_step_by_default():
    factors = [Discrete(1.0)(epoch, 50) for epoch in range(50)]
    assert [factors.index(f) for f in sorted(set(factors), reverse=True)] == [0, 10, 20, 30, 40]


@pytest.mark.parametrize("name", schedules)
@given(epochs=st.integers(1, 300), data=st.data())
def test_a_factor_lies_between_nothing_and_one(name, epochs, data):
    epoch = data.draw(st.integers(0, epochs - 1))
    assert 0.0 < schedules[name]()(epoch, epochs) <= 1.0


@pytest.mark.parametrize("name", [name for name in schedules if name != "warmup"])
def test_the_first_epoch_learns_at_the_base_rate_and_no_later_one_faster(name):
    factors = [schedules[name]()(epoch, 60) for epoch in range(60)]
    assert factors[0] == 1.0
    assert factors == sorted(factors, reverse=True)


@pytest.mark.parametrize("name", schedules)
def test_a_schedule_compares_and_travels(name):
    schedule = schedules[name]()
    assert pickle.loads(pickle.dumps(schedule)) == schedule  # noqa: S301  # made here


@pytest.mark.parametrize("name", ["continuous", "discrete", "exponential"])
def test_a_decay_that_does_nothing_is_refused(name):
    with pytest.raises(ValueError, match="choose none"):
        schedules[name](decay_rate=0.0)  # type: ignore[call-arg]  # the registry knows no keywords


def test_a_step_of_no_epochs_is_refused():
    with pytest.raises(ValueError, match="decay_interval is 0"):
        Discrete(0.1, 0)
