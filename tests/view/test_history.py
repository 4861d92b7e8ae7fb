"""What a view remembers: curves that grow, and trials in any order."""

import math
from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.store.records import EpochRecord, TrialRecord
from hpsearch.view.history import NO_TRACK, History, News, ordered

TRIAL = TrialRecord(0, "complete", 1, {}, 9, 5, 0.5, 4, {"val_cost": 0.5}, 12, 0, 1, 10.0, 12.0,
                    2.0, "", 0)  # fmt: skip
VALUES = st.one_of(st.just(math.nan), st.sampled_from([0.0, 1.0, math.inf]), st.floats(-9, 9))


def epochs(*numbers, cost=1.0):
    return [EpochRecord(n, cost, {"val_cost": cost}, 0.1, None, 2.0) for n in numbers]


@given(st.lists(st.tuples(VALUES, VALUES), max_size=12), st.tuples(st.booleans(), st.booleans()))
def test_the_first_key_decides_then_the_next_then_the_number(rows, falling):
    first, second = (array("d", column) for column in zip(*rows, strict=True)) if rows else ((), ())

    def place(value, falls):
        return (1, 0.0) if math.isnan(value) else (0, -value if falls else value)

    wanted = sorted(
        range(len(rows)),
        key=lambda n: (place(rows[n][0], falling[0]), place(rows[n][1], falling[1]), n),
    )
    keys = [(first, falling[0]), (second, falling[1])]
    assert ordered(list(reversed(range(len(rows)))), keys) == wanted


def test_only_the_numbers_asked_for_are_put_in_order():
    assert ordered([3, 1], [(array("d", [0.0, 2.0, 1.0, 1.0]), False)]) == [3, 1]


def test_a_curve_grows():
    track = NO_TRACK.extended(epochs(1, 2)).extended(epochs(3, cost=0.5))
    assert list(track.epochs) == [1, 2, 3]
    assert list(track.figure("val_cost")) == [1.0, 1.0, 0.5]
    assert list(track.seconds) == [2.0, 4.0, 6.0]
    assert all(map(math.isnan, track.figure("gradient_norm")))
    assert len(track.figure("nothing")) == 3


def test_epochs_trained_again_take_the_place_of_the_earlier_ones():
    track = NO_TRACK.extended(epochs(1, 2, 3, 4)).extended(epochs(3, cost=0.5))
    assert list(track.epochs) == [1, 2, 3]
    assert list(track.figure("val_cost")) == [1.0, 1.0, 0.5]
    assert list(track.seconds) == [2.0, 4.0, 6.0]


def test_a_figure_that_comes_later_is_missing_before():
    later = [EpochRecord(2, 1.0, {"val_cost": 1.0, "val_accuracy": 0.5}, 0.1, 3.0, 2.0)]
    track = NO_TRACK.extended(epochs(1)).extended(later)
    assert math.isnan(track.figure("val_accuracy")[0])
    assert track.figure("val_accuracy")[1] == 0.5


def test_a_column_follows_its_trials():
    history = History()

    def value():
        return history.column("value", lambda trial: trial.value)

    history.take(News(trials=(replace(TRIAL, number=0), replace(TRIAL, number=2, value=None))))
    assert value()[0] == 0.5
    assert math.isnan(value()[1])
    assert math.isnan(value()[2])
    before = history.revision
    history.take(News(trials=(replace(TRIAL, number=2, value=0.25),)))
    assert value()[2] == 0.25
    assert history.revision > before


@pytest.mark.parametrize("words", [("b", "a", "b"), ("x",), ("b", None, "a")])
def test_words_are_ordered_by_alphabet(words):
    history = History()
    drawn = [{} if word is None else {"a.b": word} for word in words]
    history.take(
        News(trials=tuple(replace(TRIAL, number=n, params=p) for n, p in enumerate(drawn)))
    )
    column = history.column("a.b", lambda trial: trial.params.get("a.b"))
    known = [n for n, word in enumerate(words) if word is not None]
    wanted = sorted(known, key=lambda n: (words[n], n))
    assert ordered(list(range(len(words))), [(column, False)])[: len(known)] == wanted
