"""Run folders that lead elsewhere, or lie where a store would be lost."""

import os

import pytest

from hpsearch.engine import process
from hpsearch.engine.order import Answer, Order
from hpsearch.engine.room import hold_room, link_within
from hpsearch.errors import RunError
from hpsearch.store.filesystems import NETWORKS, statfs
from hpsearch.store.folder import RunFolder


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path / "runs" / "small")
    for place in (folder.inbox, folder.checkpoints, folder.logs, folder.data / "abc"):
        place.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    "name",
    ["lock", "study.db", "study.new", "models", "logs/engine.log", "inbox", "data/abc/x.npy",
     "checkpoints/trial-00000.new", "tmp"],
)  # fmt: skip
def test_a_run_writes_through_no_link(folder, tmp_path, name):
    mine = tmp_path / "mine"
    mine.write_text("precious")
    link = folder.path / name
    if link.is_dir():
        link.rmdir()
    link.symlink_to(mine)
    with pytest.raises(RunError, match=f"{name} is a link, through which a run would write"):
        hold_room(folder.path)
    assert mine.read_text() == "precious"


def test_a_run_folder_may_be_a_link_itself_and_so_may_what_is_filed(folder, tmp_path):
    (folder.inbox / "b.json").symlink_to("nowhere")
    (tmp_path / "other").symlink_to(folder.path)
    assert link_within(tmp_path / "other") is None
    hold_room(folder.path)


def test_a_run_on_a_network_file_system_is_refused_before_anything_is_begun(place, monkeypatch):
    place.write(trials=1)
    answers, ours = os.pipe()
    order = Order(place.path / "small.toml", place.path / "runs", answer=ours)
    monkeypatch.setitem(NETWORKS, statfs(place.path), "NFS")
    monkeypatch.setattr(process, "_line", order.to_line)
    with pytest.raises(SystemExit):
        process.work()
    answer = Answer.from_line(os.read(answers, 9999))
    os.close(answers)
    assert answer.kind == "error"
    assert "is on NFS, a network file system" in answer.text
    assert not (place.path / "runs").exists()
