"""Beyond one machine: slots that move to other workers, and a wire that others could listen to."""

import asyncio
import errno
import socket
import ssl
import threading
from dataclasses import replace

import pytest

from hpsearch.engine import calling
from hpsearch.engine.calling import Address, Line
from hpsearch.engine.capacity import capacity
from hpsearch.engine.frames import WireError
from hpsearch.engine.order import Order
from hpsearch.engine.reach import Reach
from hpsearch.engine.sessions import HOST
from hpsearch.engine.shell import Shell, Unreached, _Keeper
from hpsearch.engine.wire import Peer, Server
from hpsearch.errors import StudyFileError
from hpsearch.study.options import StudyOptions
from tests.engine.helm import Helm, Wire, on


class Callers(Wire):
    """A peer that can be hung up on."""

    closed = False

    def close(self):
        self.closed = True
        self.hang_up()


async def until(true):
    while not true():
        await asyncio.sleep(0.001)


def called(helm, role, slot=0, host="there"):
    """Somebody calls: what he is sent, and his conversation."""
    peer = Callers()
    peer.say("hello", role=role, slot=slot, pid=1, host=host)
    task = asyncio.ensure_future(helm.sessions(peer))
    return peer, task


@on
async def test_a_slot_given_to_another_worker_is_not_heard_of_by_the_one_before(tmp_path):
    helm = Helm(tmp_path, slots=1)
    shell, _ = called(helm, "shell")
    trainer, _ = called(helm, "trainer")
    await until(lambda: trainer.of("trial"))
    number = trainer.of("trial")[0]["number"]
    another, _ = called(helm, "shell", host="elsewhere")
    await until(lambda: another.of("allow"))
    assert shell.closed
    assert shell.of("end")
    assert trainer.closed
    assert helm.engine.line.waits(number)
    assert helm.engine.line[number].failures == 0
    successor, _ = called(helm, "trainer", host="elsewhere")
    await until(lambda: successor.of("trial"))
    assert successor.of("trial")[0]["number"] == number
    helm.crash()


@on
async def test_the_end_of_a_shell_that_was_replaced_orphans_nobody(tmp_path):
    helm = Helm(tmp_path, slots=1)
    first, task = called(helm, "shell")
    await until(lambda: first.of("allow"))
    second, _ = called(helm, "shell")
    await task
    assert helm.sessions._slots[0].shell is second
    helm.crash()


@pytest.mark.parametrize(("host", "told"), [(HOST, True), ("elsewhere", False)])
@on
async def test_only_trainers_of_this_host_are_told_a_folder(tmp_path, host, told):
    helm = Helm(tmp_path)
    called(helm, "shell", host=host)
    trainer, _ = called(helm, "trainer", host=host)
    await until(lambda: trainer.of("trial"))
    assert bool(trainer.of("trial")[0]["folder"]) == told
    helm.crash()


@on
async def test_a_trainer_may_ask_for_the_sums_of_its_arrays(tmp_path):
    helm = Helm(tmp_path)
    trainer, _ = called(helm, "trainer", host="elsewhere")
    await until(lambda: trainer.of("trial"))
    trainer.say("list", fingerprint=trainer.of("trial")[0]["fingerprint"])
    await until(lambda: trainer.of("files"))
    assert "x.npy" in trainer.of("files")[0]["sums"]
    helm.crash()


# The wire between two hosts -----------------------------------------------------------------------


@pytest.fixture
def secret(patient):
    """A server that shows a certificate, on a thread of its own; and its address."""
    cluster = pytest.importorskip("hpsearch.engine.cluster")
    pytest.importorskip("cryptography", reason="pip install 'hpsearch[dask]'")
    pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")
    server, refusals, ready = Server(lambda why: refusals.append(why)), [], threading.Event()
    address = server.listen(identity=cluster.made_for_this_run())
    stop: list = []

    async def echo(peer):
        while True:
            frame = await peer.receive()
            peer.send(frame.head, frame.body)

    async def serve():
        done = asyncio.Event()
        stop.extend((asyncio.get_running_loop(), done))
        await server.serve(echo)
        ready.set()
        await done.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    yield address
    stop[0].call_soon_threadsafe(stop[1].set)
    thread.join()


