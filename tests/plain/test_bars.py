"""What a plain terminal is shown of a study: bars, redrawn where they stand."""

import getpass
import re
import socket

import pytest
from rich.console import Console

from hpsearch.plain.bars import Bars, Screen
from hpsearch.plain.terminal import Terminal, mode_for
from hpsearch.view.format import cells
from tests.plain.displaying import Stream, seen, shown, story


def drawn(found, width, height=24, encoding="utf-8"):
    stream = Stream(encoding, tty=True)
    out = Terminal(stream, width, is_tty=True)
    console = Console(file=stream, width=width, height=height, color_system=None)
    console.print(Screen(found[-1], out))
    return stream.getvalue()


@pytest.mark.parametrize("width", [1, 8, 20, 30, 40, 59, 60, 80, 120, 250])
@pytest.mark.parametrize("height", [1, 5, 24])
def test_bars_fit_any_terminal(made, width, height):
    made.fill(20, running=12)
    text = drawn(seen(made), width, height)
    lines = text.rstrip("\n").split("\n")
    assert all(cells(line) <= width for line in lines)
    assert len(lines) <= max(3, height)


def test_bars_at_80_columns_show_all_there_is(made):
    made.fill(20, running=2)
    text = drawn(seen(made), 80)
    assert re.search(r"digits  running  20/60  .*✓\d+ ◌\d+", text)
    assert re.search(r"★ #\d+  val_cost 0\.\d{4}  val_accuracy 0\.\d{4}  ", text)
    assert len(re.findall(r"w[01]  #2[01]  .*\d+/40 +val_cost \d\.\d{4}  val_acc", text)) == 2


def test_bars_never_cut_a_figure(made):
    made.fill(20, running=2)
    whole = {"val_cost", "val_accuracy"}
    for width in range(30, 120):
        for line in drawn(seen(made), width).splitlines()[2:]:
            assert "…" not in line, line
            words = line.split()
            assert all(
                re.fullmatch(r"\d\.\d{4}", words[i + 1]) for i, w in enumerate(words) if w in whole
            ), line


def test_bars_before_anything_is_complete_say_so(made):
    assert "no trial is complete yet" in drawn(seen(made), 80)


def test_bars_in_ascii_use_no_other_sign(made):
    assert drawn(story(made), 80, encoding="ascii").isascii()


def test_bars_show_somebodys_words_as_what_they_are(made):
    text = drawn(story(made), 200)
    assert "\\x1b[2J[bold]\\x0a\\u202e猫 no \\[/x] [/]" in text
    assert "\x1b" not in text


def test_bars_leave_the_cursor_visible_and_only_what_is_worth_keeping(made):
    made.fill(3)
    made.trial(30, "failed")
    stream = Stream(tty=True)
    console = Console(file=stream, width=80, height=24, force_terminal=True, color_system=None)
    shown(Bars(Terminal(stream, 80, is_tty=True), console), seen(made))
    text = stream.getvalue()
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert "✗ #30 failed  MemoryError" in text


def test_bars_say_you_where_it_was_you(made):
    me = f"{getpass.getuser()}@{socket.gethostname()} 4711"
    stream = Stream(tty=True)
    console = Console(file=stream, width=120, height=24, force_terminal=True, color_system=None)
    found = seen(made, 2, lambda: made.say(state="stopped", why=f"stopped by {me}"))
    shown(Bars(Terminal(stream, 120, is_tty=True), console), found)
    assert "digits is stopped: stopped by you" in stream.getvalue()


def test_bars_stand_aside_while_others_write(made):
    made.fill(3, running=2)
    stream = Stream(tty=True)
    console = Console(file=stream, width=80, height=24, force_terminal=True, color_system=None)
    (batch,) = seen(made)
    with Bars(Terminal(stream, 80, is_tty=True), console) as bars:
        bars.show(batch)
        with bars.aside():
            before = stream.getvalue()
            stream.write("stopping\n")
        bars.show(batch)
        after = stream.getvalue()[len(before) :]
    assert before.endswith("\x1b[1A\x1b[2K" * 4)  # four lines taken away, one by one
    assert "\x1b[1A" not in after[: after.index("digits  running")]


def test_the_terminal_is_given_back_when_drawing_fails(made):
    stream = Stream(tty=True)
    console = Console(file=stream, width=80, height=24, force_terminal=True, color_system=None)
    with pytest.raises(ZeroDivisionError), Bars(Terminal(stream, 80, is_tty=True), console):
        raise ZeroDivisionError
    assert "\x1b[?25h" in stream.getvalue()


@pytest.mark.parametrize(
    ("tty", "environ", "mode"),
    [
        (True, {"TERM": "xterm"}, "bars"),
        (True, {"TERM": "dumb"}, "lines"),
        (True, {"TERM": "xterm", "CI": "true"}, "lines"),
        (False, {"TERM": "xterm"}, "lines"),
    ],
)
def test_bars_only_where_they_can_be_seen(tty, environ, mode):
    assert mode_for(stream=Stream(tty=tty), environ=environ) == mode
    assert mode_for(json=True, stream=Stream(tty=tty), environ=environ) == "json"
