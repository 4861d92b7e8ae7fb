"""What engines that were killed with all they had leave in shared memory."""

import os
import socket
import subprocess

import pytest

from hpsearch.engine.leftovers import forget
from hpsearch.system import Holder, Lock
from tests.chaos.processes import alive
from tests.conftest import wait_for

HERE = socket.gethostname()


@pytest.fixture(params=[True, False], ids=["asked for", "a zombie"])
def gone(request):
    """The number of a process that is over."""
    process = subprocess.Popen(["true"])
    if request.param:
        process.wait()
    else:
        wait_for(lambda: not alive(process.pid))
    yield process.pid
    process.wait()


def test_the_semaphores_of_an_engine_that_is_gone_are_taken_away_and_no_others(tmp_path, gone):
    theirs, others, longer = (
        tmp_path / f"sem.loky-{name}-abc" for name in (gone, os.getpid(), f"{gone}1")
    )
    for path in (theirs, others, longer):
        path.touch()
    forget(None, tmp_path)
    forget(Holder(gone, "elsewhere"), tmp_path)
    forget(Holder(os.getpid(), HERE), tmp_path)
    assert theirs.exists()
    forget(Holder(gone, HERE), tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([others, longer])
    theirs.touch()
    forget(Holder(os.getpid(), HERE, (os.getppid(), gone)), tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([others, longer])


def test_who_takes_a_lock_learns_who_had_it(tmp_path):
    lock = Lock(tmp_path / "lock")
    assert lock.acquire() is None
    lock.release()
    assert lock.acquire() == Holder(os.getpid(), HERE)
    lock.leave("x" * 5000)
    lock.release()
    assert lock.acquire() == Holder(os.getpid(), HERE, (os.getpid(),))
    for _ in range(20):
        lock.release()
        before = lock.acquire()
    assert before == Holder(os.getpid(), HERE, (os.getpid(),) * 8)
    lock.release()
