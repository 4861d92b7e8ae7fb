"""Watching a study to its end, leaving before it, and what the commands print."""

import csv
import io
import json
import os
import signal

import pytest
from typer.testing import CliRunner

import hpsearch.cli  # noqa: F401  # adds the commands that are tried here
from hpsearch.cli.every import app
from hpsearch.errors import RunError, UsageError
from hpsearch.plain.terminal import Terminal
from hpsearch.plain.watch import Outcome, exit_code, watch
from hpsearch.store.records import Mark
from hpsearch.system import Lock
from hpsearch.view.status import TOP
from tests.view.madeup import MadeUp


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(tmp_path / "runs" / "digits")
    yield made
    made.close()


class Steps:
    """Stands in for threading.Event: instead of sleeping, the next thing happens."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.set = False

    def is_set(self):
        return self.set

    def wait(self, timeout=None):
        if self.steps:
            self.steps.pop(0)()
        else:
            self.set = True
        return self.set


def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


def seen(made, *steps, mode="lines", **others):
    stream = io.StringIO()
    outcome = watch(
        made.folder.path,
        mode=mode,
        alive=lambda: True,
        stop=Steps(*steps),
        out=Terminal(stream),
        **others,
    )
    return outcome, stream.getvalue()


@pytest.mark.parametrize("mode", ["lines", "json", "bars"])
def test_watching_ends_with_the_study_and_its_summary(made, mode):
    made.fill(3, running=0)
    outcome, text = seen(made, lambda: made.say(state="finished"), mode=mode, since=Mark())
    assert outcome == Outcome("finished", outcome.complete, left=False)
    last = text.splitlines()[-1]
    if mode == "json":
        assert json.loads(last)["e"] == "summary"
    else:
        assert last.startswith("next  hpsearch run studies/digits.toml")
        heading = next(line for line in text.splitlines() if " of 60 trials" in line)
        assert heading.startswith("digits  finished  3 of 60 trials")


def test_json_lines_are_all_there_is_on_standard_output(made):
    made.fill(3)
    _, text = seen(made, mode="json", since=Mark())
    assert all(json.loads(line)["v"] == 1 for line in text.splitlines())


@pytest.mark.parametrize("mode", ["lines", "json", "bars"])
@pytest.mark.parametrize("state", ["stopped", "failed", "finished", "paused", "gone"])
def test_every_state_has_a_summary(made, mode, state):
    made.fill(3)
    made.say(state="running" if state == "gone" else state)
    stream = io.StringIO()
    outcome = watch(
        made.folder.path,
        mode=mode,
        alive=lambda: state != "gone",
        stop=Steps(),
        out=Terminal(stream),
    )
    assert outcome.state == state
    assert outcome.left == (state == "paused")
    assert state in stream.getvalue()


def test_ctrl_c_asks_what_to_do_and_goes_on_where_told_so(made):
    asked = []

    def ask():
        asked.append("?")
        return len(asked) < 3

    before = signal.getsignal(signal.SIGINT)
    outcome, text = seen(made, ctrl_c, ctrl_c, lambda: None, ctrl_c, on_interrupt=ask)
    assert asked == ["?"] * 3
    assert (outcome.state, outcome.left) == ("running", True)
    assert "next  hpsearch attach digits" in text
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_is_answered_by_the_end_of_the_study(made):
    steps = (ctrl_c, lambda: made.say(state="stopped", why="stopped by a person"))
    outcome, text = seen(made, *steps, on_interrupt=lambda: True)
    assert (outcome.state, outcome.left) == ("stopped", False)
    assert "digits is stopped: stopped by a person" in text


@pytest.mark.parametrize("mode", ["lines", "bars"])
def test_without_an_answer_ctrl_c_is_raised_once_all_is_tidy(made, mode):
    stream = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        watch(
            made.folder.path,
            mode=mode,
            alive=lambda: True,
            stop=Steps(ctrl_c),
            out=Terminal(stream),
        )
    assert "next  hpsearch attach digits" in stream.getvalue()


def test_whoever_reads_us_may_have_seen_enough(made):
    made.fill(3)
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as stream:
        outcome = watch(
            made.folder.path,
            mode="lines",
            alive=lambda: True,
            stop=Steps(),
            out=Terminal(stream),
        )
    assert outcome.left


@pytest.mark.parametrize(
    ("state", "complete", "code"),
    [
        ("finished", 3, 0),
        ("finished", 0, 1),
        ("stopped", 3, 3),
        ("stopped", 0, 3),
        ("failed", 3, 1),
        ("gone", 3, 1),
        ("running", 0, 0),
        ("paused", 0, 0),
        ("stopping", 0, 0),
    ],
)
def test_exit_codes(state, complete, code):
    assert exit_code(state, complete) == code


def command(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_top_in_json_is_a_list_with_exactly_the_agreed_keys(made):
    made.fill(30, running=2, waiting=1)
    listed = json.loads(command("top", "digits", "--format", "json").stdout)
    assert len(listed) == 33
    assert {tuple(trial) for trial in listed} == {TOP}
    complete = [trial["value"] for trial in listed if trial["state"] == "complete"]
    assert complete == sorted(complete)
    assert listed[0]["params"]["training.learning_rate"] > 0
    assert len(json.loads(command("top", "--limit", 4, "--format", "json").stdout)) == 4


def test_top_in_csv_has_a_column_for_each_parameter_by_its_full_name(made):
    made.fill(5)
    rows = list(csv.DictReader(io.StringIO(command("top", "--format", "csv").stdout)))
    assert len(rows) == 7
    assert set(rows[0]) == {*TOP, *made_names()} - {"params"}
    assert float(rows[0]["training.learning_rate"]) > 0


def made_names():
    from tests.view.madeup import SPACE

    return list(SPACE)


def test_top_as_a_table_shows_twenty_at_80_columns(made):
    made.fill(50)
    lines = command("top").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("★ ")
    assert lines[21].startswith("No room for ")
    assert "--format csv shows all." in " ".join(lines[21:])


def test_top_of_a_study_without_trials_says_so(made):
    assert command("top").stdout == "digits has no trials yet.\n"
    assert command("top", "--format", "json").stdout == "[]\n"


def test_top_shows_nothing_as_running_where_no_engine_lives(made):
    made.fill(0, running=1)
    assert json.loads(command("top", "--format", "json").stdout)[0]["state"] == "waiting"
    lock = Lock(made.folder.lock)
    lock.acquire()
    assert json.loads(command("top", "--format", "json").stdout)[0]["state"] == "running"
    lock.release()


def test_status_tells_the_truth_about_the_engine(made):
    made.fill(4)
    assert json.loads(command("status", "--format", "json").stdout)["state"] == "gone"
    lock = Lock(made.folder.lock)
    lock.acquire()
    told = json.loads(command("status", "digits", "--format", "json").stdout)
    assert (told["state"], told["trials"]["running"], told["workers"]) == ("running", 2, 2)
    assert "now   2 running, 0 waiting, 2 workers" in command("status").stdout
    made.say(workers=1)
    assert "waiting, 1 worker, " in command("status").stdout
    lock.release()


def test_where_nothing_is_best_it_is_said_why(made):
    made.say(state="stopped", why="stopped by a person")
    told = command("status").stdout.splitlines()
    assert told[1:3] == ["why   stopped by a person", "best  none: no trial is complete"]
    assert not any(line.startswith("with") for line in told)


def test_ls_lists_every_study_and_shrugs_at_what_it_cannot_read(made, tmp_path):
    made.fill(4)
    broken = tmp_path / "runs" / "broken"
    broken.mkdir()
    (broken / "study.db").write_bytes(b"no database" * 300)
    text = command("ls").stdout
    assert "digits" in text
    assert "unreadable" in text
    listed = json.loads(command("ls", "--format", "json").stdout)
    states = {entry["name"]: entry["state"] for entry in listed}
    assert states == {"digits": "gone", "broken": "unreadable"}
    with pytest.raises(RunError, match="damaged"):
        command("status", "broken")


def test_ls_has_what_runs_first_and_then_the_newest(made, tmp_path):
    for at, name in enumerate(["old", "new"]):
        other = MadeUp(tmp_path / "runs" / name, name=name, state="stopped")
        other.close()
        os.utime(other.folder.db, (2e9 + at, 2e9 + at))
    lock = Lock(made.folder.lock)
    lock.acquire()
    names = [line.split()[0] for line in command("ls").stdout.splitlines()[1:]]
    lock.release()
    assert names == ["digits", "new", "old"]
    listed = json.loads(command("ls", "--format", "json").stdout)
    assert [entry["name"] for entry in listed] == ["new", "old", "digits"]


def test_ls_where_nothing_was_run_says_how_to_begin(made, tmp_path):
    empty = tmp_path / "empty"
    assert "hpsearch run STUDY.toml" in command("ls", "--runs", empty).stdout
    assert json.loads(command("ls", "--runs", empty, "--format", "json").stdout) == []


def test_attach_to_an_ended_study_shows_its_summary_and_exits_like_run(made):
    made.fill(4, running=0)
    made.say(state="stopped")
    done = command("attach", "digits")
    assert done.exit_code == 3
    assert done.stdout.splitlines()[-1].startswith("next  ")
    assert json.loads(command("attach", "--json").stdout.splitlines()[-1])["e"] == "summary"


@pytest.mark.parametrize("name", ["top", "status", "attach"])
def test_a_wrong_name_is_offered_the_nearest(made, name):
    with pytest.raises(UsageError, match="Did you mean 'digits'"):
        command(name, "digit")
