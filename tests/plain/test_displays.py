"""What a person and a program see of a made-up study: lines, JSON lines, bars."""

import io
import json
import re

import pytest
from rich.console import Console

from hpsearch.engine.reach import Reach
from hpsearch.plain.bars import Bars, Screen
from hpsearch.plain.jsonlines import JsonLines
from hpsearch.plain.lines import EVERY, Lines
from hpsearch.plain.stream import follow
from hpsearch.plain.summary import summary
from hpsearch.plain.terminal import Terminal, mode_for
from hpsearch.store.inbox import send
from hpsearch.store.records import Mark
from hpsearch.view.format import ASCII, cells
from tests.view.madeup import BEGIN, MadeUp

NASTY = "\x1b[2J[bold]\n\u202e猫 no \\[/x] [/]"


class Clock:
    """A second passes at each look."""

    def __init__(self, step=1.0):
        self.now, self.step = BEGIN, step

    def __call__(self):
        self.now += self.step
        return self.now


class Looks:
    """Leave after so many looks; at each, do the next thing if there is one."""

    def __init__(self, count, *steps):
        self.count, self.steps = count, list(steps)

    def is_set(self):
        return False

    def wait(self, timeout=None):
        self.count -= 1
        if self.steps:
            self.steps.pop(0)()
        return self.count <= 0


class Stream(io.StringIO):
    """A text stream of a chosen encoding, that may say it is a terminal."""

    def __init__(self, encoding="utf-8", tty=False):
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._tty

    def write(self, text):
        text.encode(self._encoding)  # raises where a real one would
        return super().write(text)


@pytest.fixture
def made(tmp_path):
    made = MadeUp(tmp_path / "digits", beat=BEGIN)
    yield made
    made.close()


def seen(made, looks=1, *steps, step=1.0):
    return list(follow(made.folder, lambda: True, Looks(looks, *steps), Mark(), Clock(step)))


def shown(display, found):
    with display:
        for batch in found:
            display.show(batch)


def story(made):
    """A study in which everything happens, told by words that mean harm."""
    made.fill(20, running=3)
    made.note("note", NASTY)
    made.note("warning", NASTY)
    made.trial(30, "failed", reason=NASTY * 9)
    made.trial(31, "diverged")
    made.trial(32, "complete", 0.01, params=json.dumps({"network.activation": NASTY}))
    made.note("best", "#32 is the best so far", 32)
    return seen(made, 2, lambda: made.say(state="failed", why=NASTY))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_lines_are_at_most_80_columns_and_clean(made, encoding):
    stream = Stream(encoding)
    shown(Lines(Terminal(stream)), story(made))
    text = stream.getvalue()
    for line in text.splitlines():
        assert cells(line) <= 80
        assert re.match(r"\d\d:\d\d:\d\d | {11}\S", line)
        assert line.isprintable()
    assert "[bold]" in text
    assert text.count("\n") == 1 + 23 + 2 + 1  # the start, the ends, note and warning, the state


def test_a_line_tells_figures_or_the_reason(made):
    made.trial(0, "complete", 0.0234, seconds=72.0)
    made.trial(1, "diverged")
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    first, second = (line[9:].rstrip() for line in stream.getvalue().splitlines()[1:])
    assert first == "✓ #0 complete  val_cost 0.0234  val_accuracy 0.9922  40/40  1m12s"
    assert second == "! #1 diverged  the cost was nan after epoch 3"


def test_a_new_best_is_starred_on_the_line_of_its_end(made):
    made.trial(0, "complete", 0.0234)
    made.note("best", "#0 is the best so far", 0)
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    assert "★ #0 complete" in stream.getvalue()
    assert "best so far" not in stream.getvalue()


def test_a_line_says_how_it_stands_every_thirty_seconds(made):
    made.fill(5)
    stream = Stream()
    found = list(follow(made.folder, lambda: True, Looks(100), None, Clock(1.0)))
    shown(Lines(Terminal(stream)), found)
    standing = [line for line in stream.getvalue().splitlines() if "running 5/60" in line]
    assert len(standing) == 1 + 99 // EVERY


def test_lines_in_ascii_use_no_other_sign(made):
    stream = Stream("ascii")
    shown(Lines(Terminal(stream)), story(made))
    assert stream.getvalue().isascii()


def json_lines(made, found):
    stream = Stream("ascii")
    display = JsonLines(Terminal(stream))
    shown(display, found)
    display.close(found[-1].status, made.folder, BEGIN)

    def never(name):
        raise AssertionError(f"{name} is no JSON")

    lines = stream.getvalue().splitlines()
    return [json.loads(line, parse_constant=never) for line in lines]


def test_json_lines_carry_version_time_and_event(made):
    lines = json_lines(made, story(made))
    assert {line["v"] for line in lines} == {1}
    assert all(isinstance(line["t"], float) for line in lines)
    assert {line["e"] for line in lines} == {
        *("study_start", "trial_start", "trial_end", "best", "note", "warning", "state"),
        "summary",
    }
    assert (lines[0]["e"], lines[-1]["e"]) == ("study_start", "summary")


