"""Why an engine ended stands in the lock file where the store can take no more."""

import os

from hpsearch.plain.summary import summary
from hpsearch.store.folder import RunFolder
from hpsearch.store.records import Counts, StudyFacts
from hpsearch.system import Lock, holder, last_words
from hpsearch.view.status import Status


def test_last_words_need_no_more_room_than_the_lock_took(tmp_path):
    path = tmp_path / "lock"
    lock = Lock(path)
    lock.acquire()
    size = path.stat().st_size
    assert last_words(path) == ""
    lock.leave("the disk is full: " + "ü" * 5000)
    assert path.stat().st_size == size
    assert last_words(path).startswith("the disk is full: ü")
    assert holder(path).pid == os.getpid()
    lock.release()
    lock.acquire()
    assert last_words(path) == ""  # those of the run before
    lock.release()


def test_what_is_no_lock_file_has_no_last_words(tmp_path):
    for text in (b"", b"\xff", b"[]", b"[" * 100_000, b'{"pid": 1, "host": "x"}'):
        (tmp_path / "lock").write_bytes(text)
        assert last_words(tmp_path / "lock") == ""
    assert last_words(tmp_path / "none") == ""


def test_the_end_of_a_run_says_them(tmp_path):
    folder = RunFolder(tmp_path)
    lock = Lock(folder.lock)
    lock.acquire()
    lock.leave("study.db cannot be written:\x1b[2J database or disk is full.")
    lock.release()
    facts = StudyFacts("s", "val_cost", "minimize", "", 1, 1, "running", "", 0.0, 0.0, 0.0, 1)
    gone = Status(facts, "gone", Counts(1), None, 0.0, None)
    told = summary(gone, folder)
    assert told[1].startswith("why   study.db cannot be written:")
    assert told[1].isprintable()
    assert not any("without a word" in line for line in told)
