"""Whose a search is: its command's, where that is told or nobody would find it again."""

import sys

import pytest

from hpsearch.cli.run import run
from hpsearch.engine import launch


class Launches(Exception):
    """As far as a command comes here."""


@pytest.fixture
def owned(tmp_path, monkeypatch):
    """Whether a command owns the engine that it launches."""

    def refuse(order, say, folder):
        raise Launches(order.owned)

    def ask(terminal, job, **options):
        monkeypatch.setattr(launch, "launch", refuse)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
        if job:
            monkeypatch.setenv("SLURM_JOB_ID", "7")
        (tmp_path / "small.toml").write_text("")
        with pytest.raises(Launches) as launched:
            run(tmp_path / "small.toml", runs=tmp_path, **options)
        return launched.value.args[0]

    return ask


@pytest.mark.parametrize(
    ("terminal", "job", "options", "whose"),
    [
        (True, False, {}, "its own"),
        (True, False, {"foreground": True}, "the command's"),
        (False, False, {}, "the command's"),
        (True, True, {}, "the command's"),  # which SLURM kills with the job
        (True, True, {"detach": True}, "its own"),
    ],
)
def test_a_search_outlives_its_command_on_a_terminal_alone(owned, terminal, job, options, whose):
    assert owned(terminal, job, **options) == (whose == "the command's")
