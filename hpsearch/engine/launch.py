"""Starting an engine: a process and session of its own, which answers before it goes to work."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hpsearch import system
from hpsearch.engine.begun import take
from hpsearch.engine.order import Answer, Held, Order
from hpsearch.errors import HpsearchError, RunError
from hpsearch.store.folder import RunFolder
from hpsearch.view.command import near

PATIENCE = 10.0
"""Seconds of silence after which the person is told what is waited for."""


class Refused(HpsearchError):
    """The engine will not run this; its own sentence and exit code."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code  # type: ignore[misc]  # the engine's, not the class's


@dataclass(frozen=True)
class Launched:
    """An engine at work."""

    folder: Path
    process: subprocess.Popen[bytes]

    def disown(self) -> None:
        """Let an owned engine go: it ends, within two seconds."""
        if self.process.stdin is not None:
            self.process.stdin.close()
            self.process.stdin = None


def launch(order: Order, say: Callable[[str], None], folder: RunFolder) -> Launched:
    """Start an engine and wait for its word.

    Args:
        order: what to run. Where it is owned, the engine lives only as long as this process.
        say: told what the engine says while it prepares.
        folder: where the run will be; its log tells why the engine died, if it came that far.

    Raises:
        Held: another engine runs this study.
        Refused: the study or its data cannot be run.
        RunError: the engine died without a word.
    """
    system.refuse_other_platforms()
    log = folder.logs / "engine.log"
    written = _size(log)
    begun = take()
    process = begun.process
    assert process.stdin is not None
    with begun.output as output:
        begun.order(replace(order, answer=begun.answer).to_line())
        try:
            answer = _listen(begun.answers, say)
        except BaseException:
            process.stdin.close()
            process.terminate()
            raise
        finally:
            os.close(begun.answers)
        if answer is None:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            output.seek(0)
            raise RunError(_last_words(process, output.read(), log, written))
    launched = Launched(Path(answer.folder), process)
    if not order.owned or answer.kind != "ready":
        launched.disown()
    if answer.kind == "ready":
        return launched
    process.wait()
    if answer.kind == "held":
        raise Held(Path(answer.folder))
    raise Refused(answer.text, answer.code)


def _listen(pipe: int, say: Callable[[str], None]) -> Answer | None:
    """The engine's last word; None where it went away without one."""
    heard = b""
    while True:
        if not system.readable(pipe, PATIENCE):
            say("still reading the data …")
            continue
        part = os.read(pipe, 65536)
        if not part:
            return None
        heard += part
        *lines, heard = heard.split(b"\n")
        for line in lines:
            answer = Answer.from_line(line)
            if answer.kind != "say":
                return answer
            say(answer.text)


def _last_words(process: subprocess.Popen[bytes], output: bytes, log: Path, written: int) -> str:
    """How it ended, and the last it said: into its log, or, before it had one, to us."""
    code = process.wait()
    how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    lines = output.decode("utf-8", "replace").strip().splitlines()[-5:]
    if _size(log) > written:
        with log.open("rb") as file:
            file.seek(max(written, _size(log) - 4096))
            lines = file.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        lines.append(f"{near(log)} has more.")
    return "\n".join([f"The engine {how} before it was ready.", *lines])


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
