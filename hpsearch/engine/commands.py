"""The inbox: each command is obeyed once, recorded with its outcome, and taken out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from hpsearch import faults
from hpsearch.engine.account import Mode
from hpsearch.engine.steering import Refused, Steering
from hpsearch.errors import StudyFileError
from hpsearch.store import inbox
from hpsearch.store.inbox import Command
from hpsearch.store.writer import Store
from hpsearch.study import studyfile
from hpsearch.study.space import Params
from hpsearch.study.studyfile import StudyFile

_ENDS = ("stop", "drain", "abort")
"""Verbs that mean the run that was on when they were sent, and no later one."""
_MOST = 1000
"""Trials that one command may name, configurations that it may enqueue."""


class Commands:
    """Obeys what lies in a study's inbox."""

    def __init__(
        self, steering: Steering, study: StudyFile, store: Store, earlier: Collection[str] = ()
    ) -> None:
        """Begin to obey.

        Args:
            earlier: the ids of commands that lay there before this run began; told by the folder,
                for a clock may be set.
        """
        self._steering, self._study, self._store = steering, study, store
        self._earlier = earlier

    async def obey(self, folder: Path) -> None:
        """Obey every command that waits in the inbox, which is that folder."""
        for command in inbox.waiting(folder):
            if not self._store.taken(command.id):  # a crash came between record and removal
                outcome = await self._outcome(command)
                faults.at("command obeyed")
                self._store.command(command, outcome)
                if command.verb in _VERBS:
                    told = f"{command.verb} by {command.sender}: {outcome}"
                    self._store.note("command", told)
                self._store.flush()
                faults.at("command recorded")
            inbox.remove(folder, command)

    async def _outcome(self, command: Command) -> str:
        if command.id in self._earlier and command.verb in _ENDS:
            return "refused: too late: meant for an earlier run"
        try:
            if command.verb in _MODES:
                mode, word = _MODES[command.verb]
                return self._steering.set_mode(mode, f"{word} by {command.sender}")
            if command.verb in _VERBS:
                return await _VERBS[command.verb](self, command)
            return "refused: not a command"
        except Refused as error:
            return f"refused: {error}"

    async def _prune(self, command: Command) -> str:
        numbers = _numbers(command)
        with self._store.together():  # all of its trials and its record, or, after a crash, none
            return self._steering.prune(numbers, command.sender)

    async def _kill(self, command: Command) -> str:
        numbers = _numbers(command)
        with self._store.together():
            return self._steering.kill(numbers, command.sender)

    async def _workers(self, command: Command) -> str:
        return self._steering.workers(_count(command))

    async def _add(self, command: Command) -> str:
        return self._steering.add(_count(command))

    async def _retry(self, command: Command) -> str:
        named = command.args.get("numbers") != "failed"
        return self._steering.retry(_numbers(command) if named else None)

    async def _enqueue(self, command: Command) -> str:
        entries = command.args.get("entries")
        if not isinstance(entries, list) or not 0 < len(entries) <= _MOST:
            raise Refused("name at least one configuration")
        return await self._steering.enqueue([entry(self._study, given) for given in entries])


_MODES: Mapping[str, tuple[Mode, str]] = {
    "pause": ("paused", "paused"),
    "resume": ("running", "resumed"),
    "stop": ("stopping", "stopped"),
    "drain": ("draining", "drained"),
    "abort": ("aborting", "aborted"),
}
"""What each verb makes of a run, and how that is told."""

_VERBS: Mapping[str, Callable[[Commands, Command], Awaitable[str]]] = {
    "prune": Commands._prune,
    "kill": Commands._kill,
    "workers": Commands._workers,
    "add": Commands._add,
    "retry": Commands._retry,
    "enqueue": Commands._enqueue,
}


def entry(study: StudyFile, given: Any) -> Params:
    """A configuration by full names or unique endings, held to the study's space.

    Raises:
        Refused: what does not fit.
    """
    if not isinstance(given, dict):
        raise Refused("a configuration is names with values")
    try:
        lines = [f"{json.dumps(str(key))} = {json.dumps(value)}" for key, value in given.items()]
        text = "\n".join([study.resolved(), "[[enqueue]]", *lines, ""])
        return studyfile.parse(text, study.path).enqueue[-1]
    except (StudyFileError, ValueError, RecursionError) as error:
        first = str(error).splitlines()[0]
        raise Refused(first.partition("enqueue: ")[2] or first) from None


def _numbers(command: Command) -> list[int]:
    numbers = command.args.get("numbers")
    if not isinstance(numbers, list) or not all(_is_whole(n) and n >= 0 for n in numbers):
        raise Refused("name trials by their numbers")
    if not 0 < len(numbers) <= _MOST:
        raise Refused("name at least one trial")
    return list(dict.fromkeys(numbers))


def _count(command: Command) -> int:
    count: Any = command.args.get("count")
    if not _is_whole(count) or not 1 <= count <= 1_000_000:
        raise Refused("give a whole number from 1")
    return count


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
