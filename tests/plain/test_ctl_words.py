"""What `ctl` says to words that it cannot take."""

import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app
from hpsearch.errors import UsageError
from tests.view.madeup import MadeUp


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prun"], "ctl has no verb 'prun'. Did you mean prune? Known: pause, resume, stop,"),
        (["xyz"], "ctl has no verb 'xyz'. Known: pause"),
        (["xyz"], "the study's name stands before it, as in `hpsearch ctl digits pause`."),
        (["enqueue", "/no.toml"], "enqueue: /no.toml cannot be read: No such file or directory."),
        (["prune"], "prune takes trials by their numbers, such as `prune 7 12`."),
        (["kill", "x"], "'x' is no number"),
        (["add", "0"], "add takes a number from 1, such as `add 2`."),
    ],
)
def test_words_that_cannot_be_taken_are_answered_with_those_that_can(tmp_path, words, said):
    MadeUp(tmp_path / "digits").close()
    done = CliRunner().invoke(app, ["ctl", "digits", *words, "--runs", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)
