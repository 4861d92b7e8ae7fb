"""`hpsearch show`, `compare` and `log`: one trial, several side by side, and what happened."""

import io
import json
import threading

import pytest
from typer.testing import CliRunner

import hpsearch.cli  # noqa: F401  # adds the commands that are tried here
from hpsearch.cli.every import app
from hpsearch.errors import RunError, UsageError
from hpsearch.plain.log import events, lines, tell
from hpsearch.plain.terminal import Terminal
from hpsearch.store.reader import Busy, Reader
from hpsearch.store.triallog import TrialLogs
from hpsearch.view.naming import named, several
from tests.view.madeup import SPACE, MadeUp

MEANING = {**SPACE, "training.epochs": 40, "training.beta2": 0.99}
RANGES = {
    **SPACE,
    "training.learning_rate": {"float": [1e-4, 1e-1], "log": True},
    "network.activation": {"choice": ["relu", "tanh"]},
}
DATA = {"notes": [], "features": 64, "outputs": 10}


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(
        tmp_path / "runs" / "digits", space=RANGES, meaning=MEANING, data=DATA, state="finished"
    )
    yield made
    made.close()


@pytest.fixture
def other(tmp_path):
    other = MadeUp(
        tmp_path / "runs" / "iris", name="iris", seed=5, meaning={**MEANING, "training.epochs": 9}
    )
    yield other
    other.close()


def command(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


PARAMS = {
    "network.layer_dims": [32, 16],
    "network.activation": "tanh",
    "training.optimizer": "gd",
    "training.learning_rate": 0.01,
    "training.mini_batch_size": 32,
}


def one(made, number=0, state="complete", value=0.25, **others):
    params = json.dumps({**PARAMS, **others.pop("params", {})})
    made.trial(number, state, value, params=params, **others)
    for at in range(1, 6):
        made.epoch(number, at, 1 / at)


def test_a_trial_is_shown_with_ranges_layers_and_curve(made):
    one(made)
    text = command("show", "digits", "0").stdout
    assert text.startswith("digits #0  complete  the best\n")
    rate = next(line for line in text.splitlines() if "training.learning_rate" in line)
    assert rate.split() == [
        "training.learning_rate",
        "0.01",
        "▁▁▁▁▁█▁▁",
        "1.0e-04",
        "to",
        "0.1",
        "log",
    ]
    assert "training.epochs" in text
    assert "training.beta2" not in text  # gd has none
    assert "hidden 2  32   16  tanh               528" in text
    assert "output    16   10  softmax            170" in text
    told = text.splitlines()
    curve = told[next(at for at, line in enumerate(told) if line.startswith("by epoch")) + 1]
    assert curve.split() == ["val_cost", "1.0000", "█▅▃▂▁", "0.2000"]
    assert max(map(len, text.splitlines())) <= 80


def test_without_a_number_it_is_the_best(made):
    one(made, 0, value=0.5)
    one(made, 1, value=0.1)
    told = json.loads(command("show", "--format", "json").stdout)
    assert (told["number"], told["place"], len(told["curve"])) == (1, 1, 5)
    assert told["values"]["training.epochs"] == 40
    assert json.loads(command("show", "digits#0", "--format", "json").stdout)["place"] == 2


@pytest.mark.parametrize("state", ["waiting", "running", "pruned", "diverged", "failed"])
@pytest.mark.parametrize("value", [None, 0.5])
def test_a_trial_in_any_state_is_shown(made, state, value):
    one(made, 0, state, value)
    made.db.execute("DELETE FROM epoch")
    text = command("show", "digits", "0").stdout
    assert text.startswith("digits #0")
    json.loads(command("show", "digits", "0", "--format", "json").stdout)


def test_a_study_that_says_little_is_shown_all_the_same(made):
    made.db.execute("DELETE FROM study WHERE key IN ('space', 'meaning', 'data')")
    one(made)
    assert "layer " not in command("show", "digits", "0").stdout


def test_attempts_and_the_log_are_told(made):
    one(made)
    made.db.execute("INSERT INTO attempt VALUES (0, 1, 0, 77, 'here', 1.0, 2.0, 'died', 'killed')")
    made.db.execute("INSERT INTO attempt VALUES (0, 2, 1, 78, 'here', 2.5, 4.0, 'finished', '')")
    TrialLogs(made.folder.logs).append(0, "\n".join(f"line {n}\x1b[2J" for n in range(30)))
    text = command("show", "digits", "0").stdout
    assert "attempt 1  died  1.0s  worker 0  killed" in text
    assert "all: hpsearch log digits 0" in text
    assert "  line 29\\x1b[2J" in text
    assert "line 19\\" not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "digits", "9"), "has no trial #9; it has #0 to #0"),
        (("log", "digits", "9"), "has no trial #9"),
        (("compare", "digits", "0", "9"), "has no trial #9"),
        (("compare", "digits"), "compare needs two"),
        (("compare", "digits", "digits#0"), "cannot be compared"),
        (("show", "digit"), "Did you mean 'digits'"),
        (("compare", "digits", "iriss"), "no run called 'iriss'"),
    ],
)
def test_what_is_not_there_is_a_sentence(made, words, said):
    one(made)
    with pytest.raises(UsageError, match=said):
        command(*words)


def test_a_study_without_a_complete_trial_has_no_best(made):
    with pytest.raises(UsageError, match="none is best"):
        command("show")


