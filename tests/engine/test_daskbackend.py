"""joblib on dask, mended: a call that cannot succeed ends, and says why."""

import os
import threading
import time
from functools import partial

import pytest

distributed = pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")
pytest.importorskip("cryptography", reason="pip install 'hpsearch[dask]'")

from joblib import Parallel, delayed, parallel_config  # noqa: E402

from hpsearch.engine import daskbackend  # noqa: E402
from hpsearch.engine.cluster import Cluster  # noqa: E402
from hpsearch.engine.reach import Reach  # noqa: E402

PATIENCE = 30.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(Reach(), 2, tmp_path_factory.mktemp("dask"))
    with pytest.MonkeyPatch.context() as patch:
        # Dask's own number is 3, which takes as many times longer; `tests.chaos` leaves it at that.
        patch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
        cluster.client()
    yield cluster
    cluster.close()


def ended(cluster, *calls):
    """What one call of joblib's came to: its results, or what it raised, in time."""
    came: list[object] = []

    def run():
        name = daskbackend.register(cluster.client())
        try:
            with parallel_config(name, n_jobs=2):
                came.append(Parallel(batch_size=1)(delayed(c)() for c in calls))  # type: ignore[arg-type]  # a call as delayed makes it
        except BaseException as error:
            came.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert came, "it hangs"
    return came[0]


class Unpicklable:
    def __call__(self):
        return None

    def __reduce__(self):
        raise TypeError("cannot be pickled")


class Missing:
    """Its module is not there where it is unpickled."""

    def __call__(self):
        return None

    def __reduce__(self):
        return exec, ("import elsewhere",)


def test_two_tasks_run(cluster):
    assert ended(cluster, os.getpid, os.getpid) == [None, None]


def test_one_task_runs_over_there_too(cluster):
    assert ended(cluster, os.getpid) == [None]


def test_a_task_that_raises_ends_the_call(cluster):
    assert isinstance(ended(cluster, os.getpid, delayed), TypeError)


def test_a_task_that_cannot_be_pickled_ends_the_call(cluster):
    assert "cannot be pickled" in str(ended(cluster, os.getpid, Unpicklable()))


def test_a_module_that_is_missing_over_there_ends_the_call(cluster):
    error = ended(cluster, Missing(), Missing())
    assert isinstance(error, daskbackend.Unfit)
    assert "(No module named 'elsewhere'); pip install 'hpsearch[dask]==" in str(error)


def test_where_others_go_on_a_shell_that_met_such_a_worker_is_placed_again(cluster, monkeypatch):
    monkeypatch.setattr(daskbackend, "AGAIN", 0.1)
    tried, place = [], daskbackend._Task.place
    monkeypatch.setattr(daskbackend._Task, "place", lambda task: (tried.append(1), place(task)))
    assert isinstance(ended(cluster, partial(time.sleep, 1), Missing()), daskbackend.Unfit)
    assert len(tried) > 3


def test_a_task_that_kills_its_workers_is_given_to_others_then_ends_the_call(cluster, monkeypatch):
    monkeypatch.setattr(daskbackend, "GIVE_UP", 2)
    error = ended(cluster, os.abort)
    assert isinstance(error, distributed.KilledWorker)
    assert ended(cluster, os.getpid) == [None]


def test_a_scheduler_that_is_gone_ends_the_call_and_the_next_client_finds_another(tmp_path):
    cluster = Cluster(Reach(), 1, tmp_path)
    client = cluster.client()
    waiting = threading.Timer(1.0, cluster._process.kill)  # type: ignore[union-attr]  # it has one
    waiting.start()
    error = ended(cluster, partial(time.sleep, 60))
    assert isinstance(error, BaseException)
    assert cluster.client() is not client
    assert ended(cluster, os.getpid) == [None]
    cluster.close()