def test_between_hosts_a_frame_comes_back_as_it_was_sent(secret):
    line = Line(secret)
    assert isinstance(line._socket, ssl.SSLSocket)
    body = bytes(range(256)) * 5000
    line.send({"kind": "epochs"}, body)
    assert line.readable(5)
    assert line.receive().body == body
    line.send({"kind": "one"})
    line.send({"kind": "two"})  # both may be read at once, and select would then wait for a third
    assert line.receive().head == {"kind": "one"}
    assert line.readable(5)
    assert line.receive().head == {"kind": "two"}
    assert not line.readable()
    line.close()


def test_a_certificate_that_another_made_is_not_believed(secret):
    from hpsearch.engine.cluster import made_for_this_run

    with pytest.raises(WireError, match="no handshake"):
        Line(replace(secret, certificate=made_for_this_run().certificate))


def test_the_key_is_asked_for_behind_the_certificate(secret):
    with pytest.raises((WireError, EOFError, ConnectionError)):
        Line(replace(secret, key=b"wrong" * 4))


def test_who_does_not_encrypt_is_not_heard(secret, monkeypatch):
    monkeypatch.setattr(calling, "HANDSHAKE_SECONDS", 0.5)  # either waits for the other's word
    with pytest.raises((WireError, EOFError, ConnectionError)):
        Line(replace(secret, certificate=""))


def test_neither_key_nor_certificate_is_printed(secret):
    assert "key" not in repr(secret)
    assert "BEGIN" not in repr(secret)


@pytest.mark.parametrize("number", [errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ECONNRESET])
def test_a_host_that_cannot_be_reached_any_more_is_gone_and_no_fault_of_ours(number):
    async def receive():
        reader = asyncio.StreamReader()
        reader.set_exception(OSError(number, "cut off"))
        await Peer(reader, None).receive()  # type: ignore[arg-type]  # it only reads

    with pytest.raises(EOFError):
        asyncio.run(receive())


# A shell that nobody answers ----------------------------------------------------------------------


def nobody():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return Address("127.0.0.1", taken.getsockname()[1], b"k" * 32)


def test_a_shell_that_reaches_nobody_says_whom_and_from_where():
    shell = Shell(nobody(), 0, 0, None, False)
    with pytest.raises(Unreached, match=rf"no engine answers at 127.0.0.1:\d+ from {HOST}"):
        shell.work(lambda: True)


def test_a_shell_whose_worker_closes_ends_with_it():
    assert not Shell(nobody(), 0, 0, None, False).work(lambda: False)


def test_a_trainer_that_dies_before_its_instructions_come_is_told_of_like_any_other():
    keeper = _Keeper(Shell(nobody(), 0, 0, 0, True))
    keeper._line = engine = Wire()
    keeper.warm_up()
    keeper._trainer.kill()
    keeper._trainer.wait()
    keeper._start()
    keeper._bury()
    keeper.leave()
    assert [died["code"] for died in engine.of("died")] == [-9]


# What a cluster bears -----------------------------------------------------------------------------


def test_the_threads_of_a_cluster_are_its_workers_unless_the_study_says_otherwise():
    assert capacity(StudyOptions("s"), 1, 7).workers == 7
    assert capacity(StudyOptions("s"), 1, 7).slots == 7
    assert capacity(StudyOptions("s", max_workers=4), 1, 7).workers == 4
    asked = capacity(StudyOptions("s", workers=9), 1, 7)
    assert (asked.workers, asked.slots) == (9, 9)
    with pytest.raises(StudyFileError, match="raise max_workers"):
        capacity(StudyOptions("s", workers=9, max_workers=8), 1, 7)


def test_an_order_takes_the_reach_along(tmp_path):
    order = Order(tmp_path, tmp_path, reach=Reach("tcp://a:1", "127.0.0.1"))
    assert Order.from_line(order.to_line()) == order
