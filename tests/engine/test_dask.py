"""Whole runs on dask's workers, as a person starts them."""

import json
import subprocess

import pytest

from hpsearch import system
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.chaos.processes import alive, descendants, kill, shells_of, trainers_of
from tests.chaos.sockets import listening
from tests.conftest import PATIENCE, wait_for

pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")
pytest.importorskip("cryptography", reason="pip install 'hpsearch[dask]'")


def told(place, name):
    """What came of every trial of a run."""
    with Reader(RunFolder(place.path / "runs" / name)) as reader:
        trials = reader.leaderboard("minimize", None)
    return {t.number: (t.state, t.params, t.seed, t.value, t.best_epoch, t.epochs) for t in trials}


def test_on_dask_a_search_is_the_same_to_the_bit(place):
    place.write(trials=4, workers=1, epochs=20)
    for backend in ("loky", "dask"):
        words = ("run", "small.toml", "--backend", backend, "--name", backend)
        done = place.command(*words, "--set", "study.max_workers=1")
        assert done.returncode == 0, done.stderr
    assert told(place, "dask") == told(place, "loky")
    assert len(told(place, "dask")) == 4


def test_a_cluster_listens_on_loopback_mends_itself_and_goes_with_its_engine(place):
    place.epoch_seconds = 0.02
    place.write(trials=50, workers=2, epochs=100_000)
    command = place.start("run", "small.toml", "--backend", "dask")
    engine = place.engine()
    wait_for(lambda: len(place.running()) == 2)
    heard = listening([engine, *(process.pid for process in descendants(engine))])
    assert heard
    assert all(address.is_loopback for address in heard)
    before = shells_of(engine)
    kill(before[0])
    wait_for(lambda: len(set(shells_of(engine)) - {before[0]}) == 2 and len(place.running()) == 2)
    assert len(trainers_of(engine)) == 2
    below = [process.pid for process in descendants(engine)]
    kill(engine)
    wait_for(lambda: not any(map(alive, below)))
    command.communicate(timeout=PATIENCE)


def test_a_cluster_whose_engine_is_gone_while_it_starts_does_not_come_up(tmp_path):
    order = {"workers": 1, "scratch": str(tmp_path), "tls": {}}
    done = subprocess.run(
        system.module_command("hpsearch.engine.localcluster"),
        input=json.dumps(order).encode() + b"\n",  # and then stdin ends
        env=system.child_environment(),
        capture_output=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
