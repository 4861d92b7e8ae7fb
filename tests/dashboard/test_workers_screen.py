"""The workers: their time, and the memory of those on this machine."""

import os
import socket

import pytest

from hpsearch.dashboard.widgets.timeline import Rota, Timeline
from hpsearch.memory import memory, resident
from tests.dashboard.theatre import press


def at_work(stage, host):
    """Two trials run, on trainers of that host: in truth this very process."""
    study = stage.make(8, 2, 0)
    stage.alive()
    study.db.executemany(
        "INSERT INTO attempt (trial, number, slot, pid, host, started) VALUES (?, 1, ?, ?, ?, 1)",
        [(number, number % 2, os.getpid(), host) for number in (8, 9)],
    )


@pytest.mark.skipif(memory() == (0, 0), reason="this system does not tell")
def test_the_memory_of_each_trainer_stands_beside_it(stage):
    at_work(stage, socket.gethostname())
    lines = stage.play("4").splitlines()
    [head] = [line for line in lines if "memory" in line]
    rows = [line for line in lines if " #8 " in line or " #9 " in line]
    assert len(rows) == 2
    size = (resident(os.getpid()) or 0) / 1e6
    for row in rows:
        told, unit = row[: head.index("memory") + 6].split()[-2:]
        assert unit == "MB"
        assert 10 < float(told) < 2 * size  # it was read a moment ago, and may have shrunk since


def test_of_trainers_on_other_machines_nothing_is_told(stage):
    at_work(stage, "elsewhere.example")
    assert "memory" not in stage.play("4")


def test_a_process_that_has_ended_has_no_memory():
    assert resident(2**30) is None


def test_workers_there_is_no_room_for_are_counted(stage):
    stage.make(4, 2, 0)

    async def many(app):
        await press(app, "4")
        timeline = app.view.query_one(Timeline)
        timeline.show(Rota({}, 64, 100.0, True))
        lines = ["".join(text for text, _ in line) for line in timeline.paint(60, 10)]
        assert len(lines) == 10
        assert "56 more workers" in lines[-2]
        assert "w7" in lines[-3]

    stage.play(act=many)
