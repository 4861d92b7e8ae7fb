"""What commands say, on a terminal of any width."""

import io
import sys

import pytest

from hpsearch.cli import run_app
from hpsearch.cli.saying import note, say


class Screen(io.StringIO):
    """A terminal's end of standard output."""

    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")

    def of(call, *words, stream="stdout"):
        screen = Screen()
        monkeypatch.setattr(sys, stream, screen)
        call(*words)
        return screen.getvalue().splitlines()

    return of


SENTENCE = "4 rows without 'Churned?', not to be learnt from: left out (first: row 74)."


@pytest.mark.parametrize("before", ["", "          ", "data      "])
def test_a_sentence_breaks_between_words_and_goes_on_below_its_beginning(shown, before):
    lines = shown(say, before + SENTENCE)
    assert len(lines) > 1
    assert all(len(line) <= 40 for line in lines)
    assert {line[: len(before)].strip() for line in lines[1:]} == {""}
    assert " ".join(line[len(before) :] for line in lines) == SENTENCE


@pytest.mark.parametrize("command", ["  hpsearch run {}", "next  hpsearch run {}"])
def test_a_command_to_copy_stays_one_line(shown, command):
    line = command.format("houses.toml --set training.epochs=200 --trials 400")
    assert shown(note, line, stream="stderr") == [line]


def test_an_error_breaks_between_words_and_its_commands_do_not(shown, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "houses.csv").touch()
    monkeypatch.setattr(sys, "argv", ["hpsearch", "check", "houses.csv"])
    *said, command = shown(run_app, stream="stderr")
    assert said[0].startswith("hpsearch: houses.csv is data")
    assert all(len(line) <= 40 for line in said)
    assert command == "  hpsearch init houses.csv --target COLUMN"
