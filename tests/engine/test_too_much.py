"""What is too large to travel, and what comes too late to be taken up: said, and nothing breaks."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from hpsearch.engine import conversation
from hpsearch.engine.conversation import Conversation
from hpsearch.engine.inheriting import TOO_LATE, inherit
from hpsearch.store.writer import Store
from hpsearch.study import studyfile
from tests.engine.helm import Helm, on


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


def test_a_network_that_does_not_fit_in_memory_fails_alone(place):
    place.write(trials=2, workers=1, extra="\n[[enqueue]]\nlayer_dims = [60000, 60000, 60000]\n")
    text = place.study.read_text().replace("width = [4, 32]", "width = [4, 60000]")
    text = text.replace("depth = [1, 2]", "depth = [1, 3]").replace("epochs = 10", "epochs = 2")
    place.study.write_text(text.replace("workers = 1", "workers = 1\nretries = 0"))
    text = place.study.read_text() + "\n[[enqueue]]\nlayer_dims = [8]\n"
    place.study.write_text(text)
    done = place.command("run", "small.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    large, small = place.trials()
    assert large.state == "failed"
    assert "MemoryError: Unable to allocate 26.8 GiB" in large.reason
    assert small.state == "complete"
