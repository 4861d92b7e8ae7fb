"""A shell: what joblib starts and places, one for each slot. It owns a trainer process.

Why training sits one process below: when a loky worker is killed, joblib's whole call fails and
takes its siblings along. A trainer that is killed costs its own trial only; the shell starts
another. The shell ends when the engine says so, or is gone.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import IO, Any

from hpsearch import system
from hpsearch.engine.wire import Address, Line, WireError

PATIENCE = 0.2
"""Seconds between two looks at the trainer and the parent."""
LOG_TAIL = 4000
"""Bytes of a dead trainer's output that are sent along."""


@dataclass(frozen=True)
class Shell:
    """What travels to a worker: it prints, compares and pickles."""

    address: Address
    slot: int
    nice: int
    memory: int
    """Bytes a trainer may use; 0: no bound."""

    def __call__(self) -> int:
        """Keep a trainer at work until the engine has had enough. Returns the slot."""
        parent = os.getppid()
        while os.getppid() == parent:
            try:
                line = Line(self.address)
            except ConnectionRefusedError:
                return self.slot  # the engine listens no more
            except (OSError, EOFError, WireError):
                time.sleep(PATIENCE)  # it was too busy to shake hands
                continue
            if self._serve(line, parent):
                return self.slot
            time.sleep(PATIENCE)
        os._exit(0)  # nobody is left to hand the result to; loky would wait for minutes

    def _serve(self, line: Line, parent: int) -> bool:
        """Keep a trainer as long as the connection lasts; whether the engine said it was over."""
        keeper = _Keeper(self, line)
        try:
            return keeper.keep(parent)
        except (EOFError, OSError, WireError):
            return False
        finally:
            keeper.end()
            line.close()


class _Keeper:
    def __init__(self, shell: Shell, line: Line) -> None:
        self._shell, self._line = shell, line
        self._trainer: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] = tempfile.TemporaryFile("ab+", buffering=0)  # noqa: SIM115  # lives as long as we do
        self._allowed = False

    def keep(self, parent: int) -> bool:
        """Start the trainer when allowed, start it again when it dies, until told to end.

        Returns whether the engine said so; otherwise the parent is gone.
        """
        hello = {"kind": "hello", "role": "shell", "slot": self._shell.slot}
        self._line.send({**hello, "pid": os.getpid(), "host": socket.gethostname()})
        while os.getppid() == parent:
            if self._trainer is None and self._allowed:
                self._try_to_start()
            if self._trainer is not None and self._trainer.poll() is not None:
                self._bury()
            if not self._line.readable(PATIENCE):
                continue
            head = self._line.receive().head
            match head["kind"]:
                case "allow":
                    self._allowed = True
                case "park":
                    self._allowed = False
                case "kill" if self._trainer is not None and head["pid"] == self._trainer.pid:
                    self._trainer.kill()
                case "end":
                    return True
        return False

    def end(self) -> None:
        """Close the trainer's stdin, which ends it; make sure."""
        if self._trainer is None:
            return
        assert self._trainer.stdin is not None
        self._trainer.stdin.close()
        try:
            self._trainer.wait(1.0)
        except subprocess.TimeoutExpired:
            self._trainer.kill()
            self._trainer.wait()

    def _try_to_start(self) -> None:
        try:
            self._start()
        except OSError as error:  # no more processes, or the interpreter is gone
            log = f"no trainer can be started: {error}"
            self._line.send({"kind": "died", "pid": 0, "code": 1, "log": log})
            time.sleep(PATIENCE)

    def _start(self) -> None:
        self._output.truncate(0)
        self._trainer = subprocess.Popen(
            system.module_command("hpsearch.engine.trainer"),
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._output,
            env=system.child_environment({"PYTHONUNBUFFERED": "1"}),
        )
        order: dict[str, Any] = {
            "host": self._shell.address.host,
            "port": self._shell.address.port,
            "key": self._shell.address.key.hex(),
            "slot": self._shell.slot,
            "nice": self._shell.nice,
            "memory": self._shell.memory,
        }
        assert self._trainer.stdin is not None
        try:
            self._trainer.stdin.write(json.dumps(order).encode() + b"\n")
            self._trainer.stdin.flush()
        except BrokenPipeError:
            pass  # it died at once; the next look buries it

    def _bury(self) -> None:
        """Tell the engine how the trainer ended."""
        assert self._trainer is not None
        assert self._trainer.stdin is not None
        self._trainer.stdin.close()
        died = {"kind": "died", "pid": self._trainer.pid, "code": self._trainer.returncode}
        self._line.send({**died, "log": self._tail()})
        self._trainer = None

    def _tail(self) -> str:
        size = os.fstat(self._output.fileno()).st_size
        text = os.pread(self._output.fileno(), LOG_TAIL, max(0, size - LOG_TAIL))
        return text.decode("utf-8", "replace")
