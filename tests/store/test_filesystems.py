import errno
import fcntl
import mmap
import os
from pathlib import Path

import pytest

from hpsearch.errors import RunError
from hpsearch.store.filesystems import NETWORKS, hold_folder, probe, statfs


@pytest.mark.parametrize(("number", "name"), NETWORKS.items())
def test_a_run_folder_on_a_network_file_system_is_refused_with_what_to_do(tmp_path, number, name):
    with pytest.raises(RunError) as refused:
        hold_folder(tmp_path / "runs" / "digits", lambda path: number)
    said = str(refused.value)
    assert f"is on {name}, a network file system" in said
    assert "--runs" in said


def test_the_nearest_folder_that_exists_is_asked(tmp_path):
    asked = []
    hold_folder(tmp_path / "runs" / "digits", lambda path: asked.append(path) or 0)
    assert asked == [tmp_path]


def test_a_disk_of_this_machine_will_do_and_nothing_is_left_on_it(tmp_path):
    hold_folder(tmp_path / "runs")
    assert probe(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []
    assert statfs(tmp_path) not in {0, *NETWORKS}


def test_locks_that_everybody_gets_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fcntl, "flock", lambda file, how: None)
    with pytest.raises(RunError, match="gives one lock twice"):
        hold_folder(tmp_path, lambda path: 0)


def test_a_file_system_without_locks_is_refused(tmp_path, monkeypatch):
    def refuse(file, how):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(RunError, match=r"knows no locks \(No locks available\)"):
        hold_folder(tmp_path, lambda path: 0)


def test_a_file_system_that_refuses_shared_memory_maps_is_refused(tmp_path, monkeypatch):
    def refuse(handle, size):
        raise OSError(19, "No such device")

    monkeypatch.setattr(mmap, "mmap", refuse)
    with pytest.raises(RunError, match="cannot be mapped into memory"):
        hold_folder(tmp_path, lambda path: 0)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_no_reason_to_die_of_a_map(tmp_path, monkeypatch):
    def refuse(handle, what, at):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", refuse)
    with pytest.raises(OSError, match="No space left"):
        hold_folder(tmp_path, lambda path: 0)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_folder_and_what_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    for there in (tmp_path / "file" / "runs", Path("/proc/runs/small")):  # not even by root
        with pytest.raises(OSError):  # noqa: PT011  # which, is the system's to say
            hold_folder(there, lambda path: 0)
