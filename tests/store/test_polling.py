"""Polling: what adds up from one poll to the next is what is there."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpsearch.store.reader import Reader
from tests.view.madeup import MadeUp


@pytest.fixture
def made(tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits")
    yield made
    made.close()


@pytest.fixture
def reader(made):
    with Reader(made.folder) as reader:
        yield reader


def numbers(trials):
    return [trial.number for trial in trials]


def test_the_first_poll_brings_everything_but_the_curves_of_what_has_ended(made, reader):
    made.fill(5, running=1, waiting=1)
    made.note("note", "hello")
    made.epoch(0, 1, 0.5)
    made.epoch(5, 1, 0.4)
    first = reader.poll()
    assert numbers(first.trials) == [0, 1, 2, 3, 4, 5, 6]
    assert list(first.epochs) == [5]
    assert first.events == ()
    assert reader.poll(first.revision).trials == ()


def test_a_poll_brings_what_started_went_on_and_ended(made, reader):
    made.trial(0, "running", 0.5, epochs=2)
    made.epoch(0, 1, 0.6)
    made.epoch(0, 2, 0.5)
    first = reader.poll()
    made.trial(0, "complete", 0.4, epochs=3)
    made.epoch(0, 3, 0.4)
    made.trial(1, "pruned", 0.7, epochs=1)
    made.epoch(1, 1, 0.7)
    made.note("best", "#0 new best")
    second = reader.poll(first.revision)
    assert [(t.number, t.state) for t in second.trials] == [(0, "complete"), (1, "pruned")]
    assert {n: numbers(epochs) for n, epochs in second.epochs.items()} == {0: [3], 1: [1]}
    assert [event.text for event in second.events] == ["#0 new best"]
    assert second.best is not None
    assert second.best.number == 0


def test_a_trial_that_began_anew_brings_its_whole_curve_and_says_so(made, reader):
    made.trial(0, "running", 0.5, epochs=2, attempt=1)
    made.epoch(0, 1, 0.6)
    made.epoch(0, 2, 0.5)
    first = reader.poll()
    made.db.execute("DELETE FROM epoch")
    made.epoch(0, 1, 0.61)
    made.trial(0, "running", 0.61, epochs=1, attempt=2)
    second = reader.poll(first.revision)
    assert second.restarted == {0}
    assert [epoch.value for epoch in second.epochs[0]] == [0.61]


def test_a_failed_trial_that_is_tried_again_is_seen_twice(made, reader):
    made.trial(0, "failed")
    first = reader.poll()
    made.trial(0, "waiting", told=None)
    second = reader.poll(first.revision)
    assert [trial.state for trial in second.trials] == ["waiting"]
    made.trial(0, "complete", 0.5, told=0)  # a place that was given before
    third = reader.poll(second.revision)
    assert [trial.state for trial in third.trials] == ["complete"]
    assert reader.poll(third.revision).trials == ()


STEPS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from(["waiting", "running", "complete", "pruned", "diverged", "failed"]),
        st.sampled_from([0.1, 0.2, 0.3]),
        st.booleans(),
    ),
    max_size=15,
)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_polls_add_up_to_what_a_view_would_read_at_once(made, reader, steps):
    made.db.execute("DELETE FROM trial")
    made.db.execute("DELETE FROM epoch")
    delta = reader.poll()
    known, curves = {}, {}
    ended = {}
    for number, state, value, look in steps:
        if ended.get(number):
            continue  # a finished trial is never changed
        epochs = len(curves.get(number, ())) + 1
        made.trial(number, state, value, epochs=epochs, attempt=1)
        made.epoch(number, epochs, value)
        curves[number] = [*curves.get(number, ()), value]
        ended[number] = state not in ("waiting", "running")
        if look:
            delta = merged(reader, delta, known)
    merged(reader, delta, known)
    assert [trial for trial, _ in known.values()] == list(reader.trials())
    assert {number: curve for number, (_, curve) in known.items()} == curves
    assert {n: list(c) for n, c in reader.curves(curves).items()} == curves


def merged(reader, before, known):
    """One more poll, taken into what is known: number → (trial, curve)."""
    delta = reader.poll(before.revision)
    for trial in delta.trials:
        curve = [] if trial.number in delta.restarted else known.get(trial.number, (0, []))[1]
        more = [epoch.value for epoch in delta.epochs.get(trial.number, ())]
        known[trial.number] = (trial, curve + more)
    ordered = dict(sorted(known.items()))
    known.clear()
    known.update(ordered)
    return delta


def test_a_sample_is_spread_over_the_numbers(made, reader):
    for number in range(100):
        made.trial(number, "complete", 0.5)
    made.trial(100, "failed")
    assert numbers(reader.sample("complete", 4)) == [0, 25, 50, 75]
    assert len(reader.sample("complete", 1000)) == 100


def test_attempts_say_how_each_ended(made, reader):
    made.db.execute("INSERT INTO attempt VALUES (3, 1, 0, 77, 'here', 1.0, 2.0, 'died', 'killed')")
    made.db.execute("INSERT INTO attempt VALUES (3, 2, 1, 78, 'here', 2.5, NULL, NULL, '')")
    first, second = reader.attempts(3)
    assert (first.outcome, first.reason, second.outcome) == ("died", "killed", None)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_place_is_that_on_the_leaderboard(made, reader, direction):
    for number, value in enumerate([0.5, 0.1, 0.5, 0.3]):
        made.trial(number, "complete", value)
    made.trial(9, "pruned", 0.01)
    board = [trial for trial in reader.leaderboard(direction) if trial.state == "complete"]
    assert [reader.place(trial, direction) for trial in board] == [1, 2, 3, 4]
    assert reader.place(reader.trial(9), direction) is None


def test_workers_are_busy_but_for_the_gaps_between_their_trials(made, reader):
    assert reader.busy() is None
    rows = [(0, 0, 1.0, 4.0), (1, 1, 1.0, 9.0), (2, 0, 5.0, 8.0), (3, 0, 8.0, None)]
    for trial, slot, started, ended in rows:
        made.db.execute(
            "INSERT INTO attempt VALUES (?, 1, ?, 7, 'here', ?, ?, 'finished', '')",
            (trial, slot, started, ended),
        )
    assert reader.busy() == pytest.approx(6 / 7)  # slot 0 waited from 4 to 5; slot 1 took up one
    assert reader.busy(since=5.0) == 1.0
    assert reader.busy(since=8.0) is None
