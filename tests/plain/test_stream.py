"""A study as a stream of batches, from the first look to its end."""

import pytest

from hpsearch.errors import RunError
from hpsearch.plain.stream import PATIENCE, follow
from hpsearch.store.folder import RunFolder
from hpsearch.store.records import Mark
from tests.view.madeup import BEGIN, MadeUp


class Script:
    """Stands in for a person's patience: does the next thing at each wait, then leaves."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.waits = 0

    def is_set(self):
        return False

    def wait(self, timeout=None):
        self.waits += 1
        if not self.steps:
            return True
        self.steps.pop(0)()
        return False


def idle():
    """A moment in which nothing happens."""


@pytest.fixture
def made(tmp_path):
    made = MadeUp(tmp_path / "digits")
    yield made
    made.close()


def batches(made, *steps, since=None, alive=lambda: True):
    folder = made if isinstance(made, RunFolder) else made.folder
    return list(follow(folder, alive, Script(*steps), since, clock=lambda: BEGIN + 10))


def told(found):
    return [(h.what, h.number) for batch in found for h in batch.happenings]


def test_the_first_batch_says_how_it_stands_and_what_runs(made):
    made.fill(3, running=2)
    (batch,) = batches(made)
    assert told([batch]) == [("study_start", None), ("trial_start", 4), ("trial_start", 3)]
    assert batch.status.counts.finished == 3
    assert not batch.last


def test_from_a_mark_on_nothing_is_missed(made):
    made.fill(3, running=0)
    assert [what for what, _ in told(batches(made, since=Mark()))].count("trial_end") == 3


def test_a_trial_starts_before_it_ends_even_between_two_looks(made):
    def quick():
        made.trial(0, "complete", 0.5)

    assert told(batches(made, quick)) == [
        ("study_start", None),
        ("trial_start", 0),
        ("trial_end", 0),
    ]


def test_each_thing_is_told_once(made):
    steps = (
        lambda: made.trial(0, "running", 0.9),
        idle,
        lambda: made.trial(0, "running", 0.8),
        lambda: made.trial(0, "complete", 0.5),
        lambda: made.note("best", "#0 is the best so far", 0),
        idle,
    )
    assert told(batches(made, *steps)) == [
        ("study_start", None),
        ("trial_start", 0),
        ("trial_end", 0),
        ("best", 0),
    ]


def test_another_attempt_is_another_start(made):
    steps = (
        lambda: made.trial(0, "running"),
        lambda: made.note("retried", "#0 is tried again", 0),
        lambda: made.trial(0, "running", attempt=2),
    )
    assert told(batches(made, *steps))[1:] == [
        ("trial_start", 0),
        ("warning", 0),
        ("trial_start", 0),
    ]


def test_the_end_that_made_a_new_best_says_so(made):
    def end():
        made.db.execute("BEGIN")
        made.trial(0, "complete", 0.5)
        made.trial(1, "complete", 0.9)
        made.note("best", "#0", 0)
        made.db.execute("COMMIT")

    found = batches(made, end)
    ends = {h.number: h.best for b in found for h in b.happenings if h.what == "trial_end"}
    assert ends == {0: True, 1: False}


def test_the_stream_ends_with_the_study(made):
    found = batches(made, idle, lambda: made.say(state="finished", why="done"), idle, idle)
    assert found[-1].last
    assert [batch.last for batch in found] == [False, False, True]
    assert [(h.what, h.kind, h.text) for h in found[-1].happenings] == [
        ("state", "finished", "done")
    ]


def test_pausing_and_going_on_are_told(made):
    found = batches(made, lambda: made.say(state="paused"), lambda: made.say(state="running"))
    assert [h.kind for b in found for h in b.happenings if h.what == "state"] == [
        "paused",
        "running",
    ]


def test_an_engine_that_dies_without_a_word_is_gone(made):
    lives = iter([True, True, True, False])  # once more to open the store
    found = batches(made, idle, idle, idle, alive=lambda: next(lives))
    assert [batch.status.state for batch in found] == ["running", "running", "gone"]
    assert found[-1].happenings[-1].kind == "gone"


def test_an_engine_that_ends_between_lock_and_store_is_not_gone(made):
    """The lock is asked before the store is read; the engine writes its end in between."""

    def alive():
        made.say(state="finished")
        return True

    assert batches(made, alive=alive)[-1].status.state == "finished"


def test_where_nothing_is_written_the_store_is_not_read_again(made):
    made.fill(2, running=0)
    first, *others = batches(made, idle, idle, since=Mark())
    assert len(others) == 2
    assert all(batch.happenings == () for batch in others)
    assert first.happenings


def test_an_engine_just_starting_is_waited_for(tmp_path):
    folder = RunFolder(tmp_path / "digits")
    made = []
    steps = (idle, lambda: made.append(MadeUp(folder.path).fill(1, running=0)))
    found = batches(folder, *steps, since=Mark())
    assert told(found) == [("study_start", None), ("trial_start", 0), ("trial_end", 0)]
    made[0].close()


def test_a_study_without_its_facts_is_waited_for(made):
    made.db.execute("DELETE FROM study WHERE key = 'name'")
    found = batches(made, idle, lambda: made.say(name="digits"))
    assert told(found) == [("study_start", None)]


def test_waiting_for_an_engine_that_is_not_there_is_an_error_at_once(tmp_path):
    with pytest.raises(RunError, match=r"no study\.db"):
        batches(RunFolder(tmp_path), alive=lambda: False)


def test_waiting_for_an_engine_that_never_writes_ends(tmp_path):
    with pytest.raises(RunError, match=r"no study\.db"):
        batches(RunFolder(tmp_path), *[idle] * (2 * PATIENCE))


def test_leaving_while_waiting_for_the_store_leaves(tmp_path):
    assert batches(RunFolder(tmp_path)) == []
