"""How a view asks the engine for something: one small JSON file a command.

The file is written aside and renamed, so the engine never sees half of one. The engine records
each command in the store, then deletes the file; what is filed while no engine runs is found by
the next one.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import secrets
import socket
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from hpsearch import faults, system
from hpsearch.errors import RunError

LARGEST = 1 << 20
"""Characters that a command may have."""
MOST = 100
"""Commands that are looked at together."""


@dataclass(frozen=True)
class Command:
    """One request, as it lies in the inbox."""

    id: str
    """The file's name; sorts by time."""
    verb: str
    """pause: no new trials, until resume. stop: running trials are checkpointed at their next epoch
    and wait for the next run. drain: they finish first. abort: at once. prune and kill take
    `numbers`, workers and add a `count`, retry `numbers` or "failed", enqueue `entries`."""
    sender: str
    """Who asked: user@host and process."""
    sent: float
    """Unix seconds."""
    args: Mapping[str, Any] = field(default_factory=dict)


def send(inbox: Path, verb: str, **args: Any) -> Command:
    """File a command.

    Raises:
        RunError: the inbox cannot be written.
    """
    now = time.time()
    command = Command(
        id=f"{time.time_ns():020d}-{secrets.token_hex(3)}.json",
        verb=verb,
        sender=f"{_user()}@{socket.gethostname()} {os.getpid()}",
        sent=now,
        args=args,
    )
    body = {"verb": verb, "sender": command.sender, "sent": now, "args": args}
    text = json.dumps(body)
    if len(text) > LARGEST:
        raise RunError(f"{verb}: that is too much for one command; give it in parts.")
    try:
        faults.at("write command")
        inbox.mkdir(parents=True, exist_ok=True)
        aside = inbox / f".{command.id}"
        aside.write_text(text, encoding="utf-8")
        aside.rename(inbox / command.id)
    except OSError as error:
        raise RunError(f"{inbox}: cannot leave a command there: {error.strerror}.") from None
    return command


def to_reader(text: str) -> str:
    """A sentence that names who asked, as that person reads it.

    >>> to_reader(f"stopped by {_user()}@{socket.gethostname()} 4711")
    'stopped by you'
    """
    me = re.escape(f"{_user()}@{socket.gethostname()}")
    return re.sub(rf"(?<!\S){me} \d+\b", "you", text)


def waiting(inbox: Path) -> list[Command]:
    """The oldest commands that lie there, in order. What is no command comes with verb ""."""
    return [_read(inbox / name) for name in filed(inbox)[:MOST]]


def filed(inbox: Path) -> list[str]:
    """The ids of all commands that lie there, oldest first; of none where it cannot be read."""
    try:
        names = sorted(entry.name for entry in os.scandir(inbox))
    except OSError:  # mostly it is not there yet; whatever it is, the study goes on
        return []
    return [name for name in names if name.endswith(".json") and not name.startswith(".")]


def remove(inbox: Path, command: Command) -> None:
    """Take a command out, once it is recorded; what is no file is moved out of sight."""
    path = inbox / command.id
    try:
        path.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            path.rename(inbox / f".{command.id}")


def _read(path: Path) -> Command:
    try:
        body = json.loads(_content(path))
        verb, args, sent = body["verb"], body.get("args", {}), float(body["sent"])
        if not isinstance(verb, str) or not isinstance(args, dict) or not isfinite(sent):
            raise ValueError(verb)
        return Command(path.name, verb, _plain(str(body["sender"])), sent, args)
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, RecursionError):
        return Command(path.name, "", "unknown", 0.0)


def _content(path: Path) -> bytes:
    """What a plain file holds; a pipe of that name must not keep the engine waiting."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise ValueError("not a file")
        return os.read(file, LARGEST + 1)
    finally:
        os.close(file)


def _plain(sender: str) -> str:
    """Without what could move the cursor or hide: it will stand in sentences."""
    return "".join(c if c.isprintable() else "?" for c in sender[:200])


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without an entry for its user
        return str(system.user())
