"""What a pipe or a log is shown of a study: a line for each thing that happens."""

import re

import pytest

from hpsearch.plain.lines import EVERY, Lines
from hpsearch.plain.stream import follow
from hpsearch.plain.terminal import Terminal
from hpsearch.store.inbox import send
from hpsearch.view.format import cells
from tests.plain.displaying import Clock, Looks, Stream, seen, shown, story


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_lines_are_at_most_80_columns_and_clean(made, encoding):
    stream = Stream(encoding)
    shown(Lines(Terminal(stream)), story(made))
    text = stream.getvalue()
    for line in text.splitlines():
        assert cells(line) <= 80
        assert re.match(r"\d\d:\d\d:\d\d | {11}\S", line)
        assert line.isprintable()
    assert "[bold]" in text
    assert text.count("\n") == 1 + 23 + 2 + 1  # the start, the ends, note and warning, the state


def test_a_line_tells_figures_or_the_reason(made):
    made.trial(0, "complete", 0.0234, seconds=72.0)
    made.trial(1, "diverged")
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    first, second = (line[9:].rstrip() for line in stream.getvalue().splitlines()[1:])
    assert first == "✓ #0 complete  val_cost 0.0234  val_accuracy 0.9922  40/40  1m12s"
    assert second == "! #1 diverged  the cost was nan after epoch 3"


def test_a_new_best_is_starred_on_the_line_of_its_end(made):
    made.trial(0, "complete", 0.0234)
    made.note("best", "#0 is the best so far", 0)
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    assert "★ #0 complete" in stream.getvalue()
    assert "best so far" not in stream.getvalue()


def test_a_line_says_how_it_stands_every_thirty_seconds(made):
    made.fill(5)
    stream = Stream()
    found = list(follow(made.folder, lambda: True, Looks(100), None, Clock(1.0)))
    shown(Lines(Terminal(stream)), found)
    standing = [line for line in stream.getvalue().splitlines() if "running 5/60" in line]
    assert len(standing) == 1 + 99 // EVERY


def test_lines_in_ascii_use_no_other_sign(made):
    stream = Stream("ascii")
    shown(Lines(Terminal(stream)), story(made))
    assert stream.getvalue().isascii()


def test_a_long_note_goes_on_below_instead_of_being_cut(made):
    made.note("note", "a column is dropped because it is " + "very " * 40 + "long")
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    assert "very long" in " ".join(stream.getvalue().split())


def test_one_reads_you_where_one_asked_oneself(made):
    sender = send(made.folder.inbox, "stop").sender
    made.note("note", f"stop by {sender}: done")
    made.note("note", "stop by eve@elsewhere 12: done")
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    assert "stop by you: done" in stream.getvalue()
    assert "stop by eve@elsewhere 12: done" in stream.getvalue()
