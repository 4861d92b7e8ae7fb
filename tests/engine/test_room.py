"""Run folders that lead elsewhere."""

import pytest

from hpsearch.engine.room import hold_room, link_within
from hpsearch.errors import RunError
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
