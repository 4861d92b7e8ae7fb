"""When a run ends, and what it says then."""

from hpsearch.engine.account import Account, Ending
from hpsearch.engine.budget import Budget, Tally
from hpsearch.engine.champion import Champion


def account(trials=4, **given):
    return Account(
        Budget(trials, **given), Tally(), Champion("val_cost", "minimize"), "runs/small/logs"
    )


def test_a_run_that_fails_again_and_again_says_why_its_last_trial_did():
    books = account(failures=2)
    books.ended(0, "complete", 0.5, 1.0, "")
    for number in (1, 2):
        books.ended(number, "failed", None, 1.0, f"ValueError: no {number}")
    assert not books.allows(running=0)
    ending = books.ending("running", "", dry=False)
    assert ending is not None
    assert ending.state == "failed"
    assert ending.why.startswith("2 trials in a row failed")
    assert "runs/small/logs" in ending.why
    assert ending.why.endswith("The last, #2: ValueError: no 2")


def test_a_budget_that_is_spent_stays_spent():
    books = account(cpu_time=10.0)
    books.tally.cpu = 11.0
    assert "10s of CPU time" in books.look()
    books.tally.cpu = 0.0
    assert not books.allows(running=0)
    assert books.ending("running", "", dry=False) == Ending("finished", books.spent)


def test_trials_that_run_count_toward_those_asked_for():
    books = account(trials=2)
    assert books.allows(running=1)
    assert not books.allows(running=2)


def test_a_run_ends_as_people_ask_or_when_nothing_is_left():
    books = account()
    assert books.ending("paused", "", dry=False) is None
    assert books.ending("draining", "drained by me", dry=False) == Ending(
        "stopped", "drained by me"
    )
    assert books.ending("running", "", dry=True).why.startswith("space exhausted")
