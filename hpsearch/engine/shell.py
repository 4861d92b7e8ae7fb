"""A shell: what joblib starts and places, one for each slot. It owns a trainer process.

Why training sits one process below: when a loky worker is killed, joblib's whole call fails and
takes its siblings along. A trainer that is killed costs its own trial only; the shell starts
another. The shell ends when the engine says so, or is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from hpsearch import faults, system
from hpsearch.engine.calling import Address, Line
from hpsearch.engine.frames import WireError

PATIENCE = 0.2
"""Seconds between two looks at the trainer and the parent."""
UNREACHED = 15.0
"""Seconds that a shell tries to reach an engine it has not met."""
GONE = 120.0
"""The same of an engine it has met: the network may heal."""
LOG_TAIL = 4000
"""Bytes of a dead trainer's output that are sent along."""


class Unreached(Exception):
    """From where a shell is, the engine cannot be called."""

    def __init__(self, address: Address, error: OSError) -> None:
        there = f"{address.host}:{address.port}"
        super().__init__(f"no engine answers at {there} from {socket.gethostname()} ({error})")


@dataclass(frozen=True)
class Shell:
    """What travels to a worker: it prints, compares and pickles."""

    address: Address
    slot: int
    nice: int
    memory: int | None
    """Bytes a trainer may use; 0: no bound; None: as its host bears."""
    warm: bool
    """Start a trainer at once, which imports what it needs while the engine reads the data."""

    def __call__(self) -> int:
        """Keep a trainer at work until the engine has had enough. Returns the slot."""
        parent = os.getppid()
        try:
            if self.work(lambda: os.getppid() == parent):
                return self.slot
        except Unreached:  # the engine ended before we began
            return self.slot
        os._exit(0)  # nobody is left to hand the result to; loky would wait for minutes

    def work(self, stays: Callable[[], bool]) -> bool:
        """Keep a trainer at work until the engine has had enough; asks `stays` now and then.

        Returns whether the engine had enough; otherwise `stays` said no.

        Raises:
            Unreached: nobody answers at the engine's address, or nobody does any more.
        """
        keeper = _Keeper(self)
        if self.warm:
            keeper.warm_up()
        try:
            return self._work(keeper, stays)
        finally:
            keeper.leave()

    def _work(self, keeper: _Keeper, stays: Callable[[], bool]) -> bool:
        met, until = False, time.monotonic() + UNREACHED
        while stays():
            try:
                line = Line(self.address)
            except (EOFError, WireError):
                until = time.monotonic() + UNREACHED  # it is there, and too busy to shake hands
            except ConnectionRefusedError as error:
                if met:
                    return True  # the engine listens no more
                raise Unreached(self.address, error) from None
            except OSError as error:
                if time.monotonic() > until:
                    raise Unreached(self.address, error) from None
            else:
                met = True
                if self._serve(keeper, line, stays):
                    return True
                until = time.monotonic() + GONE
            time.sleep(PATIENCE)
        return False

    def _serve(self, keeper: _Keeper, line: Line, stays: Callable[[], bool]) -> bool:
        """Keep a trainer as long as the connection lasts; whether the engine said it was over."""
        try:
            return keeper.keep(line, stays)
        except (EOFError, OSError, WireError):
            return False
        finally:
            keeper.end()
            line.close()


class _Keeper:
    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._trainer: subprocess.Popen[bytes] | None = None
        self._instructed = False
        """Whether the trainer knows whom to call; one that is warmed up waits to be told."""
        self._output: IO[bytes] = tempfile.TemporaryFile("ab+", buffering=0)  # noqa: SIM115  # lives as long as we do

    def warm_up(self) -> None:
        """Start a trainer that waits for its instructions; a failure shows when it is due."""
        with contextlib.suppress(OSError):
            self._spawn()

    def keep(self, line: Line, stays: Callable[[], bool]) -> bool:
        """Start the trainer when allowed, start it again when it dies, until told to end.

        Returns whether the engine said so; otherwise `stays` said no.
        """
        self._line, self._allowed = line, False
        hello = {"kind": "hello", "role": "shell", "slot": self._shell.slot}
        self._line.send({**hello, "pid": os.getpid(), "host": socket.gethostname()})
        while stays():
            if self._allowed and not self._instructed:
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
                    if not self._instructed:
                        self.end()
                case "kill" if self._trainer is not None and head["pid"] == self._trainer.pid:
                    self._trainer.kill()
                case "end":
                    return True
        return False

    def end(self) -> None:
        """Close the trainer's stdin, which ends it; make sure."""
        if self._trainer is None:
            return
        self._hang_up(self._trainer)
        try:
            self._trainer.wait(1.0)
        except subprocess.TimeoutExpired:
            self._trainer.kill()
            self._trainer.wait()
        self._trainer, self._instructed = None, False

    def leave(self) -> None:
        """There is no more to keep."""
        self.end()
        self._output.close()

    def _try_to_start(self) -> None:
        try:
            self._start()
        except OSError as error:  # no more processes, or the interpreter is gone
            log = f"no trainer can be started: {error}"
            self._line.send({"kind": "died", "pid": 0, "code": 1, "log": log})
            time.sleep(PATIENCE)

    def _spawn(self) -> None:
        self._output.truncate(0)
        self._trainer = subprocess.Popen(
            system.module_command("hpsearch.engine.trainer"),
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._output,
            env=system.child_environment({"PYTHONUNBUFFERED": "1"}),
        )
        faults.at("shell started")

    def _start(self) -> None:
        if self._trainer is None:
            self._spawn()
        assert self._trainer is not None
        self._instructed = True
        order: dict[str, Any] = {
            "host": self._shell.address.host,
            "port": self._shell.address.port,
            "key": self._shell.address.key.hex(),
            "certificate": self._shell.address.certificate,
            "slot": self._shell.slot,
            "nice": self._shell.nice,
            "memory": self._memory(),
        }
        assert self._trainer.stdin is not None
        try:
            self._trainer.stdin.write(json.dumps(order).encode() + b"\n")
            self._trainer.stdin.flush()
        except BrokenPipeError:
            pass  # it died at once; the next look buries it

    def _memory(self) -> int:
        from hpsearch.engine.capacity import trainer_memory

        memory = self._shell.memory
        return trainer_memory() if memory is None else memory

    def _bury(self) -> None:
        """Tell the engine how the trainer ended."""
        assert self._trainer is not None
        self._hang_up(self._trainer)
        died = {"kind": "died", "pid": self._trainer.pid, "code": self._trainer.returncode}
        self._line.send({**died, "log": self._tail()})
        self._trainer, self._instructed = None, False

    def _hang_up(self, trainer: subprocess.Popen[bytes]) -> None:
        assert trainer.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died before it read its instructions
            trainer.stdin.close()

    def _tail(self) -> str:
        size = os.fstat(self._output.fileno()).st_size
        text = os.pread(self._output.fileno(), LOG_TAIL, max(0, size - LOG_TAIL))
        return text.decode("utf-8", "replace")
