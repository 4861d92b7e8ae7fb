"""What is told where an engine does not come to work."""

import sys

import pytest

from hpsearch import system
from hpsearch.engine import begun
from hpsearch.engine.launch import launch
from hpsearch.engine.order import Order
from hpsearch.engine.steered import Steered
from hpsearch.errors import RunError
from hpsearch.store.folder import RunFolder
from hpsearch.study.options import StudyOptions
from tests.chaos.cuts import ask


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What is said of an engine that runs this code."""
    folder = RunFolder(tmp_path / "small")
    folder.logs.mkdir(parents=True)
    (folder.logs / "engine.log").write_text("a run before\n")
    order = Order(tmp_path / "small.toml", tmp_path, {}, None, False)

    def run(code: str) -> str:
        monkeypatch.setattr(system, "module_command", lambda name: [sys.executable, "-c", code])
        with pytest.raises(RunError) as error:
            launch(order, print, folder)
        return str(error.value)

    run.log = folder.logs / "engine.log"
    return run


def test_an_engine_that_dies_after_it_had_a_log_is_told_by_its_last_line_and_the_log(told):
    said = told(f"open({str(told.log)!r}, 'a').write('Traceback\\nKeyError: 1\\n'); exit(1)")
    assert "ended with code 1 before it was ready." in said
    assert "\nKeyError: 1\n" in said
    assert said.endswith(f"{told.log} has more.")


def test_an_engine_that_dies_before_it_had_a_log_is_told_by_what_it_said(told):
    said = told("import sys; sys.exit('no such module')")
    assert said.endswith("before it was ready.\nno such module")
    assert "signal 9" in told("import os; os.kill(os.getpid(), 9)")


@pytest.mark.parametrize("words", [b"", b'{"study": "/x/small.to'])
def test_an_engine_that_was_begun_for_nothing_ends_without_a_word(words):
    begun.begin()
    engine = begun.take()
    engine.process.stdin.write(words)
    engine.process.stdin.close()
    assert engine.process.wait(60) == 0
    with engine.output as output, open(engine.answers, "rb") as answers:
        assert answers.read() == b""
        output.seek(0)
        assert output.read() == b""


def test_an_engine_begun_ahead_is_the_one_that_is_taken(monkeypatch):
    made = []
    monkeypatch.setattr(begun, "Begun", lambda: made.append(object()) or made[-1])
    begun.begin()
    assert [begun.take(), begun.take()] == made


def test_what_another_version_wrote_down_does_no_harm():
    stored = {"file_trials": 100, "trials": 7, "of_tomorrow": 1}
    assert Steered.of({"steered": stored}, StudyOptions("x")).trials == 7
    assert Steered.of({"steered": {}}, StudyOptions("x")).trials is None


@pytest.mark.parametrize("words", [("run", "small.toml"), ("ls",), ("top", "small")])
def test_from_a_folder_that_was_deleted_nothing_is_begun(tmp_path, monkeypatch, words):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    code, said = ask(words)
    assert code == 2
    assert said == "hpsearch: The folder you are in was deleted; cd to one that is there.\n"
