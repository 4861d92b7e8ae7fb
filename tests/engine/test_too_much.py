"""What is too large to travel, and what comes too late to be taken up: said, and nothing breaks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from hpsearch.engine import conversation
from hpsearch.engine.conversation import Conversation
from hpsearch.engine.inheriting import TOO_LATE, inherit
from hpsearch.errors import RunError
from hpsearch.store.reader import Reader
from hpsearch.store.writer import Store
from hpsearch.study import studyfile
from tests.conftest import PATIENCE, wait_for
from tests.engine.helm import Helm, on

LONG = 100_000  # epochs that no test waits for


def notes(store):
    store.flush()
    return [row[0] for row in store._db.execute("SELECT text FROM event WHERE kind = 'warning'")]


@pytest.mark.parametrize(("size", "sent"), [(10, 3), (11, 0)])
def test_a_checkpoint_that_is_too_large_is_made_once(monkeypatch, size, sent):
    monkeypatch.setattr(conversation, "MESSAGE_LIMIT", 10)
    made, out = [], []
    course = SimpleNamespace(checkpoint=lambda epoch: made.append(epoch) or b"x" * size)
    line = SimpleNamespace(send=lambda head, body=b"": out.append(head["kind"]))
    talk = Conversation(line, SimpleNamespace(number=0, every=0.0))
    for epoch in range(3):
        talk.save_if_due(course, epoch)
    assert out == ["checkpoint"] * sent
    assert len(made) == (sent or 1)


@pytest.mark.parametrize(("keep", "said"), [("best:3", 1), ("none", 0)])
@on
async def test_weights_that_do_not_travel_are_said_to_be_missing(tmp_path, keep, said):
    helm = Helm(tmp_path, f'keep = "{keep}"')
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    helm.engine.finished(trainer, "complete", "", 1.0, b"")
    assert notes(helm.store) == ["#0: its weights are too large to keep"] * said
    helm.crash()


@pytest.mark.parametrize(
    ("taken", "names", "said"),
    [
        (None, [], 0),
        (None, ["old"], 1),
        (["old"], ["old"], 0),
        (["old"], ["old", "older"], 1),
        (["old"], [], 1),
    ],
)
def test_a_warm_start_that_comes_too_late_is_said_to(tmp_path, taken, names, said):
    text = f'[study]\nwarm_start = {names}\n[data]\nsource = "sklearn:iris"\n'
    study = studyfile.parse(text, Path("s.toml"))
    store = Store(tmp_path / "study.db")
    store.set(name="small")
    if taken is not None:
        store.set(heritage={"before": [], "tries": [], "from": taken})
    store.flush()
    heard = []
    inherit(SimpleNamespace(fork=None), study, store, {}, lambda config: 1, heard.append)
    assert heard == notes(store) == [TOO_LATE] * said
    store.close()


def test_a_network_that_does_not_fit_in_memory_fails_alone(place, monkeypatch):
    every = {"[8]": 2, "[60000, 60000, 60000]": 2, "[9]": 2, "[10]": LONG}
    extra = "".join(f"\n[[enqueue]]\nlayer_dims = {d}\nepochs = {e}\n" for d, e in every.items())
    text = place.write(trials=len(every), workers=1, epochs=2, extra=extra).read_text()
    text = text.replace("epochs = 2", f"epochs = {{ choice = [2, {LONG}] }}", 1)
    text = text.replace("width = [4, 32]", "width = [4, 60000]")
    text = text.replace("depth = [1, 2]", "depth = [1, 3]")
    place.study.write_text(text.replace("workers = 1", "workers = 1\nretries = 0"))
    monkeypatch.setenv("HPSEARCH_FAULTS", "slow trainer taken 0.3")  # time to look at the engine
    command = place.start("run", "small.toml")
    engine = place.engine()
    before = wait_for(lambda: ended(place) >= 1 and most_memory(engine))
    after = wait_for(lambda: ended(place) >= 3 and most_memory(engine))  # the last still runs
    assert place.command("stop", "small").returncode == 0
    command.communicate(timeout=PATIENCE)
    _, large, *_ = trials = place.trials()
    assert [trial.state for trial in trials] == ["complete", "failed", "complete", "waiting"]
    assert "MemoryError: Unable to allocate 26.8 GiB" in large.reason
    assert after - before < 50 << 20


def ended(place) -> int:
    """How many trials are over."""
    with suppress(RunError), Reader(place.folder) as reader:
        return sum(trial.state in ("complete", "failed") for trial in reader.trials())
    return 0


def most_memory(engine: int) -> int:
    """Bytes that a process had at most so far."""
    status = Path(f"/proc/{engine}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) << 10
