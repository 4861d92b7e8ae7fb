"""Runs that can be read and not written, and what is none: as an ordinary user, even for root."""

import pytest

from tests.chaos.ordinary import held_to_permissions
from tests.chaos.refusals import RUN, command, read_only, wrong
from tests.view.madeup import MadeUp

NONSENSE = '[study]\nname = "chaos"\n[data]\nsource = "nonsense"\n'
"""A study whose data cannot be read: what is said of its folder is said before."""


@pytest.fixture
def runs(tmp_path):
    if not held_to_permissions(tmp_path / "held"):
        pytest.skip("permissions do not hold here")
    MadeUp(tmp_path / "runs" / "chaos").close()
    (tmp_path / "chaos.toml").write_text(NONSENSE)
    (tmp_path / "runs" / "chaos" / "lock").touch()
    return tmp_path / "runs"


def test_a_run_on_a_read_only_disk_can_be_looked_at(runs):
    with read_only(runs):
        assert wrong(command(runs.parent, ("status", "chaos")), refused=False) == []


@pytest.mark.parametrize("words", [RUN, ("ctl", "chaos", "add", "1"), ("clean", "chaos")])
def test_what_would_write_to_a_read_only_disk_is_refused_in_a_line(runs, words):
    with read_only(runs):
        assert wrong(command(runs.parent, words)) == []


@pytest.mark.parametrize("name", ["lock", "study.db"])
def test_a_file_of_a_run_that_cannot_be_written_is_named_before_the_data_are_read(runs, name):
    with read_only(runs / "chaos" / name):
        done = command(runs.parent, RUN)
    assert wrong(done) == []
    assert "runs/chaos cannot be written (Permission denied)" in done.stderr


@pytest.mark.parametrize("words", [RUN, ("status", "chaos"), ("clean", "chaos")])
def test_a_database_of_garbage_is_refused_in_a_line(runs, words):
    (runs / "chaos" / "study.db").write_bytes(bytes(range(256)) * 200)
    assert wrong(command(runs.parent, words)) == []