def test_a_broken_study_is_a_sentence(made):
    one(made)
    made.close()
    made.folder.db.write_bytes(b"no database" * 300)
    for words in (("show", "digits"), ("log", "digits"), ("compare", "digits", "0", "0")):
        with pytest.raises(RunError, match="damaged"):
            command(*words)


def test_names_of_trials_can_be_written_in_two_ways():
    assert named("a#3").number == 3
    assert several(["a#3", "b#1"]) == (named("a#3"), named("b#1"))
    assert several(["a", "3", "#7"]) == (named("a#3"), named("a#7"))
    assert several(["a", "3", "b", "4"]) == (named("a#3"), named("b#4"))
    assert several(["a", "b", "c"])[2] == named("c")
    assert several(["a#1", "4"])[1] == named("a#4")


def test_trials_are_compared_in_what_differs(made):
    one(made, 0, value=0.5)
    one(made, 1, value=0.25, params={"training.learning_rate": 0.02})
    lines_ = command("compare", "digits", "0", "1").stdout.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines_[1:]}
    assert lines_[0].split() == ["digits#0", "digits#1"]
    assert rows["training.learning_rate"] == ["0.01", "0.02"]
    assert rows["val_cost"] == ["0.5000", "0.2500", "-0.25"]
    assert "training.optimizer" not in rows
    every = command("compare", "digits", "0", "1", "--all").stdout
    assert "training.optimizer" in every
    told = json.loads(command("compare", "digits", "0", "1", "--format", "json").stdout)
    assert told["training.learning_rate"] == {"digits#0": 0.01, "digits#1": 0.02}


def test_a_trial_compared_with_itself_does_not_differ(made):
    one(made)
    assert "do not differ" in command("compare", "digits#0", "digits#0").stdout


def test_studies_are_compared_in_what_their_files_say_and_what_came_of_them(made, other):
    one(made)
    other.fill(5)
    text = command("compare", "digits", "iris").stdout
    rows = {line[:24].split()[0]: line for line in text.splitlines()[1:] if line.strip()}
    assert rows["training.epochs"].split()[1:] == ["40", "9"]
    assert rows["state"].split()[1:] == ["finished", "gone"]
    assert max(map(len, text.splitlines())) <= 80
    told = json.loads(command("compare", "digits", "iris", "--format", "json").stdout)
    assert told["training.epochs"] == {"digits": 40, "iris": 9}


def test_empty_studies_can_be_compared(made, other):
    assert "training.epochs" in command("compare", "digits", "iris").stdout


def test_the_log_tells_events_one_a_line_in_a_pipe(made):
    one(made)
    made.note("note", "hello " * 40)
    made.note("best", "#0 new best", 0)
    told = command("log", "digits").stdout.splitlines()
    assert len(told) == 2
    assert told[1].endswith("★ #0 new best")
    assert len(command("log", "digits", "-n", "1").stdout.splitlines()) == 1
    event = json.loads(command("log", "--format", "json", "-n", "1").stdout)
    assert (event["kind"], event["trial"]) == ("best", 0)


def test_the_log_of_a_trial_is_its_events_and_what_it_printed(made):
    one(made)
    made.note("note", "of the study")
    made.note("retried", "#0 died", 0)
    TrialLogs(made.folder.logs).append(0, "overflow in exp")
    told = command("log", "digits", "0").stdout.splitlines()
    assert [line[22:] for line in told[:1]] == ["#0 died"]
    assert told[1:] == ["overflow in exp"]


class Steps(threading.Event):
    """Instead of sleeping, the next thing happens."""

    def __init__(self, *steps):
        super().__init__()
        self.steps = list(steps)

    def wait(self, timeout=None):
        del timeout
        self.steps.pop(0)()
        return not self.steps


def test_following_tells_what_comes_once_and_ends_with_the_engine(made):
    made.note("note", "one")
    alive = [True, True, False]
    with Reader(made.folder) as reader:
        stop = Steps(lambda: made.note("note", "two"), lambda: made.note("note", "three"), int)
        told = [e.text for e in events(reader, None, None, stop, lambda: alive.pop(0))]
    assert told == ["one", "two", "three"]


def test_following_a_file_tells_new_lines_once(tmp_path):
    path = tmp_path / "trial-00000.log"
    stop = Steps(lambda: path.write_text("a\n"), lambda: path.write_text("a\nb\n"), int)
    assert list(lines(path, None, stop, lambda: True)) == ["a", "b"]


def test_a_line_that_is_not_whole_yet_is_told_once_it_is(tmp_path):
    path = tmp_path / "trial-00000.log"
    path.write_text("a\nhalf a ")
    stop = Steps(lambda: path.write_text("a\nhalf a line\nb"), int, int)
    alive = [True, True, False]
    told = list(lines(path, None, stop, lambda: alive.pop(0)))
    assert told == ["a", "half a line", "b"]


def test_following_a_trial_goes_on_where_the_store_is_busy_once(made, monkeypatch):
    one(made)
    reads = [Reader.trial, busy, Reader.trial]
    monkeypatch.setattr(Reader, "trial", lambda *of: reads.pop(0)(*of))
    out = Terminal(io.StringIO(), 80, is_tty=False)
    logs = TrialLogs(made.folder.logs)
    logs.append(0, "before")
    assert tell(made.folder, 0, None, Steps(lambda: logs.append(0, "after"), int), False, out)
    assert out.stream.getvalue() == "before\nafter\n"


def busy(*of):
    raise Busy("not just now")
