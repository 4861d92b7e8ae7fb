import sqlite3

import pytest

from hpsearch.errors import RunError
from hpsearch.store import inbox, schema
from hpsearch.store.folder import RunFolder
from hpsearch.store.past import Best
from hpsearch.store.reader import NotYet, Reader
from hpsearch.store.soundness import FACTS
from hpsearch.store.writer import Store
from hpsearch.study.events import EpochDone, Trial
from tests.conftest import wait_for

TRIAL = Trial(0, {"network.layer_dims": (64, 32), "training.learning_rate": 0.1}, 7)

MEMORY = {"optuna": 3, "params": {}, "attrs": {}, "pruned": None}


def epoch(number, cost):
    return EpochDone(number, {"val_cost": cost}, 0.1, 1.0, 0.01)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "study.db")
    yield store
    store.close()


def test_what_is_written_comes_back(store):
    store.set(name="digits", trials=60)
    store.asked(TRIAL, MEMORY, planned=40, parameters=99)
    store.started(0, slot=1, attempt=1, pid=5, host="here", epochs=0)
    best = Best(2, 0.5, {"val_cost": 0.5})
    store.epochs(0, (epoch(1, 0.9), epoch(2, 0.5)), "val_cost", best, MEMORY, 0.02)
    store.finished(0, "complete", 0, 0.02, "", best)
    store.flush()
    (past,) = store.history()
    assert past.trial == TRIAL
    assert (past.state, past.value, past.attempt, past.failures) == ("complete", 0.5, 1, 0)
    assert past.curve == {1: 0.9, 2: 0.5}
    assert past.memory == MEMORY
    assert store.facts() == {"name": "digits", "trials": 60}


def test_a_new_attempt_forgets_the_epochs_it_will_train_again(store):
    store.asked(TRIAL, MEMORY, 40, 99)
    store.started(0, 0, 1, 5, "here", 0)
    store.epochs(0, (epoch(1, 0.9), epoch(2, 0.5), epoch(3, 0.7)), "val_cost", None, MEMORY, 0.1)
    store.put_back(0, "died", "killed")
    store.started(0, 0, 2, 6, "here", 2)
    store.flush()
    (past,) = store.history()
    assert past.curve == {1: 0.9, 2: 0.5}
    assert (past.attempt, past.failures) == (2, 1)
    assert store.best_of(0, ascending=True) == Best(2, 0.5, {"val_cost": 0.5})


@pytest.mark.parametrize(
    ("state", "kept"), [("complete", 0.5), ("pruned", 0.5), ("diverged", None), ("failed", None)]
)
def test_only_complete_and_pruned_trials_keep_a_value(store, state, kept):
    store.asked(TRIAL, MEMORY, 40, 99)
    store.started(0, 0, 1, 5, "here", 0)
    store.finished(0, state, 0, 0.1, "why", Best(1, 0.5, {"val_cost": 0.5}))
    store.flush()
    assert store.history()[0].value == kept


def test_a_view_reads_while_the_engine_writes(store, tmp_path):
    store.note("note", "one")
    store.flush()
    view = sqlite3.connect(f"file:{tmp_path}/study.db?mode=ro", uri=True)
    view.execute("BEGIN")
    view.execute("SELECT * FROM event").fetchall()
    store.note("note", "two")
    store.flush()
    view.close()


def test_garbage_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "study.db").write_bytes(b"garbage" * 1000)
    with pytest.raises(RunError, match="cannot be used"):
        Store(tmp_path / "study.db")


def test_a_database_of_another_version_is_refused(tmp_path):
    db = sqlite3.connect(tmp_path / "study.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(RunError, match="another version"):
        Store(tmp_path / "study.db")


def test_a_view_that_looks_while_the_tables_are_made_sees_none_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "TABLES", f"{schema.TABLES}; no such word")
    with pytest.raises(RunError, match="syntax error"):
        Store(tmp_path / "study.db")
    with pytest.raises(NotYet, match="is empty"):
        Reader(RunFolder(tmp_path))


def test_what_is_not_finite_is_never_stored(store):
    with pytest.raises(ValueError, match="JSON"):
        store.set(seconds=float("nan"))


def test_commands_are_taken_in_the_order_they_were_sent(tmp_path):
    sent = [inbox.send(tmp_path / "inbox", verb) for verb in ("pause", "resume", "stop")]
    (tmp_path / "inbox" / "junk.json").write_text("{")
    (tmp_path / "inbox" / ".half.json").write_text("{")
    found = inbox.waiting(tmp_path / "inbox")
    assert [command.verb for command in found] == ["pause", "resume", "stop", ""]
    for command in found:
        inbox.remove(tmp_path / "inbox", command)
    assert inbox.waiting(tmp_path / "inbox") == []
    assert sent[0].id < sent[1].id < sent[2].id


def test_the_log_is_folded_aside_and_cut_at_the_end(tmp_path):
    path = tmp_path / "study.db"
    store = Store(path)
    store.fold_aside()
    for number in range(300):
        store.set(number=number, filling="x" * 900)
        store.flush()
    wait_for(lambda: b"x" * 900 in path.read_bytes())
    assert store.facts()["number"] == 299
    store.close()
    assert not path.with_name("study.db-wal").exists()
    reopened = Store(path)
    assert reopened.facts()["number"] == 299
    reopened.close()


READS = {
    "facts": lambda store: store.facts(),
    "history": lambda store: store.history(),
    "best_of": lambda store: store.best_of(0, ascending=True),
    "taken": lambda store: store.taken("1.json"),
}


@pytest.mark.parametrize("read", READS)
def test_what_cannot_be_read_any_more_is_a_sentence(store, read):
    store._db.close()
    with pytest.raises(RunError, match="is damaged"):
        READS[read](store)


def test_every_fact_of_a_study_is_described_and_held_to_a_kind():
    described = [line.split()[0] for line in schema.KEYS.splitlines() if line[:1].strip()]
    assert sorted(described) == sorted(FACTS)
