"""What a look at the store finds is told once, whatever look it is told by."""

import itertools

import pytest

from hpsearch.dashboard.feed import BUSY_SECONDS, Feed
from hpsearch.store.connection import Busy, Connection


class Once:
    """The store is busy at one of its reads, and never again."""

    def __init__(self, monkeypatch):
        self.left = None
        self._read = Connection.rows
        monkeypatch.setattr(Connection, "rows", lambda *of: self._rows(*of))

    def _rows(self, *of):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Busy("not just now")
        return self._read(*of)


def test_what_is_new_is_told_later_where_the_store_was_busy_at_any_read(stage, monkeypatch):
    made = stage.make(3, 2, 0)
    stage.alive()
    busy = Once(monkeypatch)
    times = itertools.count(1e9, 2 * BUSY_SECONDS)
    feed = Feed(made.folder, lambda: next(times))
    feed.look(())
    failed = 0
    for read in range(100):
        made.trial(4, "running", epochs=read + 1, value=0.5, attempt=2 + read)
        made.epoch(4, 40 + read, 0.5)
        made.note("note", f"look {read}")
        busy.left = read
        news = feed.look((0, 1))
        if not news.trouble:
            break
        failed += 1
        news = feed.look((0, 1))
        assert not news.trouble
        assert [trial.number for trial in news.trials] == [4], read
        assert [event.text for event in news.events] == [f"look {read}"], read
        assert [epoch.number for epoch in news.epochs[4]][-1] == 40 + read, read
    assert failed > 5
    feed.close()


@pytest.mark.parametrize("read", range(6))
def test_wanted_curves_are_told_later_where_the_store_was_busy(stage, monkeypatch, read):
    made = stage.make(6, 0, 0, state="finished")
    busy = Once(monkeypatch)
    feed = Feed(made.folder)
    feed.look(())
    busy.left = read
    told = {**feed.look(range(4)).epochs, **feed.look(range(4)).epochs}
    assert sorted(told) == [0, 1, 2, 3]
    feed.close()
