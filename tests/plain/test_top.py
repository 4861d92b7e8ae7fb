"""`hpsearch top` and `importance`: choosing, ordering, and what cannot be asked."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import hpsearch.cli  # noqa: F401  # adds the commands that are tried here
from hpsearch.cli.every import app
from hpsearch.errors import UsageError
from hpsearch.plain.terminal import Terminal
from hpsearch.view.format import cells, clean
from hpsearch.view.query import QueryError
from tests.view.madeup import SPACE, MadeUp


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(tmp_path / "runs" / "digits")
    yield made
    made.close()


def command(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def listed(*words):
    return json.loads(command("top", "--format", "json", *words).stdout)


def test_where_keeps_what_fits_and_the_order(made):
    made.fill(60)
    found = listed("--where", "state:complete opt=adam act=tanh")
    assert found
    assert all(trial["params"]["training.optimizer"] == "adam" for trial in found)
    values = [trial["value"] for trial in found]
    assert values == sorted(values)


def test_top_in_a_query_is_of_the_whole_study_whatever_the_limit(made):
    made.fill(60)
    complete = [trial for trial in listed() if trial["state"] == "complete"]
    best = listed("--where", "top:10%")
    assert best == complete[: -(-len(complete) // 10)]
    assert listed("--where", "top:10%", "--limit", "2") == best[:2]


def test_sort_is_by_several_keys(made):
    made.fill(30)
    found = listed("--sort", "act,-value", "--where", "state:complete")
    keys = [(trial["params"]["network.activation"], -trial["value"]) for trial in found]
    assert keys == sorted(keys)


def test_columns_in_json_and_csv_are_exactly_those_by_full_names(made):
    made.fill(5, running=0)
    found = listed("--columns", "n,lr,acc,gap,delta")
    names = ["number", "training.learning_rate", "val_accuracy", "gap", "delta"]
    assert [list(trial) for trial in found] == [names] * 5
    assert found[0]["delta"] == 0.0
    rows = list(
        csv.reader(io.StringIO(command("top", "--columns", "act,hidden", "--format", "csv").stdout))
    )
    assert rows[0] == ["network.activation", "network.layer_dims"]
    assert len(rows) == 6


def test_a_table_of_chosen_columns_has_them_in_that_order(made):
    made.fill(5)
    header = command("top", "--columns", "time,act,curve").stdout.splitlines()[0]
    assert header.split() == ["#", "S", "time", "act", "curve"]


def test_a_fixed_value_can_be_asked_for_and_shown(made):
    made.fill(4, running=0)
    made.say(meaning={**SPACE, "training.epochs": 40})
    assert len(listed("--where", "training.epochs=40")) == 4
    assert listed("--columns", "training.epochs")[0] == {"training.epochs": 40}


def test_curves_are_drawn_where_epochs_are_known(made):
    made.trial(0, "complete", 0.1)
    for number in range(1, 9):
        made.epoch(0, number, 1 / number)
    assert "█" in command("top").stdout


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("--where", "acct>1"), QueryError, "did you mean"),
        (("--where", "acc>"), QueryError, "needs a value"),
        (("--sort", "nope"), UsageError, "--sort: there is no 'nope'"),
        (("--columns", "nope"), UsageError, "--columns: there is no 'nope'"),
        (("--columns", ","), UsageError, "name at least one"),
        (("--columns", "curve", "--format", "csv"), UsageError, "only drawn in a table"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(made, words, error, said):
    made.fill(3)
    with pytest.raises(error, match=said):
        command("top", *words)


def test_nothing_that_fits_is_said(made):
    made.fill(3)
    assert command("top", "--where", "#99").stdout == "digits has no trial that fits.\n"
    assert listed("--where", "#99") == []


@pytest.mark.parametrize("state", ["waiting", "running", "pruned", "diverged", "failed"])
def test_a_study_of_one_sort_of_trials_is_shown(made, state):
    for number in range(3):
        made.trial(number, state, 0.5)
    assert len(command("top").stdout.splitlines()) >= 4
    said = " ".join(command("importance").stdout.split())
    assert "needs 20: `hpsearch run` with larger --trials makes more." in said


def test_importance_is_told_in_words_and_as_json(made):
    assert "has 0 complete trials" in command("importance").stdout
    made.fill(60)
    lines = command("importance").stdout.splitlines()
    assert {line.split()[0] for line in lines[: len(SPACE)]} == set(SPACE)
    told = json.loads(command("importance", "--format", "json").stdout)["importance"]
    assert sum(told.values()) == pytest.approx(1)


@given(st.text("abc 猫\x1b—", max_size=60), st.integers(1, 30), st.booleans())
def test_wrapped_text_keeps_its_words_and_its_width(text, width, ascii_only):
    out = Terminal(Stream("ascii" if ascii_only else "utf-8"), width)
    lines = out.wrap(text, "  ")
    shown = out.writable(clean(text))
    assert " ".join(lines).split() == shown.split()
    longest = max((cells(word) for word in shown.split()), default=0)
    assert all(cells(line.rstrip()) <= max(width, longest + 2) for line in lines) or text[:1] == " "


class Stream(io.StringIO):
    def __init__(self, encoding):
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self):
        return self._encoding
