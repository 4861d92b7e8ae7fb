"""What a person has chosen to see, without a screen."""

from dataclasses import replace

import pytest

from hpsearch.dashboard.session import ALIKE, Session
from hpsearch.store.records import Counts
from hpsearch.view.fields import fields
from hpsearch.view.history import News
from hpsearch.view.rows import keys, sort
from hpsearch.view.status import Status
from tests.view.test_terse_columns import STUDY, TRIAL


def session_of(trials):
    session = Session("digits")
    counts = Counts(0, 0, len(trials), 0, 0, 0, len(trials))
    session.take(News(Status(STUDY, "finished", counts, None, 1.0, None), tuple(trials)))
    return session


def drawn(count, **params):
    return [
        replace(TRIAL, number=at, params={**TRIAL.params, **{n: v(at) for n, v in params.items()}})
        for at in range(count)
    ]


@pytest.mark.parametrize(("count", "shown"), [(ALIKE - 1, True), (ALIKE, False)])
def test_what_is_the_same_in_all_trials_has_no_column_once_there_are_some(count, shown):
    session = session_of(drawn(count, **{"training.learning_rate": lambda at: 0.1 + at}))
    names = [column.name for column in session.columns()]
    assert "training.learning_rate" in names
    assert ("network.layer_dims" in names) == shown
    session.chosen_columns = ("network.layer_dims",)
    assert session.columns()[-1].name == "network.layer_dims"


def test_a_later_trial_brings_the_column_back():
    session = session_of(drawn(250))
    assert "network.layer_dims" not in [column.name for column in session.columns()]
    other = [replace(TRIAL, number=250 + at, params={}) for at in range(20)]
    session.take(News(None, tuple(other)))
    assert "network.layer_dims" in [column.name for column in session.columns()]


def test_the_larger_network_comes_last_as_in_top():
    shapes = [(9, 9), (64,), (16, 16, 16)]
    trials = drawn(3, **{"network.layer_dims": lambda at: shapes[at]})
    session = session_of(trials)
    session.sort_by("network.layer_dims")
    known = fields(STUDY)
    assert list(session.order()) == [0, 2, 1]
    assert [t.number for t in sort(trials, keys("layers", known), known)] == [0, 2, 1]
