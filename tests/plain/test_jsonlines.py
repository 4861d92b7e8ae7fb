"""What a program is shown of a study: JSON, a line for each thing that happens."""

import json

from hpsearch.plain.jsonlines import JsonLines
from hpsearch.plain.terminal import Terminal
from tests.plain.displaying import NASTY, Stream, seen, shown, story
from tests.view.madeup import BEGIN


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
