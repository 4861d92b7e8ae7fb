"""The table of what every worker is at."""

from dataclasses import replace

import pytest

from hpsearch.store.records import Counts
from hpsearch.view.format import ASCII, UNICODE, cells
from hpsearch.view.load import Load, load_lines
from hpsearch.view.status import Status
from hpsearch.view.timeline import Block, blocks
from tests.view.test_terse_columns import STUDY, TRIAL

STATUS = Status(replace(STUDY, workers=3, max_workers=8), "running", Counts(running=2), None, 1, 1)
RUNNING = [
    replace(TRIAL, number=at, state="running", slot=at, started=10.0, seconds=60.0) for at in (0, 2)
]


def text(load, width=120, signs=UNICODE):
    return ["".join(part for part, _ in line) for line in load_lines(load, width, signs)]


def test_every_worker_has_a_line_the_idle_ones_too():
    lines = text(Load(STATUS, RUNNING, now=75.0))
    assert [line.split()[:2] for line in lines[3:]] == [["w0", "#0"], ["w1", "idle"], ["w2", "#2"]]
    assert "1m05s" in lines[3]
    assert "memory" not in lines[2]


def test_memory_is_told_by_worker_and_in_all_where_it_is_known():
    lines = text(Load(STATUS, RUNNING, memory={0: 187_000_000, 2: 13_000_000}))
    assert "200.0 MB in all" in lines[0]
    assert [("187.0 MB" in line, "13.0 MB" in line) for line in lines[3:]] == [
        *((True, False), (False, False), (False, True))
    ]


@pytest.mark.parametrize("width", range(0, 130, 7))
@pytest.mark.parametrize("signs", [UNICODE, ASCII])
def test_it_fits_any_width_and_cuts_no_figure(width, signs):
    load = Load(STATUS, RUNNING, memory={0: 187_000_000}, seconds=90.0, busy=0.5)
    wide = {word for line in text(load, 300, signs) for word in line.split()}
    for line in text(load, width, signs)[:2]:
        assert cells(line) <= width
        assert set(line.split()) <= wide
    for line in text(load, width, signs)[2:]:
        assert cells(line.rstrip()) <= max(1, width)


def test_where_nothing_runs_that_is_said():
    assert "nothing is being trained" in text(Load(STATUS))[-1]


def test_what_each_worker_has_done_is_counted_and_what_runs_is_not():
    def block(number, state, seconds):
        return Block(number, state, 100.0, 100.0 + seconds)

    done = {0: [block(0, "complete", 4.0), block(1, "diverged", 2.0), block(2, "running", 9.0)],
            1: [block(3, "running", 9.0)]}  # fmt: skip
    lines = text(Load(STATUS, done=done))
    assert lines[-3].split()[:5] == ["worker", "trials", "complete", "pruned", "failed"]
    assert lines[-2].split() == ["w0", "2", "1", "0", "1", "3.0s"]
    assert lines[-1].split() == ["w1", "0", "0", "0", "0", "–"]


def test_the_time_that_a_trial_lay_aside_is_nobodys():
    aside = replace(TRIAL, number=2, started=1000.0, finished=4000.0, seconds=3.0, attempt=2)
    under_way = replace(aside, number=3, finished=None, state="running", slot=1)
    whole = replace(aside, number=4, finished=1004.0, slot=2)
    found = blocks([aside, under_way, whole], 5000.0)
    assert [row[0].begin for row in found.values()] == [3997.0, 4997.0, 1000.0]
    assert "3.0s" in text(Load(STATUS, [under_way], now=5000.0))[4]


def test_without_an_engine_no_workers_are_told():
    line = text(Load(replace(STATUS, state="stopped")))[0]
    assert line.startswith(" no engine is at work")
    assert "workers" not in line
