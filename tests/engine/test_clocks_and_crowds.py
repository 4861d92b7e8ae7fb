"""A clock that is set amid a run, and many engines at once."""

import re
import threading
import time

import pytest

from hpsearch.engine.watchdog import Watchdog
from hpsearch.errors import RunError
from hpsearch.store.reader import Reader
from hpsearch.system import Lock, holder
from hpsearch.view.status import status
from tests.chaos.cuts import ask
from tests.engine.helm import Helm, on

CROWD = 20
LIMITS = 'trial_timeout = "30m"\nstall_timeout = "10m"\ntimeout = "40m"\npruner = "none"'


def test_of_twenty_that_want_the_lock_at_once_exactly_one_gets_it(tmp_path):
    start, won, told = threading.Barrier(CROWD), [], []

    def want():
        lock = Lock(tmp_path / "lock")
        start.wait()
        try:
            lock.acquire(patience=0.05)
            won.append(lock)
        except RunError as error:
            told.append(str(error))

    crowd = [threading.Thread(target=want) for _ in range(CROWD)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert (len(won), len(told)) == (1, CROWD - 1)
    assert all("is in use by process" in text for text in told)
    won[0].release()
    assert holder(tmp_path / "lock") is None


@pytest.mark.parametrize("hours", [-1, 1])
@on
async def test_a_clock_that_is_set_reaps_nothing_and_makes_no_negative_time(
    tmp_path, monkeypatch, hours
):
    (tmp_path / "runs").mkdir()
    helm = Helm(tmp_path / "runs" / "small", LIMITS)
    trainers = [await helm.at_work(slot) for slot in range(2)]
    for trainer in trainers:
        helm.epochs(trainer, 1.0, 0.5)
    helm.store.set(name="small", state="running", trials=4, seconds=2.0, beat=time.time())
    helm.store.flush()
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + hours * 3600)
    Watchdog(helm.engine, helm.study.study, helm._kill).look()
    helm.engine.look_at_budgets()
    for trainer in trainers:
        assert trainer.running is not None
        assert helm.epochs(trainer, 0.4, first=3) == "go on"
    assert helm.killed == []
    with Reader(helm.folder) as reader:
        stands = status(reader.snapshot(), True, time.time())
    assert 2.0 <= stands.seconds <= 4.0
    helm.engine.finished(trainers[0], "complete", "", 3.0)
    helm.store.set(beat=time.time())
    helm.store.flush()
    assert [past.seconds for past in helm.store.history()] == [3.0, 3.0]
    monkeypatch.setenv("HPSEARCH_RUNS", str(tmp_path / "runs"))
    for words in (["status", "small"], ["top", "small"], ["show", "small", "0"], ["log", "small"]):
        code, said = ask(words)
        assert code == 0, said
        assert not re.search(r"(?<![\w.])-\d+(\.\d+)?\s?(s|m|h|min)\b", said), said
    helm.crash()
