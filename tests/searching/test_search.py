"""hpsearch.search: what comes of it is what the commands say of the same run."""

import csv
import io
import json
import sys
from types import SimpleNamespace

import polars as pl
import pytest

import hpsearch
from hpsearch.searching import within
from hpsearch.searching.asked import ask
from hpsearch.searching.faces import face
from hpsearch.searching.handed import hand_over
from tests.searching.conftest import SPACE


def told(place, *words):
    done = place.command(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def place(place, monkeypatch):
    monkeypatch.chdir(place.path)
    monkeypatch.setenv("HPSEARCH_RUNS", str(place.path / "runs"))
    return place


def test_the_result_is_what_top_export_retrain_and_predict_say(place, rows, quick):
    x, _ = rows
    found = quick(SPACE, rows, name="small")
    assert (found.state, found.metric, found.direction) == ("finished", "val_cost", "minimize")

    top = json.loads(told(place, "top", "small", "--format", "json"))
    best = found.best
    assert [row["number"] for row in found.leaderboard] == [row["number"] for row in top]
    assert (best.number, best.value) == (top[0]["number"], top[0]["value"])
    assert json.loads(json.dumps(best.params)) == top[0]["params"]
    assert found.to_polars()["value"].to_list() == [row["value"] for row in top]
    values = [row["val_cost"] for row in best.curve]
    assert min(values) == best.value == values[best.best_epoch - 1]
    assert list(found.curves) == [row["number"] for row in top]
    assert found.curves[best.number] == best.curve

    assert told(place, "export", "small", "-o", "-") == best.study
    (place.path / "best.toml").write_text(best.study)
    told(place, "retrain", "best.toml", "-o", "by-command", "--no-baselines")
    model = found.retrain(place.path / "by-python")
    with pytest.raises(hpsearch.HpsearchError, match="already; force=True replaces it"):
        found.retrain(place.path / "by-python")
    pl.DataFrame(x, schema=["x0", "x1", "x2"], orient="row").write_csv("new.csv")
    for folder in ("by-command", "by-python"):
        said = csv.DictReader(io.StringIO(told(place, "predict", folder, "new.csv")))
        assert [row["prediction"] for row in said] == model.predict(x).tolist()
    assert repr(found).startswith("<Result small: finished, 3 of 3 trials in ")
    assert "runs/small>" in repr(found)


def test_a_search_goes_on_from_python_on_the_command_line_and_back(place, rows, quick, capsys):
    quick(SPACE, rows, name="small", trials=2, progress=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert "#0 complete" in said.err
    assert said.err.endswith("small is finished: all 2 trials asked for are finished\n")
    told(place, "run", "runs/small/asked.toml", "--trials", "4")
    found = quick(SPACE, rows, name="small", trials=6)
    assert sorted(row["number"] for row in found.leaderboard) == list(range(6))
    never_stopped = within.search(within.settle(ask(SPACE, rows, None, {"trials": 6}), "rows"))
    assert _values(found) == {trial.number: trial.value for trial in never_stopped.trials}

    again = hpsearch.result("small")
    assert _values(again) == _values(found)
    assert again.best == found.best


def test_a_frame_of_few_words_is_no_small_file_that_unpacks_to_a_huge_one(tmp_path):
    frame = pl.DataFrame(
        {"a": ["a word of some length", "another one"] * 60_000, "b": [0.0, 1] * 60_000}
    )
    hand_over(frame, ("b",)).write(tmp_path / "rows.parquet")
    assert frame.estimated_size() < 20 * (tmp_path / "rows.parquet").stat().st_size


def test_lines_are_shown_to_people_alone(monkeypatch):
    assert face(None).out is None  # neither a terminal nor a notebook
    assert face(False).out is None
    assert face(True).out.stream is sys.stderr
    monkeypatch.setitem(
        sys.modules,
        "IPython",
        SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel="of a notebook")),
    )
    assert face(None).out.stream is sys.stdout
    assert face(False).out is None


def _values(found):
    return {row["number"]: row["value"] for row in found.leaderboard}
