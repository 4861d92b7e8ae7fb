"""Reading a study's database: while it is written, when it is damaged, and when it is not there."""

import sqlite3
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder
from hpsearch.store.past import Best
from hpsearch.store.reader import Busy, NotYet, Reader, finite, mark
from hpsearch.store.records import Mark
from hpsearch.store.writer import Store
from hpsearch.study.events import Trial
from hpsearch.view.rows import best, rank
from tests.view.madeup import BEGIN, MadeUp


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


def test_the_study_reads_as_it_was_written(made, reader):
    study = reader.study()
    assert (study.name, study.metric, study.trials, study.workers) == ("digits", "val_cost", 60, 2)
    assert next(iter(study.space)) == "network.layer_dims"
    assert study.created == BEGIN


def test_keys_that_are_not_known_or_not_there_do_no_harm(made, reader):
    made.say(invented="later")
    made.db.execute("DELETE FROM study WHERE key IN ('why', 'space')")
    assert reader.study().why == ""
    assert reader.study().space == {}


def test_counts_add_up_and_say_what_was_asked(made, reader):
    made.fill(20, running=2, waiting=3)
    counts = reader.counts(60)
    assert (counts.asked, counts.finished, counts.running, counts.waiting) == (60, 20, 2, 3)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    trials=st.lists(
        st.tuples(
            st.sampled_from(["complete", "running", "pruned", "diverged", "failed", "waiting"]),
            st.none() | st.sampled_from([0.1, 0.25, 0.5, -1.0, 3e8]),
        ),
        max_size=12,
    ),
    limit=st.none() | st.integers(1, 15),
)
def test_the_database_orders_trials_as_the_views_do(made, reader, direction, trials, limit):
    made.db.execute("DELETE FROM trial")
    for number, (state, value) in enumerate(trials):
        made.trial(number, state, value)
    board = reader.leaderboard(direction)
    assert list(board) == rank(reversed(board), direction)
    assert reader.leaderboard(direction, limit) == board[:limit]
    assert reader.best(direction) == best(board, direction)


def test_a_pruned_trial_is_never_best(made, reader):
    made.trial(0, "pruned", 0.001)
    assert reader.best("minimize") is None
    made.trial(1, "complete", 0.5)
    assert reader.best("minimize").number == 1
    assert numbers(reader.leaderboard("minimize")) == [1, 0]


@pytest.mark.parametrize("state", ["diverged", "failed"])
def test_a_trial_that_diverged_or_failed_has_no_figure(made, reader, state):
    made.trial(0, state, 0.2)
    trial = reader.trial(0)
    assert (trial.value, trial.best_epoch, dict(trial.figures)) == (None, None, {})


def test_what_is_no_number_reads_as_none(made, reader):
    made.trial(0, "complete", None, figures='{"val_cost": NaN, "train_cost": Infinity}')
    assert set(reader.trial(0).figures.values()) == {None}
    assert [finite(x) for x in (float("inf"), None, "1", 2)] == [None, None, None, 2.0]


def test_lists_among_the_parameters_are_tuples(made, reader):
    made.trial(0, "waiting", params='{"network.layer_dims": [64, 32]}')
    assert reader.trial(0).params == {"network.layer_dims": (64, 32)}
    assert reader.trial(1) is None


def test_a_curve_comes_in_the_order_of_its_epochs(made, reader):
    for number in (2, 1, 3):
        made.epoch(0, number, 1 / number)
    made.epoch(1, 1, 9.0)
    assert [epoch.number for epoch in reader.epochs(0)] == [1, 2, 3]
    assert reader.epochs(0)[1].figures == {"val_cost": 0.5}


def test_a_snapshot_tells_each_piece_of_news_once(made, reader):
    made.trial(0, "complete", 0.5)
    made.note("note", "hello")
    first = reader.snapshot(Mark())
    assert numbers(first.ended) == [0]
    assert [event.text for event in first.events] == ["hello"]
    assert reader.snapshot(first.mark).ended == ()
    made.trial(3, "running", 0.4)
    made.trial(1, "pruned", 0.7)
    second = reader.snapshot(first.mark)
    assert numbers(second.ended) == [1]
    assert numbers(second.running) == [3]
    assert second.events == ()


def test_without_a_mark_nothing_that_was_there_is_news(made, reader):
    made.fill(5)
    assert reader.snapshot().ended == ()
    assert reader.snapshot().mark == reader.mark() == mark(made.folder)


