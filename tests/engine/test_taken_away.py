"""A run folder that is moved or deleted while its engine runs."""

import pytest

from hpsearch.system import Lock
from tests.chaos.processes import alive
from tests.conftest import wait_for


@pytest.mark.parametrize("gone", ["moved", "deleted", "another in its place"])
def test_a_lock_stands_until_its_folder_is_taken_away(tmp_path, gone):
    path = tmp_path / "run" / "lock"
    path.parent.mkdir()
    lock = Lock(path)
    lock.acquire()
    assert lock.stands
    if gone == "moved":
        path.parent.rename(tmp_path / "old")
    else:
        path.unlink()
    if gone == "another in its place":
        path.touch()
    assert not lock.stands
    lock.release()


def test_an_engine_whose_folder_is_moved_ends_and_says_so_there(place):
    place.epoch_seconds = 0.1
    place.write(trials=4, workers=1, epochs=100_000)
    assert place.command("run", "small.toml", "--detach").returncode == 0
    engine = place.engine()
    wait_for(lambda: place.running())
    place.folder.path.rename(place.path / "elsewhere")
    wait_for(lambda: not alive(engine))
    log = place.path / "elsewhere" / "logs" / "engine.log"
    assert "moved or deleted amid its run" in log.read_text()
