"""Every file of a run folder cut short: every view says what is so, or why it cannot."""

import sqlite3

import pytest

from tests.chaos.cuts import cut_and_read, files, misread, outcomes
from tests.chaos.ground import Ground


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A study of which a crash has left every kind of file, the database's log among them."""
    ground = Ground(tmp_path_factory.mktemp("cut"), trials=3, epochs=4, workers=1)
    ground.run(faults="crash trial told 3")
    return ground


def test_views_of_a_folder_in_which_any_file_is_cut_tell_nothing_wrong(ground, monkeypatch):
    monkeypatch.setenv("HPSEARCH_RUNS", str(ground.place / "runs"))
    whole, every = outcomes(ground.folder), files(ground.folder)
    kinds = {path.suffix or path.name for path in every}
    assert kinds >= {".db", ".db-wal", ".toml", ".log", ".npy", ".safetensors", "lock"}
    assert len(whole) == 2
    found = []
    for file in every:  # at each byte, or at 200 places: tests/chaos
        size = file.stat().st_size
        for at in sorted({0, size // 2, size - 1}):
            found += cut_and_read(ground.folder, file, at, whole)
    assert found == []


def test_a_value_that_reads_otherwise_is_found(ground):
    whole = outcomes(ground.folder)
    with sqlite3.connect(ground.folder.db) as db:
        db.execute("UPDATE trial SET value = value + 1 WHERE number = 0")
    assert [text.split()[0] for text in misread(ground.folder, whole)] == ["#0"]
