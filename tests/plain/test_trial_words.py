"""A trial's number, as a person writes it."""

import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app
from hpsearch.errors import UsageError
from tests.view.madeup import MadeUp


@pytest.mark.parametrize("word", ["x", "1.5", "٣", "1" * 12])
def test_what_is_no_number_is_answered_in_our_words(tmp_path, word):
    MadeUp(tmp_path / "digits").close()
    done = CliRunner().invoke(app, ["show", "digits", word, "--runs", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert str(done.exception).startswith(f"{word} is no trial's number; write one such as 12")


@pytest.mark.parametrize("word", ["2", "#2"])
def test_a_number_is_a_trial_with_or_without_its_sign(tmp_path, word):
    made = MadeUp(tmp_path / "digits")
    made.fill(4, running=0)
    made.close()
    done = CliRunner().invoke(app, ["show", "digits", word, "--runs", str(tmp_path)])
    assert done.exit_code == 0
    assert "#2" in done.output