def test_json_lines_tell_a_trial_as_top_does(made):
    made.trial(0, "pruned", 0.7)
    made.trial(1, "diverged")
    ends = [line for line in json_lines(made, seen(made)) if line["e"] == "trial_end"]
    assert [(end["trial"], end["state"], end["value"]) for end in ends] == [
        (0, "pruned", 0.7),
        (1, "diverged", None),
    ]
    assert ends[1]["reason"] == "the cost was nan after epoch 3"
    assert ends[1]["val_cost"] is None


def test_every_end_has_a_start_before_it(made):
    started = set()
    for line in json_lines(made, story(made)):
        if line["e"] == "trial_start":
            started.add(line["trial"])
        if line["e"] == "trial_end":
            assert line["trial"] in started


def test_the_summary_as_json_is_the_status_and_more(made):
    last = json_lines(made, story(made))[-1]
    assert last["state"] == "failed"
    assert last["why"] == NASTY
    assert last["trials"]["running"] == 0
    assert last["best"]["number"] == 32


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


def test_a_long_note_goes_on_below_instead_of_being_cut(made):
    made.note("note", "a column is dropped because it is " + "very " * 40 + "long")
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    assert "very long" in " ".join(stream.getvalue().split())


def test_trials_put_aside_are_counted_where_nothing_runs(tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits", state="stopped")
    made.fill(5, running=2, waiting=1)
    (batch,) = seen(made)
    assert summary(batch.status, made.folder)[0].endswith("…3 put aside")
    made.close()


def test_one_reads_you_where_one_asked_oneself(made):
    sender = send(made.folder.inbox, "stop").sender
    made.note("note", f"stop by {sender}: done")
    made.note("note", "stop by eve@elsewhere 12: done")
    stream = Stream()
    shown(Lines(Terminal(stream)), seen(made))
    assert "stop by you: done" in stream.getvalue()
    assert "stop by eve@elsewhere 12: done" in stream.getvalue()


@pytest.mark.parametrize(
    ("state", "next_"),
    [
        ("finished", "hpsearch run studies/digits.toml --trials 120    (searches on)"),
        ("stopped", "hpsearch run studies/digits.toml    (goes on from here)"),
        ("failed", "hpsearch run studies/digits.toml    (tries on, once the cause is gone)"),
        ("running", "hpsearch attach digits"),
        ("paused", "hpsearch resume digits"),
    ],
)
def test_a_summary_has_six_lines_and_says_how_to_go_on(tmp_path, monkeypatch, state, next_):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(tmp_path / "runs" / "digits", state=state)
    made.fill(60 if state == "finished" else 12, running=0)
    (batch,) = seen(made)
    lines = summary(batch.status, made.folder)
    assert len(lines) == 6
    assert lines[0].startswith(f"digits  {state}  ")
    assert [line[:6] for line in lines[1:]] == ["best  ", "with  ", "in    ", "keep  ", "next  "]
    assert lines[3] == "in    runs/digits"
    assert lines[4] == "keep  hpsearch export digits -o digits-best.toml"
    assert cells(lines[4]) <= 80
    assert lines[5] == f"next  {next_}"
    made.close()


def test_where_nothing_is_left_to_try_a_wider_range_is_offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    why = "space exhausted: 12 configurations are all"
    made = MadeUp(tmp_path / "runs" / "digits", state="finished", why=why)
    made.fill(12, running=0)
    (batch,) = seen(made)
    further = summary(batch.status, made.folder)[5]
    assert further.startswith("next  hpsearch run studies/digits.toml --fork digits-2 ")
    assert "nothing is left to try" in further
    made.close()


def test_a_study_whose_time_is_up_is_offered_more_of_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(
        tmp_path / "runs" / "digits",
        state="finished",
        why="its time of 4.0s is up",
        overrides={"study.timeout": "4s"},
        larger={"study.timeout": "9s"},
    )
    made.fill(12, running=0)
    command = "hpsearch run studies/digits.toml --set study.timeout=9s"
    told = f"next  {command}    (its time of 4.0s is up; searches on)"
    assert summary(seen(made)[0].status, made.folder)[5] == told
    made.close()


def test_a_search_on_a_cluster_goes_on_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    there = Reach.given("tcp://n1:8786", "127.0.0.1").words()
    asked = {"study.backend": "dask", "study.workers": 9}
    folder = tmp_path / "runs" / "digits"
    made = MadeUp(folder, state="stopped", overrides=asked, reach=there)
    command = "hpsearch run studies/digits.toml --scheduler tcp://n1:8786 --listen 127.0.0.1"
    told = f"next  {command}    (goes on from here)"
    assert summary(seen(made)[0].status, made.folder)[5] == told
    made.close()


def test_a_run_that_lies_elsewhere_is_called_by_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    made = MadeUp(tmp_path / "my runs" / "other", state="stopped", path=str(tmp_path / "a.toml"))
    made.fill(5, running=0)
    lines = summary(seen(made)[0].status, made.folder, ASCII)
    assert "hpsearch export 'my runs/other' -o other-best.toml" in lines[4]
    assert "hpsearch run a.toml --name other --runs 'my runs'" in lines[5]
    made.close()


def test_a_gone_engine_is_said(made):
    made.fill(4)
    (batch,) = list(follow(made.folder, lambda: False, Looks(1), None, Clock()))
    assert summary(batch.status, made.folder)[0].startswith("digits  gone, no engine holds it")


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
