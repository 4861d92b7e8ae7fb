"""Damaged files of a run folder: read, or refused in a sentence; never a traceback."""

import re
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from hpsearch.engine.checkpoint import Checkpoint
from hpsearch.engine.checkpoints import Checkpoints
from hpsearch.errors import RunError
from hpsearch.store import inbox
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.writer import Store
from hpsearch.study.events import EpochDone, Trial
from hpsearch.system import holder, last_words
from tests.chaos.formats import KINDS
from tests.chaos.wounds import wounded

COUNT = 60


@pytest.fixture
def database(tmp_path):
    """A study with three trials, folded into one file."""
    store = Store(tmp_path / "sound.db")
    store.set(name="s", metric="val_cost", direction="minimize", trials=3, state="finished")
    for number in range(3):
        memory = {"optuna": number, "params": {"x": number}, "attrs": {}, "pruned": None}
        store.asked(Trial(number, {"training.learning_rate": 0.1 * number}, 7), memory, 2, 30)
        store.started(number, 0, 1, 1, "here", 0)
        epochs = tuple(EpochDone(at, {"val_cost": 1 / at}, 0.1, 1.0, 0.1) for at in (1, 2))
        store.epochs(number, epochs, "val_cost", None, memory, 0.2)
        store.finished(number, "complete", number, 0.2, "", None)
        store.note("best", "a sentence", number)
    store.close()
    return (tmp_path / "sound.db").read_bytes()


def told(path, read) -> str:
    """What is said of a file; empty where it can be read."""
    said = ""
    try:
        read(path)
    except RunError as error:
        said = str(error)
    assert said.isprintable()
    return said


def test_a_damaged_database_is_read_or_refused_by_views_and_engine(tmp_path, database):
    dice, refused = np.random.default_rng(5), 0
    for at in range(COUNT):
        path = tmp_path / f"{at}.db"
        path.write_bytes(wounded(database, dice))
        refused += bool(told(path, KINDS["study.db"].read))
    assert COUNT // 3 < refused < COUNT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"-- facts about", b"\x07\x7f\x1b[2J about"),  # SQLite cites it
        (b"-- facts about", b"\xff\xfe facts about"),  # and cannot decode it
        (b'"minimize"', b'{"inimize"'),  # JSON that is none
    ],
)
def test_what_once_raised_is_a_sentence(tmp_path, database, old, new):
    path = tmp_path / "study.db"
    changed = database.replace(old, new.ljust(len(old))[: len(old)])
    assert changed != database
    path.write_bytes(changed)
    told(path, KINDS["study.db"].read)


def views(path):
    with Reader(RunFolder(path.parent)) as reader:
        reader.study()
        reader.trials()


def engine(path):
    with closing(Store(path)) as store:
        store.facts()
        store.history()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("trial SET planned = 'x' WHERE number = 1", "trial: planned is 'x'"),
        ("trial SET state = 'lost' WHERE number = 1", "trial: state is 'lost'"),
        ("trial SET value = '' WHERE number = 1", "trial: value is ''"),
        ("trial SET seconds = 1e308 WHERE number = 1", r"trial: seconds is 1e\+308"),
        ("trial SET seconds = -1 WHERE number = 1", "trial: seconds is -1"),
        ("trial SET params = '[]' WHERE number = 1", r"trial: \[\]"),
        (
            """trial SET memory = '{"params": []}' WHERE number = 1""",
            "trial 1: memory has no attrs",
        ),
        ("""study SET value = '"x"' WHERE key = 'trials'""", "study: trials is 'x'"),
        ("""study SET value = '"gone"' WHERE key = 'state'""", "study: state is 'gone'"),
        (
            """study SET value = '{"lr": {"float": [1]}}' WHERE key = 'space'""",
            r"study: space\.lr is",
        ),
        ("study SET value = '[1, true]' WHERE key = 'pace'", "study: pace is True"),
        ("study SET value = 'true' WHERE key = 'data'", "study: data is True"),
    ],
)
def test_a_cell_of_another_kind_is_named(tmp_path, database, change, named):
    path = tmp_path / "study.db"
    path.write_bytes(database)
    with sqlite3.connect(path) as db:
        for key in ("space", "pace", "data"):
            db.execute("INSERT INTO study VALUES (?, '{}')", (key,))
        db.execute("UPDATE study SET value = '[]' WHERE key = 'pace'")
        db.execute(f"UPDATE {change}")
    db.close()
    assert re.search(f"is damaged .*{named}", told(path, views) or told(path, engine))


def test_a_database_that_is_cut_gets_nothing_written_on_top(tmp_path, database):
    path = tmp_path / "study.db"
    for pages in range(1, len(database) // 4096):
        path.write_bytes(database[: pages * 4096])
        with pytest.raises(RunError, match="cannot be used"):
            Store(path)
        with pytest.raises(sqlite3.DatabaseError):
            sqlite3.connect(path).executescript("PRAGMA user_version; SELECT * FROM trial")


@pytest.mark.parametrize("kind", ["inbox", "lock", "dashboard", "wire", "checkpoint"])
def test_small_files_are_passed_over_or_refused(tmp_path, kind):
    what, dice = KINDS[kind], np.random.default_rng(6)
    (tmp_path / "runs" / "small").mkdir(parents=True)
    lock = b'{"pid": 1, "host": "h", "why": "w"}'
    (tmp_path / "runs" / "small" / "lock").write_bytes(lock)
    raw = what.sample(tmp_path)
    for at in range(COUNT):
        path = tmp_path / f"{at}-{what.name}"
        path.write_bytes(wounded(raw, dice))
        told(path, what.read)


def test_a_database_with_a_page_of_nothing_is_refused_before_it_is_written_to(tmp_path, database):
    path = tmp_path / "study.db"
    for page in range(1, len(database) // 4096):
        path.write_bytes(database[: page * 4096] + bytes(4096) + database[(page + 1) * 4096 :])
        with pytest.raises(RunError, match="cannot be used"):
            Store(path)


def test_an_inbox_that_is_a_file_holds_no_commands(tmp_path):
    folder = RunFolder(tmp_path)
    folder.inbox.write_text("not a folder")
    assert inbox.waiting(folder.inbox) == []
    with pytest.raises(RunError, match="cannot leave a command"):
        inbox.send(folder.inbox, "stop")


def test_a_checkpoint_cut_anywhere_is_none_at_all(tmp_path):
    whole = Checkpoint(3, {"theta": np.arange(9, dtype=np.float32)}, {"best": [1, 2]}).to_bytes()
    kept = Checkpoints(tmp_path)
    for at in range(len(whole)):
        kept.write(0, whole[:at])
        assert kept.read(0) == (0, b"")
    kept.write(0, whole)
    assert kept.read(0) == (3, whole)


def test_a_lock_file_of_anything_is_held_by_nobody(tmp_path):
    (tmp_path / "lock").write_bytes(b"\xff" * 9000)
    assert holder(tmp_path / "lock") is None
    assert last_words(tmp_path / "lock") == ""
