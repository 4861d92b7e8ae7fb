"""What the shell completes, asked as its scripts ask."""

import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app
from tests.view.madeup import MadeUp


@pytest.fixture
def complete(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(tmp_path / "runs" / "digits", space={"training.learning_rate": {"float": [0, 1]}})
    made.fill(3, running=0)
    made.close()

    def of(*words):
        line = ["hpsearch", *words]
        asked = {"_HPSEARCH_COMPLETE": "complete_bash", "COMP_CWORD": str(len(words))}
        asked["COMP_WORDS"] = "\n".join(line)
        done = CliRunner().invoke(app, [], env=asked, prog_name="hpsearch")
        assert done.exit_code == 0, done.output
        return [line for line in done.stdout.splitlines() if line]

    return of


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["top", "di"], "digits"),
        (["retrain", "di"], "digits"),
        (["top", "digits", "--where", "val_acc"], "val_accuracy"),
        (["top", "digits", "--where", "'acc>=98% -lea"], "acc>=98% -learning_rate"),
        (["top", "digits", "--where", "'acc>=98%|training.le"], "acc>=98%|training.learning_rate"),
        (["top", "digits", "--where", "'state:running,comp"], "state:running,complete"),
        (["top", "--columns", "lr,val_acc"], "lr,val_accuracy"),
        (["top", "nowhere", "--sort", "acc,-tim"], "acc,-time"),
        (["run", "x.toml", "--set", "training.opt"], "training.optimizer="),
        (["run", "x.toml", "--set", "batch_"], "batch_size="),
        (["run", "x.toml", "--set", "opt=ada"], "opt=adam"),
        (["check", "x.toml", "--set", "study.sampler=q"], "study.sampler=qmc"),
        (["ctl", "digits", "wor"], "workers"),
        (["ctl", "digits", "enqueue", "learn"], "learning_rate="),
        (["init", "--example", "wi"], "wine"),
        (["export", "digits", "--to", "pyt"], "python"),
    ],
)
def test_what_is_begun_is_offered_to_its_end(complete, words, offered):
    assert offered in complete(*words)


@pytest.mark.parametrize(
    "words",
    [
        ["top", "digits", "--where", "nosuch"],
        ["run", "x.toml", "--set", "nosuch=a"],
        ["run", "x.toml", "--set", "training.epochs=1"],
        ["ctl", "nowhere", "enqueue", "l"],
        ["ctl", "digits", "prune", "l"],
    ],
)
def test_what_is_not_known_is_not_offered_and_nothing_is_said(complete, words):
    assert complete(*words) == []
