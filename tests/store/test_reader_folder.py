"""Which run a person means."""

import os

import pytest

from hpsearch.errors import UsageError
from hpsearch.store.folder import RunFolder, all_runs, find, name_of_study_file, runs_folder
from hpsearch.system import Lock


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    return tmp_path / "runs"


def add(runs, name, at=1_000.0):
    folder = runs / name
    folder.mkdir(parents=True)
    (folder / "study.db").touch()
    os.utime(folder / "study.db", (at, at))
    return folder


def test_a_name_is_a_run_in_the_current_folder(runs):
    add(runs, "digits")
    assert find("digits").resolve() == runs / "digits"


def test_a_run_folder_names_itself(runs, tmp_path):
    add(tmp_path / "elsewhere", "digits")
    assert find("elsewhere/digits").name == "digits"
    assert find(tmp_path / "elsewhere" / "digits") == tmp_path / "elsewhere" / "digits"


def test_a_study_file_names_its_study(runs, tmp_path):
    add(runs, "digits")
    (tmp_path / "mine.toml").write_text('[study]\nname = "digits"\n')
    assert find("mine.toml").name == "digits"
    (tmp_path / "digits.toml").write_text("[data]\nsource = 'x'\n")
    assert find("digits.toml").name == "digits"


@pytest.mark.parametrize(
    "text", ["", "= nonsense", "study = 3", "[study]\nname = 7", '[study]\nname = "../up"']
)
def test_a_study_file_without_a_sound_name_goes_by_its_own(text, tmp_path):
    assert name_of_study_file(text, tmp_path / "house.toml") == "house"


def test_left_out_it_is_the_newest(runs):
    add(runs, "old", at=1_000)
    add(runs, "new", at=3_000)
    add(runs, "middle", at=2_000)
    assert find().name == "new"
    assert [run.name for run in all_runs()] == ["new", "middle", "old"]


def test_left_out_a_running_one_comes_before_a_newer(runs):
    running = RunFolder(add(runs, "old", at=1_000))
    add(runs, "new", at=3_000)
    lock = Lock(running.lock)
    lock.acquire()
    assert running.alive
    assert find(None).name == "old"
    lock.release()
    assert find("").name == "new"


def test_a_wrong_name_is_offered_the_nearest(runs):
    add(runs, "digits")
    with pytest.raises(UsageError, match="Did you mean 'digits'"):
        find("digit")


def test_a_name_like_no_other_is_told_which_there_are(runs):
    add(runs, "digits")
    with pytest.raises(UsageError, match="Known: digits"):
        find("wxyz")


def test_where_nothing_was_run_the_way_out_is_said(runs):
    for name in (None, "digits"):
        with pytest.raises(UsageError, match="hpsearch run"):
            find(name)


def test_a_study_file_that_was_not_run_yet_says_so(runs, tmp_path):
    (tmp_path / "digits.toml").write_text("")
    with pytest.raises(UsageError, match=r"`hpsearch run digits.toml` starts one"):
        find("digits.toml")
    with pytest.raises(UsageError, match=r"no file other\.toml"):
        find("other.toml")


def test_a_huge_file_is_no_study_file(runs, tmp_path):
    (tmp_path / "huge.toml").write_bytes(b"#" * 300_000)
    with pytest.raises(UsageError, match="256 KiB"):
        find("huge.toml")


def test_a_name_cannot_lead_out_of_the_runs_folder(runs, tmp_path):
    add(tmp_path, "secret")
    runs.mkdir()
    with pytest.raises(UsageError):
        find("..secret", runs)


def test_the_option_wins_over_the_environment_and_that_over_the_default(monkeypatch):
    monkeypatch.setenv("HPSEARCH_RUNS", "/from/environment")
    assert str(runs_folder("given")) == "given"
    assert str(runs_folder()) == "/from/environment"
    monkeypatch.delenv("HPSEARCH_RUNS")
    assert str(runs_folder()) == "runs"


def test_an_empty_folder_is_no_run(runs):
    (runs / "nothing").mkdir(parents=True)
    (runs / "stray.txt").touch()
    assert all_runs() == []
