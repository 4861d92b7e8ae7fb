"""A trainer: one process that trains one trial after another.

It is started by a shell with its instructions as one line on stdin, and lives until stdin ends or
the engine says so. It knows nothing of the search: it gets a configuration and a seed, streams
epochs back, and obeys verdicts. `python -P -m hpsearch.engine.trainer` is all there is to start.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
import traceback
import warnings
from dataclasses import dataclass, field
from typing import Any

from hpsearch import system
from hpsearch.engine import arrays
from hpsearch.engine.checkpoint import Checkpoint
from hpsearch.engine.stopping import EarlyStopping
from hpsearch.engine.wire import BODY_LIMIT, Address, Line, WireError
from hpsearch.study.recipe import Shape, cook
from nncore import Dataset, Diverged, Epoch, Training, TrainingState, train

BATCH_SECONDS = 0.1
"""Epochs are sent at most this late; at rungs at once."""
LOG_LIMIT = 64 * 1024
"""Bytes of a trial's output that are kept."""


@dataclass(frozen=True)
class Job:
    """One trial, as the engine hands it over."""

    number: int
    seed: int
    config: dict[str, Any]
    fingerprint: str
    folder: str
    shape: Shape
    metric: str
    direction: str
    metrics: tuple[str, ...]
    """What is measured each epoch, in nncore's names."""
    patience: int
    rungs: frozenset[int]
    seconds: float
    """Spent on it before."""

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Job:
        """From a frame's head."""
        known = {name: fields[name] for name in cls.__dataclass_fields__}
        known["config"] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields["config"].items()
        }
        known["shape"] = Shape(**fields["shape"])
        known["metrics"] = tuple(fields["metrics"])
        known["rungs"] = frozenset(fields["rungs"])
        return cls(**known)


def main() -> None:
    """Read the instructions, call the engine, and work until there is no more."""
    order = json.loads(_first_line())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    system.die_with_parent()
    system.be_nice(order["nice"])
    if order["memory"]:
        system.limit_memory(order["memory"])
    warnings.simplefilter("always")
    try:
        line = Line(Address(order["host"], order["port"], bytes.fromhex(order["key"])))
        line.send(
            {
                "kind": "hello",
                "role": "trainer",
                "slot": order["slot"],
                "pid": os.getpid(),
                "host": socket.gethostname(),
            }
        )
        _work(line)
    except (EOFError, OSError, WireError):
        return  # the engine is gone, and so are we


def _work(line: Line) -> None:
    data: dict[str, Dataset] = {}
    while True:
        frame = line.receive()
        if frame.head["kind"] == "end":
            return
        if frame.head["kind"] != "trial":
            continue  # a verdict on a trial that is over
        job = Job.from_json(frame.head)
        try:
            if job.fingerprint not in data:
                data = {job.fingerprint: arrays.obtain(line, job.fingerprint, job.folder)}
            head, body = Conversation(line, job).train(data[job.fingerprint], frame.body)
        except Diverged as error:
            head, body = {"kind": "finished", "state": "diverged", "reason": str(error)}, b""
        except (EOFError, ConnectionError):
            raise
        except Exception as error:  # whatever a trial raises is part of its story, not our end
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}".strip()
            head, body = {"kind": "raised", "reason": reason[:2000]}, b""
        line.send({**head, "number": job.number, "log": _take_log()}, body)


@dataclass
class Conversation:
    """One trial's talk with the engine."""

    line: Line
    job: Job
    pending: list[dict[str, Any]] = field(default_factory=list)
    sent: float = field(default_factory=time.monotonic)

    def train(self, dataset: Dataset, checkpoint: bytes) -> tuple[dict[str, Any], bytes]:
        """Train to the end, or as far as the engine lets it; what to tell it then."""
        job, began = self.job, time.monotonic()
        training = train(cook(job.config, job.shape, job.metrics), dataset, job.seed)
        stopping = EarlyStopping(job.patience, job.direction)
        if held := Checkpoint.from_bytes(checkpoint) if checkpoint else None:
            training.restore(TrainingState(dict(held.arrays), held.meta["training"]))
            stopping = EarlyStopping.from_json(held.meta["stopping"])
        self.line.send({"kind": "started", "number": job.number})
        # A stream: to stop is to ask for no more.
        try:
            for epoch in training:
                stale = stopping.over(_finite(epoch.figures.get(job.metric)))
                verdict = self._report(epoch)
                if verdict == "prune":
                    return self._finished("pruned", began, f"pruned after epoch {epoch.number}")
                if stale:  # before a stop: gone on from here, it would train for ever
                    reason = f"stopped early: {job.patience} epochs without a better {job.metric}"
                    return self._finished("complete", began, reason)
                if verdict == "stop":
                    return self._put_aside(training, stopping, epoch.number, began)
        except Diverged:
            self._flush()
            raise
        return self._finished("complete", began)

    def _report(self, epoch: Epoch) -> str:
        self.pending.append(_to_json(epoch))
        rung = epoch.number in self.job.rungs
        if rung or time.monotonic() - self.sent >= BATCH_SECONDS:
            self._flush(wait=rung)
        while rung or self.line.readable():
            head = self.line.receive().head
            if head["kind"] == "end":
                raise EOFError
            if head["kind"] == "verdict" and head["number"] == self.job.number:
                return head["verdict"]
        return "go on"

    def _flush(self, wait: bool = False) -> None:
        if self.pending:
            head = {"kind": "epochs", "number": self.job.number, "wait": wait}
            self.line.send({**head, "epochs": self.pending})
        self.pending, self.sent = [], time.monotonic()

    def _finished(self, state: str, began: float, reason: str = "") -> tuple[dict[str, Any], bytes]:
        self._flush()
        return {
            "kind": "finished",
            "state": state,
            "reason": reason,
            "seconds": self.job.seconds + time.monotonic() - began,
        }, b""

    def _put_aside(
        self, training: Training, stopping: EarlyStopping, epoch: int, began: float
    ) -> tuple[dict[str, Any], bytes]:
        self._flush()
        state = training.state()
        meta = {"training": state.meta, "stopping": stopping.to_json()}
        body = Checkpoint(epoch, state.arrays, meta).to_bytes()
        head = {"kind": "stopped", "seconds": self.job.seconds + time.monotonic() - began}
        return head, body if len(body) <= BODY_LIMIT else b""


def _to_json(epoch: Epoch) -> dict[str, Any]:
    return {
        "number": epoch.number,
        "figures": {
            name: finite
            for name, value in epoch.figures.items()
            if (finite := _finite(value)) is not None
        },
        "learning_rate": float(epoch.learning_rate),
        "gradient_norm": _finite(epoch.gradient_norm) or 0.0,
        "seconds": epoch.seconds,
    }


def _finite(value: Any) -> float | None:
    number = None if value is None else float(value)
    return number if number is not None and abs(number) < float("inf") else None


def _take_log() -> str:
    """What the trial printed and was warned of; the file behind stdout is emptied for the next."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        size = os.fstat(2).st_size
        text = os.pread(2, LOG_LIMIT, max(0, size - LOG_LIMIT))
        os.ftruncate(2, 0)
    except OSError:  # not a file: started by hand
        return ""
    return text.decode("utf-8", "replace")


def _first_line() -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    return bytes(line)


def _end_with_stdin() -> None:
    # os.read, not sys.stdin: a thread inside the buffered reader would abort the interpreter.
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
