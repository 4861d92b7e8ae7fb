"""What a person may write after `ctl NAME enqueue`."""

from __future__ import annotations

import os
import signal

import pytest

from hpsearch.cli.enqueueing import entries
from hpsearch.errors import UsageError
from hpsearch.store.folder import RunFolder
from hpsearch.store.writer import Store

SPACE = {"training.learning_rate": {"float": [0.001, 1.0]}, "training.optimizer": {}}


@pytest.fixture
def folder(tmp_path):
    store = Store(tmp_path / "study.db")
    store.set(name="small", state="running", space=SPACE)
    store.close()
    return RunFolder(tmp_path)


@pytest.mark.parametrize(
    ("word", "value"),
    [("0.01", 0.01), ("adam", "adam"), ("2020-01-01", "2020-01-01"), ("nan", "nan"), ("", "")],
)
def test_a_word_is_a_value_or_itself(folder, word, value):
    assert entries(folder, [f"lr={word}"]) == [{"training.learning_rate": value}]


@pytest.mark.parametrize("value", ["2020-01-01", "nan", "[1.0, inf]"])
def test_a_file_of_what_no_command_can_carry_is_refused(folder, tmp_path, value):
    file = tmp_path / "mine.toml"
    file.write_text(f"[[enqueue]]\nlr = {value}\n")
    with pytest.raises(UsageError, match="finite numbers"):
        entries(folder, [str(file)])
    file.write_text(f"[training]\nlearning_rate = {value}\n")
    with pytest.raises(UsageError, match="finite numbers"):
        entries(folder, [str(file)])


def test_what_is_no_file_is_not_read(folder, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    signal.alarm(20)  # reading it would wait for ever
    for path in (tmp_path, tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(UsageError, match="is no file"):
            entries(folder, [str(path)])
    signal.alarm(0)
