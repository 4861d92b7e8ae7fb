"""The real program on a pseudo-terminal: attach, leave, resize, signals; then all is as before."""

import os
import signal
import sys

import pexpect
import pytest

from tests.chaos.processes import alive
from tests.conftest import PATIENCE, hang_up, wait_for

pyte = pytest.importorskip("pyte")

LONG = 100_000
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
"""Of the other screen of a terminal."""


class Seen:
    """A program on a terminal, and what stands on its screen."""

    def __init__(self, place, *words, size=(120, 40), **environ):
        self.screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self.screen)
        self.raw = ""
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "hpsearch", *map(str, words)],
            cwd=str(place.path),
            env={**place._environ(), "TERM": "xterm-256color", "NO_COLOR": "", **environ},
            dimensions=(size[1], size[0]),
            encoding="utf-8",
            timeout=PATIENCE,
        )

    def read(self):
        """Take in what has been written."""
        try:
            while True:
                text = self.child.read_nonblocking(65536, 0.05)
                self.raw += text
                # Queries of the terminal that this one does not know.
                self._stream.feed(text.replace("\x1b[?2026$p", "").replace("\x1b[>4m", ""))
        except (pexpect.TIMEOUT, pexpect.EOF):
            return

    def text(self):
        """What stands on the screen."""
        self.read()
        return "\n".join(self.screen.display)

    def expect(self, words):
        """Wait until that stands there."""
        wait_for(lambda: words in self.text())

    def ended(self):
        """Wait for the end; the exit code, or the signal."""
        wait_for(lambda: self.read() or not self.child.isalive())
        self.read()
        self.child.close()
        return self.child.exitstatus if self.child.signalstatus is None else self.child.signalstatus

    @property
    def restored(self):
        """Whether the terminal is as it was: its own screen, a cursor, no mouse reports."""
        back = self.raw.rfind(LEAVE) > self.raw.rfind(ENTER) >= 0
        cursor = self.raw.rfind("\x1b[?25h") > self.raw.rfind("\x1b[?25l")
        mouse = self.raw.rfind("\x1b[?1000l") > self.raw.rfind("\x1b[?1000h")
        return back and cursor and mouse


@pytest.fixture
def see(place):
    opened = []

    def one(*words, **others):
        opened.append(Seen(place, *words, **others))
        return opened[-1]

    yield one
    for seen in opened:
        hang_up(seen.child)


def test_run_attach_leave_and_stop(place, see):
    place.epoch_seconds = 0.02
    place.write(trials=4, epochs=LONG)
    run = see("run", "small.toml")
    run.expect("live")
    engine = place.engine()
    wait_for(lambda: len(place.running()) == 2)

    attach = see("attach", "small", size=(80, 24))
    attach.expect("0/4")
    attach.child.send("2")
    attach.expect("epoch")
    attach.child.setwinsize(20, 60)
    attach.screen.resize(20, 60)
    wait_for(lambda: all(len(line.rstrip()) <= 60 for line in attach.text().splitlines()))
    attach.child.send("q")
    assert attach.ended() == 0
    assert attach.restored
    assert "hpsearch attach small" in attach.raw
    assert alive(engine)

    run.child.sendintr()
    run.expect("Leave small?")
    run.child.send("s")
    assert run.ended() == 3
    assert run.restored
    wait_for(lambda: not alive(engine))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back_and_leaves_the_search(place, see, number):
    place.epoch_seconds = 0.02
    place.write(trials=4, epochs=LONG)
    assert place.command("run", "small.toml", "--detach").returncode == 0
    engine = place.engine()
    seen = see("attach", "small")
    seen.expect("live")
    os.kill(seen.child.pid, number)
    assert seen.ended() == 128 + number
    assert seen.restored
    assert alive(engine)


def test_a_crash_gives_the_terminal_back(place, see):
    place.write(trials=2, epochs=3)
    assert place.command("run", "small.toml").returncode == 0
    code = (
        "import sys; from hpsearch.dashboard.feed import Feed\n"
        "def broken(self, wanted): raise ValueError('on purpose')\n"
        "Feed.look = broken\n"
        "from hpsearch.cli import run_app\n"
        "sys.argv = ['hpsearch', 'attach', 'small']\n"
        "sys.exit(run_app())\n"
    )
    script = place.path / "broken.py"
    script.write_text(code)
    seen = see("ls")
    hang_up(seen.child)
    seen.child = pexpect.spawn(
        sys.executable, [str(script)], cwd=str(place.path), encoding="utf-8", timeout=PATIENCE,
        env={**place._environ(), "TERM": "xterm-256color"}, dimensions=(40, 120),
    )  # fmt: skip
    assert seen.ended() == 1
    assert seen.restored
    assert "on purpose" in seen.raw


def test_without_a_terminal_it_is_plain(place):
    place.write(trials=2, epochs=3)
    done = place.command("run", "small.toml")
    assert done.returncode == 0
    assert "\x1b[" not in done.stdout
    assert place.command("attach", "small").returncode == 0


def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back(place, see):
    place.write(trials=2, epochs=3)
    assert place.command("run", "small.toml").returncode == 0
    seen = see("ls")
    hang_up(seen.child)
    seen.raw = ""
    seen.screen.reset()
    seen.child = pexpect.spawn(
        "bash", ["--norc", "--noprofile", "-i"], cwd=str(place.path), encoding="utf-8",
        timeout=PATIENCE, dimensions=(40, 120),
        env={**place._environ(), "TERM": "xterm-256color", "NO_COLOR": "", "PS1": "shell> "},
    )  # fmt: skip
    seen.expect("shell>")
    seen.child.sendline(f"{sys.executable} -m hpsearch attach small")
    seen.expect("finished")
    seen.child.send("\x1a")
    wait_for(lambda: seen.read() or seen.restored)
    seen.child.sendline("echo $((6 * 7)) for now")
    wait_for(lambda: seen.read() or "42 for now" in seen.raw)
    left = len(seen.raw)
    seen.child.sendline("fg")
    wait_for(lambda: seen.read() or ENTER in seen.raw[left:])
    wait_for(lambda: seen.read() or "finished" in seen.raw[left:])
    seen.child.send("q")
    wait_for(lambda: seen.read() or seen.restored)
    seen.child.sendline("echo code $?")
    wait_for(lambda: seen.read() or "code 0" in seen.raw)
    seen.child.sendline("exit")
    assert seen.ended() == 0
