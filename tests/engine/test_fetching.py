"""What trainers on other hosts learn from: fetched once, checked, and never taken on trust."""

import os
import threading
import time

import numpy as np
import pytest

from hpsearch.engine import arrays, fetching
from hpsearch.engine.frames import Frame, WireError
from nncore import Dataset


def datasets(sliced=False, seed=0):
    rng = np.random.default_rng(seed)
    whole = rng.normal(size=(60, 3)).astype(np.float32)
    made = []
    for k in range(3):
        train, valid = slice(10 * k, 10 * k + 20), slice(10 * k + 20, 10 * k + 30)
        x, x_valid = (whole[train], whole[valid]) if sliced else (whole[train] + k, whole[valid])
        y = rng.normal(size=(30, 1)).astype(np.float32)
        made.append(Dataset(x, y[:20], x_valid, y[20:]))
    return made


class Engine:
    """The engine's end of a line, for one that fetches arrays."""

    def __init__(self, folder):
        self.folder, self.asked, self.fetched = folder, {}, []
        self.before: list[dict] = []

    def send(self, head, body=b""):
        self.asked = head

    def receive(self):
        if self.before:
            return Frame(self.before.pop())
        asked = self.asked
        if asked["kind"] == "list":
            sums = fetching.sums_of(self.folder, asked["fingerprint"])
            return Frame({"kind": "files", "sums": sums})
        self.fetched.append(asked["name"])
        found = self.chunk(*(asked[key] for key in ("fingerprint", "name", "offset")))
        return Frame({"kind": "chunk", "found": found is not None}, found or b"")

    def chunk(self, fingerprint, name, offset):
        return fetching.chunk(self.folder, fingerprint, name, offset)


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Another host's scratch, and a process there that has checked nothing yet."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(fetching, "_checked", set())
    return tmp_path / f"hpsearch-{os.getuid()}"


@pytest.fixture
def engine(tmp_path, scratch):
    arrays.write(tmp_path / "here", "abc", datasets)
    return Engine(tmp_path / "here")


def obtained(engine, folder="/not/there"):
    return fetching.obtain(engine, "abc", folder, 3)


def same(found, made):
    for one, other in zip(found, made, strict=True):
        for name in ("x", "y", "x_valid", "y_valid"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def new_process(monkeypatch):
    monkeypatch.setattr(fetching, "_checked", set())


@pytest.mark.parametrize("sliced", [False, True])
def test_another_host_fetches_every_fold_in_parts(tmp_path, scratch, monkeypatch, sliced):
    monkeypatch.setattr(fetching, "CHUNK", 100)
    arrays.write(tmp_path / "here", "abc", lambda: datasets(sliced))
    same(obtained(Engine(tmp_path / "here")), datasets(sliced))


def test_on_the_engine_s_host_nothing_is_fetched(engine):
    same(obtained(engine, str(engine.folder)), datasets())
    assert engine.fetched == []


def test_a_host_fetches_once(engine, monkeypatch):
    obtained(engine)
    first = len(engine.fetched)
    obtained(engine)
    new_process(monkeypatch)
    obtained(engine)
    assert len(engine.fetched) == first > 0


def test_trainers_that_start_together_fetch_once(engine):
    slow, others = engine.chunk, []

    def chunk(*asked):
        time.sleep(0.005)
        return slow(*asked)

    engine.chunk = chunk
    engines = [Engine(engine.folder) for _ in range(4)]
    for one in engines:
        one.chunk = chunk
        others.append(threading.Thread(target=obtained, args=(one,)))
    for thread in others:
        thread.start()
    for thread in others:
        thread.join()
    assert sum(bool(one.fetched) for one in engines) == 1


@pytest.mark.parametrize("harm", ["cut", "changed", "removed", "added"])
def test_a_copy_that_was_damaged_is_fetched_again(engine, scratch, monkeypatch, harm):
    obtained(engine)
    copy = next(path for path in scratch.iterdir() if path.is_dir())
    file = copy / "x.npy"
    match harm:
        case "cut":
            os.truncate(file, 10)
        case "changed":
            file.write_bytes(file.read_bytes()[:-1] + b"!")
        case "removed":
            file.unlink()
        case "added":
            (copy / "y_scale.npy").write_bytes(b"")
    new_process(monkeypatch)
    same(obtained(engine), datasets())


def test_what_arrives_changed_is_not_learnt_from(engine, scratch):
    whole = engine.chunk
    engine.chunk = lambda *asked: (whole(*asked) or b"")[:-1] + b"!" if not asked[2] else b""
    with pytest.raises(WireError, match="did not arrive as it was sent"):
        obtained(engine)
    assert [path for path in scratch.iterdir() if path.is_dir()] == []


def test_other_arrays_of_the_same_name_are_others(engine, tmp_path):
    arrays.write(tmp_path / "there", "abc", lambda: datasets(seed=1))
    mine = obtained(engine)
    same(obtained(Engine(tmp_path / "there")), datasets(seed=1))
    same(mine, datasets())


def test_copies_that_nobody_asked_for_in_a_week_are_forgotten(engine, scratch, tmp_path):
    obtained(engine)
    (old,) = (path for path in scratch.iterdir() if path.is_dir())
    os.utime(old, (0, 0))
    arrays.write(tmp_path / "there", "abc", lambda: datasets(seed=1))
    obtained(Engine(tmp_path / "there"))
    assert not old.exists()


def test_a_verdict_amid_the_data_is_passed_over_and_an_end_is_heard(engine):
    engine.before = [{"kind": "verdict"}]
    same(obtained(engine), datasets())
    engine.before = [{"kind": "end"}]
    with pytest.raises(EOFError):
        obtained(engine)


@pytest.mark.parametrize("names", [[], ["../x.npy"], ["/etc/passwd"], ["x.npy", "notes.txt"]])
def test_an_engine_cannot_have_files_written_elsewhere(engine, monkeypatch, names):
    monkeypatch.setattr(fetching, "sums_of", lambda *_: dict.fromkeys(names, "0" * 64))
    with pytest.raises(WireError, match="list of files"):
        obtained(engine)


@pytest.mark.parametrize("name", ["../x", "x-0", "x-", "theta", "x-99999", "rows-1", "x.npy/.."])
def test_nothing_else_can_be_fetched(tmp_path, name):
    place = arrays.write(tmp_path, "f", datasets)
    (place / f"{name.replace('/', '_')}.npy").write_bytes(b"secret")
    assert fetching.chunk(tmp_path, "f", f"{name}.npy", 0) is None


@pytest.mark.parametrize("fingerprint", ["..", "f/../f", "", "gone"])
def test_no_other_folder_can_be_listed(tmp_path, fingerprint):
    arrays.write(tmp_path / "data", "f", datasets)
    assert fetching.sums_of(tmp_path / "data", fingerprint) == {}
