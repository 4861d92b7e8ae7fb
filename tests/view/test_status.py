"""How a study stands, and how long it will take."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.store.reader import Reader
from hpsearch.store.records import Counts
from hpsearch.view.eta import eta, sooner, spread
from hpsearch.view.status import status, true_state
from tests.view.madeup import BEGIN, MadeUp

counts = st.builds(
    Counts,
    asked=st.integers(0, 1000),
    complete=st.integers(0, 1000),
    pruned=st.integers(0, 100),
    diverged=st.integers(0, 10),
    failed=st.integers(0, 10),
)


@pytest.fixture
def snapshot(tmp_path):
    made = MadeUp(tmp_path / "digits").fill(30, running=2, waiting=1)
    with Reader(made.folder) as reader:
        yield reader.snapshot()
    made.close()


@given(counts, st.floats(min_value=0, max_value=1e7))
def test_what_is_left_takes_no_negative_time(counted, seconds):
    left = eta(counted, seconds)
    assert left is None or (left >= 0 and math.isfinite(left))
    if counted.finished >= counted.asked:
        assert left == 0
    elif counted.finished == 0:
        assert left is None


@given(counts, st.floats(min_value=1, max_value=1e6))
def test_more_finished_in_the_same_time_means_less_to_go(counted, seconds):
    further = replace(counted, complete=counted.complete + 1)
    before, after = eta(counted, seconds), eta(further, seconds)
    assert before is None or (after is not None and after <= before)


def test_half_the_trials_take_as_long_again():
    assert eta(Counts(asked=60, complete=20, pruned=10), 30.0) == pytest.approx(30.0)


def test_trials_in_training_count_by_their_epochs(snapshot):
    started = [replace(trial, epochs=20, planned=40) for trial in snapshot.running]
    assert eta(Counts(asked=10, complete=4), 10.0, started) == pytest.approx(5 * 10 / 5)


@pytest.mark.parametrize(
    ("stored", "alive", "true"),
    [
        ("running", True, "running"),
        ("running", False, "gone"),
        ("paused", False, "gone"),
        ("stopping", False, "gone"),
        ("stopped", False, "stopped"),
        ("finished", False, "finished"),
        ("failed", False, "failed"),
        ("finished", True, "finished"),
    ],
)
def test_an_engine_that_is_gone_could_not_say_so(stored, alive, true):
    assert true_state(stored, alive) == true


def test_status_in_json_has_the_agreed_keys(snapshot):
    shown = status(snapshot, alive=True, now=BEGIN + 32).to_json()
    assert list(shown) == [
        *("name", "state", "trials", "best", "seconds", "eta_seconds"),
        *("eta_spread_seconds", "workers", "busy_share"),
    ]
    assert list(shown["trials"]) == [
        *("asked", "complete", "pruned", "diverged", "failed", "running", "waiting"),
    ]
    assert list(shown["best"]) == ["number", "value", "params"]
    json.dumps(shown, allow_nan=False)


def test_where_the_engine_is_gone_nothing_runs_and_nothing_is_promised(snapshot):
    gone = status(snapshot, alive=False, now=BEGIN + 9999)
    assert (gone.state, gone.counts.running, gone.counts.waiting) == ("gone", 0, 3)
    assert gone.eta is None
    assert gone.seconds == 31.5


def test_seconds_go_on_between_two_writes_but_not_while_the_machine_slept(snapshot):
    assert status(snapshot, True, now=BEGIN + 32).seconds == pytest.approx(32)
    assert status(snapshot, True, now=BEGIN + 9999).seconds == pytest.approx(33.5)
    assert status(snapshot, True, now=BEGIN - 50).seconds == pytest.approx(31.5)


def test_a_budget_of_time_may_end_a_study_sooner_than_its_trials():
    counted = Counts(asked=100, complete=10, pruned=10)
    assert sooner(400.0, {}, counted, 100.0, 50.0) == 400.0
    assert sooner(400.0, {"timeout": 130.0}, counted, 100.0, 50.0) == 30.0
    assert sooner(400.0, {"complete_trials": 20}, counted, 100.0, 50.0) == 100.0
    assert sooner(400.0, {"cpu_time": 60.0}, counted, 100.0, 50.0) == 20.0
    assert sooner(None, {"timeout": 90.0}, Counts(asked=9), 100.0, 0.0) == 0.0


def test_the_spread_of_an_estimate_is_that_of_many_made_up_searches():
    ended, left, workers = 40, 60, 4
    rng = np.random.default_rng(0)
    durations = rng.gamma(4.0, 2.0, (4000, ended + left))
    known, to_come = durations[:, :ended], durations[:, ended:]
    errors = to_come.sum(1) / workers - known.mean(1) * left / workers
    pace = [ended, known.mean(), known.std(1, ddof=1).mean()]
    counted = Counts(asked=ended + left, complete=ended)
    assert spread(counted, pace, workers) == pytest.approx(errors.std(), rel=0.05)