def test_everything_in_a_snapshot_is_of_one_moment(made, reader):
    with reader.still():
        assert reader.counts(60).finished == 0
        made.trial(0, "complete", 0.5)
        assert reader.counts(60).finished == 0
    assert reader.counts(60).finished == 1


def test_a_reader_knows_whether_anything_was_written(made, reader):
    assert reader.changed()
    assert not reader.changed()
    made.say(seconds=3.0)
    assert reader.changed()


def test_a_reader_cannot_write(reader):
    with pytest.raises(RunError):
        reader._db.rows("DELETE FROM study")


def test_what_the_one_writer_wrote_is_read(tmp_path):
    folder = RunFolder(tmp_path)
    store = Store(folder.db)
    store.set(name="s", state="running", trials=3, direction="maximize", metric="val_accuracy")
    store.asked(Trial(0, {"network.layer_dims": (8,)}, 1), {}, planned=5, parameters=9)
    store.finished(0, "complete", 0, 1.0, "", Best(2, 0.9, {"val_accuracy": 0.9}))
    store.flush()
    with Reader(folder) as reader:
        assert reader.snapshot(Mark()).best.value == 0.9
        assert numbers(reader.snapshot(Mark()).ended) == [0]
    store.close()
    with Reader(folder) as reader:  # its log folded in, nothing beside it
        assert reader.study().name == "s"


def test_a_run_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(NotYet, match=r"has no study\.db"):
        Reader(RunFolder(tmp_path))
    assert mark(RunFolder(tmp_path)) == Mark()


def test_a_database_only_just_made_is_not_there_yet(tmp_path):
    folder = RunFolder(tmp_path)
    sqlite3.connect(folder.db).close()
    folder.db.touch()
    with pytest.raises(NotYet, match="just starting"):
        Reader(folder)


def test_a_study_without_its_facts_is_not_there_yet(made, reader):
    made.db.execute("DELETE FROM study")
    with pytest.raises(NotYet, match="just starting"):
        reader.study()


@pytest.mark.parametrize(("version", "word"), [(2, "a newer"), (7, "a newer"), (-1, "an older")])
def test_tables_of_another_version_are_refused(made, version, word):
    made.db.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(RunError, match=word):
        Reader(made.folder)


def test_a_file_that_is_no_database_is_called_damaged(tmp_path):
    folder = RunFolder(tmp_path)
    folder.db.write_bytes(b"not a database at all, but long enough to look like a file" * 90)
    with pytest.raises(RunError, match="damaged"):
        Reader(folder)


def test_a_missing_table_is_called_damaged(made, reader):
    made.db.execute("DROP TABLE trial")
    with pytest.raises(RunError, match="damaged"):
        reader.counts(1)


def test_json_that_cannot_be_read_is_called_damaged(made, reader):
    made.trial(0, "waiting", params="{")
    with pytest.raises(RunError, match="damaged"):
        reader.trial(0)


def test_a_database_cut_anywhere_raises_no_more_than_a_sentence(made, tmp_path):
    made.fill(30)
    made.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = made.folder.db.read_bytes()
    for place in range(60):
        folder = RunFolder(tmp_path / f"cut-{place}")
        folder.path.mkdir()
        folder.db.write_bytes(whole[: len(whole) * place // 60])
        with suppress(RunError), Reader(folder) as reader:
            reader.snapshot(Mark())
            reader.leaderboard("minimize")


def varint(number):
    """As SQLite writes a row's number."""
    sevens = [number >> shift & 0x7F for shift in range(28, -1, -7)]
    return bytes([*(0x80 | seven for seven in sevens[:-1]), sevens[-1]])


def test_events_out_of_order_are_damage_and_not_read_for_ever(made):
    at = 10**9
    for number in (at + 5, at + 6):
        made.db.execute("INSERT INTO event VALUES (?, 0.0, 'note', NULL, 'a word')", (number,))
    made.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = made.folder.db.read_bytes()
    assert raw.count(varint(at + 6)) == 1
    made.folder.db.write_bytes(raw.replace(varint(at + 6), varint(at + 2)))
    with Reader(made.folder) as reader:
        for after in (0, at + 2):
            with pytest.raises(RunError, match="damaged"):
                reader.events(after)


def test_a_writer_that_has_it_to_itself_makes_the_reader_busy(made, monkeypatch):
    monkeypatch.setattr("hpsearch.store.connection.BUSY_SECONDS", 0.01)
    made.db.execute("PRAGMA journal_mode = DELETE")
    with Reader(made.folder) as reader:
        made.db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            reader.study()
        made.db.execute("ROLLBACK")
        assert reader.study().name == "digits"
