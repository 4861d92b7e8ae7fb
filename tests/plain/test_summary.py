"""The six lines that a study ends with: what came of it, and how to go on."""

import pytest

from hpsearch.engine.reach import Reach
from hpsearch.plain.stream import follow
from hpsearch.plain.summary import summary
from hpsearch.view.format import ASCII, cells
from tests.plain.displaying import Clock, Looks, seen
from tests.view.madeup import MadeUp


def test_trials_put_aside_are_counted_where_nothing_runs(tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits", state="stopped")
    made.fill(5, running=2, waiting=1)
    (batch,) = seen(made)
    assert summary(batch.status, made.folder)[0].endswith("…3 put aside")
    made.close()


@pytest.mark.parametrize(
    ("state", "next_"),
    [
        ("finished", "hpsearch run studies/digits.toml --trials 120    (searches on)"),
        ("stopped", "hpsearch run studies/digits.toml    (goes on from here)"),
        ("failed", "hpsearch run studies/digits.toml    (tries on, once the cause is gone)"),
        ("running", "hpsearch attach digits"),
        ("paused", "hpsearch resume digits"),
    ],
)
def test_a_summary_has_six_lines_and_says_how_to_go_on(tmp_path, monkeypatch, state, next_):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(tmp_path / "runs" / "digits", state=state)
    made.fill(60 if state == "finished" else 12, running=0)
    (batch,) = seen(made)
    lines = summary(batch.status, made.folder)
    assert len(lines) == 6
    assert lines[0].startswith(f"digits  {state}  ")
    assert [line[:6] for line in lines[1:]] == ["best  ", "with  ", "in    ", "keep  ", "next  "]
    assert lines[3] == "in    runs/digits"
    assert lines[4] == "keep  hpsearch export digits -o digits-best.toml"
    assert cells(lines[4]) <= 80
    assert lines[5] == f"next  {next_}"
    made.close()


def test_where_nothing_is_left_to_try_a_wider_range_is_offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    why = "space exhausted: 12 configurations are all"
    made = MadeUp(tmp_path / "runs" / "digits", state="finished", why=why)
    made.fill(12, running=0)
    (batch,) = seen(made)
    further = summary(batch.status, made.folder)[5]
    assert further.startswith("next  hpsearch run studies/digits.toml --fork digits-2 ")
    assert "nothing is left to try" in further
    made.close()


def test_a_study_whose_time_is_up_is_offered_more_of_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(
        tmp_path / "runs" / "digits",
        state="finished",
        why="its time of 4.0s is up",
        overrides={"study.timeout": "4s"},
        larger={"study.timeout": "9s"},
    )
    made.fill(12, running=0)
    command = "hpsearch run studies/digits.toml --set study.timeout=9s"
    told = f"next  {command}    (its time of 4.0s is up; searches on)"
    assert summary(seen(made)[0].status, made.folder)[5] == told
    made.close()


THERE = Reach.given("tcp://n1:8786", "127.0.0.1").words()
CLUSTER = {"study.backend": "dask", "study.workers": 9}


@pytest.mark.parametrize(
    ("asked", "facts", "words"),
    [
        (CLUSTER, {"reach": THERE}, "--scheduler tcp://n1:8786 --listen 127.0.0.1"),
        ({"study.workers": 1}, {"workers": 3}, "--workers 3"),  # as steered since
    ],
    ids=["on a cluster", "so many workers"],
)
def test_a_search_goes_on_where_and_with_as_many_as_was_asked_for(
    tmp_path, monkeypatch, asked, facts, words
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    folder = tmp_path / "runs" / "digits"
    made = MadeUp(folder, state="stopped", overrides=asked, **facts)
    told = f"next  hpsearch run studies/digits.toml {words}    (goes on from here)"
    assert summary(seen(made)[0].status, made.folder)[5] == told
    made.close()


def test_a_best_trial_that_drew_nothing_has_no_empty_line(tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits", state="finished", space={})
    made.trial(0, "complete", 0.5, params="{}")
    lines = summary(seen(made)[0].status, made.folder)
    assert not any(line.startswith("with") for line in lines)
    made.close()


def test_a_run_that_lies_elsewhere_is_called_by_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(tmp_path / "my runs" / "other", state="stopped", path=str(tmp_path / "a.toml"))
    made.fill(5, running=0)
    lines = summary(seen(made)[0].status, made.folder, ASCII)
    assert "hpsearch export 'my runs/other' -o other-best.toml" in lines[4]
    assert "hpsearch run a.toml --name other --runs 'my runs'" in lines[5]
    made.close()


def test_a_gone_engine_is_said(made):
    made.fill(4)
    (batch,) = list(follow(made.folder, lambda: False, Looks(1), None, Clock()))
    assert summary(batch.status, made.folder)[0].startswith("digits  gone, no engine holds it")
