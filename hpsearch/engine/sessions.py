"""The engine's talk with shells and trainers, one task a connection."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from math import isfinite
from typing import Any

from hpsearch.engine import fetching
from hpsearch.engine.engine import Engine
from hpsearch.engine.frames import Frame, WireError
from hpsearch.engine.slots import Obituary, Slot, Trainer
from hpsearch.engine.wire import Peer
from hpsearch.errors import HpsearchError
from hpsearch.store.triallog import TrialLogs
from hpsearch.study.events import EpochDone

OBITUARY_SECONDS = 10.0
"""How long a shell that is there may take to say how its trainer ended: it looks five times a
second, and a busy machine may hold it up."""
HOST = socket.gethostname()
EARLY_DEATHS = 3
"""Trainers in a row that end before they take a trial up: no other will do better."""

log = logging.getLogger("hpsearch.engine")


class Sessions:
    """Gives every authenticated peer its conversation."""

    def __init__(self, engine: Engine, slots: int) -> None:
        self._engine = engine
        self._slots = [Slot(number) for number in range(slots)]
        self._logs = TrialLogs(engine.folder.logs)
        self._peers: set[Peer] = set()

    async def __call__(self, peer: Peer) -> None:
        """Talk with a peer until it hangs up."""
        hello = (await peer.receive()).head
        if hello["kind"] != "hello" or hello.get("slot") not in range(len(self._slots)):
            raise WireError(f"a {hello['kind']} where a hello was due")
        slot = self._slots[hello["slot"]]
        self._peers.add(peer)
        try:
            if hello.get("role") == "shell":
                await self._shell(peer, slot)
            else:
                trainer = Trainer(peer, slot.number, int(hello["pid"]), str(hello["host"]))
                await self._trainer(trainer, slot)
        except EOFError:
            log.info("slot %d: its %s hung up", slot.number, hello.get("role"))
        except (WireError, KeyError) as error:  # a peer that makes no sense
            log.warning("slot %d: its %s: %s", slot.number, hello.get("role"), error)
        except HpsearchError as error:  # the disk is full, say
            log.error("slot %d: %s", slot.number, error)
            self._engine.fail(str(error))
        except Exception as error:
            log.exception("slot %d", slot.number)
            self._engine.fail(f"{type(error).__name__}: {error}")
        finally:
            self._peers.discard(peer)

    def allow(self) -> None:
        """Let as many shells start their trainer as the study has workers."""
        for slot in self._slots:
            if slot.shell is not None:
                self._allow(slot)

    def kill(self, trainer: Trainer) -> None:
        """End a trainer's process; its shell starts another."""
        trainer.doomed = True
        shell = self._slots[trainer.slot].shell
        if shell is not None:
            shell.send({"kind": "kill", "pid": trainer.pid})

    def end(self) -> None:
        """Tell everybody that it is over."""
        for peer in self._peers:
            peer.send({"kind": "end"})

    # Shells ---------------------------------------------------------------------------------

    async def _shell(self, peer: Peer, slot: Slot) -> None:
        self._supersede(slot)
        slot.shell = peer
        self._allow(slot)
        try:
            while True:
                head = (await peer.receive()).head
                if head["kind"] == "died":
                    self._died(slot, int(head["pid"]), Obituary(head["code"], head["log"]))
        finally:
            if slot.shell is peer:
                slot.orphaned()

    def _supersede(self, slot: Slot) -> None:
        """A cluster has given a slot to another worker: whoever had it is not heard any more.

        The one before may be cut off and train on, without knowing that it was given up.
        """
        before, trainer = slot.shell, slot.trainer
        if before is None:
            return
        log.warning("slot %d: another shell has taken its place", slot.number)
        before.send({"kind": "end"})
        before.close()
        slot.orphaned()
        if trainer is not None:
            if trainer.running is not None:
                self._engine.lost(trainer)
            trainer.doomed = True
            trainer.peer.close()

    def _allow(self, slot: Slot) -> None:
        assert slot.shell is not None
        slot.shell.send({"kind": "allow" if slot.number < self._engine.workers else "park"})

    def _died(self, slot: Slot, pid: int, obituary: Obituary) -> None:
        log.warning("slot %d: trainer %d: %s\n%s", slot.number, pid, obituary, obituary.log)
        slot.ended(pid, obituary)
        slot.early_deaths += 1
        if slot.early_deaths >= EARLY_DEATHS:
            self._engine.fail(f"no trainer can be started: {obituary}")

    # Trainers -------------------------------------------------------------------------------

    async def _trainer(self, trainer: Trainer, slot: Slot) -> None:
        slot.trainer = trainer
        self._engine.trainers.add(trainer)
        heard = asyncio.ensure_future(trainer.peer.receive())
        try:
            while True:
                await self._send_job(trainer, heard)
                slot.early_deaths = 0
                while trainer.running is not None or trainer.doomed:
                    frame = await heard
                    heard = asyncio.ensure_future(trainer.peer.receive())
                    await self._hear(trainer, frame)
        finally:
            heard.cancel()
            await self._count(trainer)
            self._engine.trainers.discard(trainer)
            slot.trainer = None if slot.trainer is trainer else slot.trainer
            self._engine.check_end()

    async def _send_job(self, trainer: Trainer, heard: asyncio.Future[Frame]) -> None:
        """Hand the trainer its next trial, and notice if it goes away while there is none."""
        job = asyncio.ensure_future(self._engine.dispatch.next_job(trainer))
        try:
            await asyncio.wait({job, heard}, return_when=asyncio.FIRST_COMPLETED)
            if not job.done():
                raise WireError(f"a {heard.result().head['kind']} between two trials")
        finally:
            job.cancel()
        head, body = job.result()
        if trainer.host != HOST:
            head["folder"] = ""  # the same path over there is another folder
        trainer.peer.send(head, body)
        trainer.remind()  # of what was asked between hand-over and here

    async def _hear(self, trainer: Trainer, frame: Frame) -> None:
        head, engine = frame.head, self._engine
        if trainer.running is not None:
            trainer.running.heard = time.monotonic()
        if head["kind"] == "fetch":
            self._send_chunk(trainer, head)
            return
        if head["kind"] == "list":
            folder, fingerprint = engine.folder.data, str(head["fingerprint"])
            sums = await asyncio.to_thread(fetching.sums_of, folder, fingerprint)
            trainer.peer.send({"kind": "files", "sums": sums})
            return
        if trainer.running is None or head.get("number") != trainer.running.number:
            return  # of a trial that was taken from it
        match head["kind"]:
            case "epochs":
                number = trainer.running.number
                cpu = float(head.get("cpu", 0.0))
                verdict = engine.progressed(trainer, _epochs(head["epochs"]), cpu)
                if head["wait"]:
                    answer = {"kind": "verdict", "number": number, "verdict": verdict}
                    trainer.peer.send(answer)
                else:
                    trainer.remind()
            case "checkpoint":
                await engine.checkpointed(trainer, frame.body)
            case "finished":
                self._logs.append(trainer.running.number, head["log"])
                told = head["state"], head["reason"], head.get("seconds")
                engine.finished(trainer, *told, frame.body, head.get("obeyed", False))
            case "stopped":
                self._logs.append(trainer.running.number, head["log"])
                engine.put_aside(trainer, frame.body, head["seconds"])
            case "raised":
                self._logs.append(trainer.running.number, head["log"])
                engine.died(trainer, "raised", head["reason"], head["log"])

    def _send_chunk(self, trainer: Trainer, head: dict[str, Any]) -> None:
        folder = self._engine.folder.data
        found = fetching.chunk(
            folder, str(head["fingerprint"]), str(head["name"]), int(head["offset"])
        )
        trainer.peer.send({"kind": "chunk", "found": found is not None}, found or b"")

    async def _count(self, trainer: Trainer) -> None:
        """A trainer is gone: was it its own end, or its shell's?"""
        if self._engine.ended.done():
            return
        slot = self._slots[trainer.slot]
        obituary = await slot.how_it_ended(trainer.pid, OBITUARY_SECONDS)
        if trainer.running is None:
            return
        if obituary is None:
            self._engine.lost(trainer)
            return
        self._logs.append(trainer.running.number, obituary.log)
        self._engine.died(trainer, "died", str(obituary), obituary.log)


def _epochs(told: Any) -> tuple[EpochDone, ...]:
    """Epochs as a trainer tells them.

    Raises:
        WireError: they are none.
    """
    try:
        epochs = tuple(EpochDone(**epoch) for epoch in told)
        figures = [float(value) for epoch in epochs for value in epoch.figures.values()]
    except (TypeError, ValueError, AttributeError):
        raise WireError("epochs that are none") from None
    if not epochs or not all(map(isfinite, figures)):
        raise WireError("epochs without figures")
    return epochs
