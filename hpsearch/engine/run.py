"""One run of a study, from the engine's answer to its end: ticks, signals, beats, the last word."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable

from hpsearch import faults
from hpsearch.engine.account import Ending
from hpsearch.engine.commands import Commands
from hpsearch.engine.engine import Engine
from hpsearch.engine.opening import Opened
from hpsearch.engine.sessions import Sessions
from hpsearch.engine.staff import Staff
from hpsearch.engine.steering import Refused, Steering
from hpsearch.engine.watchdog import Watchdog
from hpsearch.errors import RunError

TICK = 0.1
"""Seconds between two looks into the inbox."""
FLUSH = 0.25
"""Rows are written at most this late."""
GRACE = 1.4
"""Seconds that trials have to reach the end of an epoch after SIGTERM."""

log = logging.getLogger("hpsearch.engine")


class Run:
    """One run of the engine, from its answer to its end."""

    def __init__(
        self, opened: Opened, staff: Staff, owned: bool, ready: Callable[[], None]
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            opened: the study, ready to run.
            staff: its workers, started already.
            owned: it ends when stdin does: the command that started it is gone.
            ready: called once, when it listens and has taken up what it was.
        """
        self._opened, self._staff, self._owned, self._ready = opened, staff, owned, ready
        self._began = time.monotonic()
        self._deadline = float("inf")

    async def run(self) -> None:
        """Run the study until nothing is left to do."""
        opened = self._opened
        opened.store.fold_aside()
        loop = asyncio.get_running_loop()
        self._engine = engine = Engine(
            opened.study,
            opened.data,
            opened.direction,
            opened.store,
            opened.folder,
            opened.capacity.workers,
            opened.trials,
            opened.before,
        )
        slots = opened.capacity.slots
        self._sessions = sessions = Sessions(engine, slots)
        self._steering = Steering(engine, sessions.kill, sessions.allow, slots, opened.steered)
        engine.tally.seconds, engine.tally.cpu = opened.seconds, opened.training_cpu
        study = opened.study
        self._commands = Commands(self._steering, study, opened.store, opened.filed)
        self._watchdog = Watchdog(engine, study.study, sessions.kill)
        await self._staff.serve(sessions)
        self._watch_signals(loop)
        self._ready()
        log.info("engine %d runs %s", os.getpid(), opened.folder.path)
        try:
            self._steering.take_up()
            await self._commands.obey(opened.folder.inbox)  # what was filed since the last run
            engine.check_end()
            if engine.ended.done():
                opened.store.note("note", f"no trial was started: {engine.ended.result().why}")
            ending = await self._tick_until_ended()
        except RunError as error:  # the disk is full, or the database gone
            ending = Ending("failed", str(error))
            engine.fail(ending.why)  # what trainers and people say from now on changes nothing
            log.error("%s", error)
        faults.at("engine ending")
        self._write_ending(ending)
        sessions.end()
        engine.close()
        await asyncio.to_thread(self._staff.dismiss)
        self._close_store()
        opened.lock.release()
        log.info("%s: %s", ending.state, ending.why)

    def _watch_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        # No terminal's end reaches us here, in a session of our own; a manager's SIGHUP may.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                loop.add_signal_handler(number, self._stop_soon, number.name)
        if self._owned:
            loop.add_reader(0, self._owner_said)

    def _stop_soon(self, why: str) -> None:
        self._deadline = min(self._deadline, time.monotonic() + GRACE)
        with contextlib.suppress(Refused):  # it is stopping sooner already
            self._steering.set_mode("stopping", f"stopped by {why}")

    def _owner_said(self) -> None:
        if not os.read(0, 4096):  # end of file: the command is gone
            asyncio.get_running_loop().remove_reader(0)
            with contextlib.suppress(Refused):
                self._steering.set_mode("aborting", "stopped: the command that owned it is gone")

    async def _tick_until_ended(self) -> Ending:
        engine, store = self._engine, self._opened.store
        flushed = beaten = 0.0
        # On a task of its own: drawing what is enqueued takes long, and trials want looking after.
        obeying = asyncio.ensure_future(self._obey())
        try:
            while not engine.ended.done():
                if obeying.done():
                    obeying.result()
                if self._staff.hopeless:
                    engine.fail(self._staff.hopeless)
                now = time.monotonic()
                if now > self._deadline:
                    self._deadline = float("inf")
                    with contextlib.suppress(Refused):  # it has ended meanwhile
                        self._steering.set_mode("aborting", "stopped by a signal")
                if now - beaten >= 1.0:
                    self._beat()
                    beaten = now
                if now - flushed >= FLUSH:
                    store.flush()
                    flushed = now
                await asyncio.wait({engine.ended}, timeout=TICK)
        finally:
            obeying.cancel()
        return engine.ended.result()

    async def _obey(self) -> None:
        while True:
            await self._commands.obey(self._opened.folder.inbox)
            await asyncio.sleep(TICK)

    def _beat(self) -> None:
        """Once a second: say how it stands, and look after trials and budgets.

        Raises:
            RunError: no command reaches us any more, and another run may be where we write.
        """
        if not self._opened.lock.stands:
            raise RunError(f"{self._opened.folder.path}: moved or deleted amid its run.")
        engine = self._engine
        engine.tally.seconds = self._seconds()
        self._opened.store.set(
            beat=time.time(),
            seconds=engine.tally.seconds,
            cpu=time.process_time(),
            training_cpu=engine.tally.cpu,
            pace=engine.tally.pace.to_json(),
        )
        self._watchdog.look()
        engine.look_at_budgets()

    def _seconds(self) -> float:
        return self._opened.seconds + time.monotonic() - self._began

    def _write_ending(self, ending: Ending) -> None:
        store = self._opened.store
        for trainer in self._engine.trainers:  # where the run failed with trials under way
            if trainer.running is not None:
                store.put_back(trainer.running.number, "lost", ending.why)
        store.set(state=ending.state, why=ending.why, seconds=self._seconds(), beat=time.time())
        store.note("state", f"{ending.state}: {ending.why}")
        try:
            store.flush()
        except RunError as error:
            log.error("%s", error)
            self._opened.lock.leave(str(error))

    def _close_store(self) -> None:
        try:
            self._opened.store.close()
        except RunError as error:
            log.error("%s", error)
