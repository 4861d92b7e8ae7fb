"""What a made-up study looks like to a display: its batches, and a stream to show them on."""

import io
import json

from hpsearch.plain.stream import follow
from hpsearch.store.records import Mark
from tests.view.madeup import BEGIN

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
