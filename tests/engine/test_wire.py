import asyncio
import contextlib
import os
import socket
import struct
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.engine import door, frames, wire
from hpsearch.engine.calling import Address, Line
from hpsearch.engine.frames import WireError
from hpsearch.engine.wire import Peer, Server
from tests.chaos.sockets import listening


class Listening:
    """A server on a thread of its own, which echoes frames."""

    def __init__(self, identity=None):
        self._identity = identity

    def __enter__(self):
        self.refusals, self.heard = [], []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    async def _serve(self):
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        server = Server(self._refused)
        self.address = server.listen(identity=self._identity)
        await server.serve(self._echo)
        self.refused_one = threading.Event()
        self._ready.set()
        await self._done.wait()
        server.close()

    def _refused(self, why):
        self.refusals.append(why)
        self.refused_one.set()

    async def _echo(self, peer: Peer):
        while True:
            frame = await peer.receive()
            self.heard.append(frame)
            peer.send(frame.head, frame.body)


@pytest.fixture
def server(patient):
    with Listening() as listening:
        yield listening


def test_a_frame_comes_back_as_it_was_sent(server):
    line = Line(server.address)
    head, body = {"kind": "epochs", "text": "ü"}, bytes(range(256)) * 5000
    line.send(head, body)
    frame = line.receive()
    assert (frame.head, frame.body) == (head, body)
    line.close()


def test_a_wrong_key_is_refused_and_the_others_go_on(server):
    good = Line(server.address)
    with pytest.raises((WireError, EOFError, ConnectionError)):
        Line(replace(server.address, key=b"wrong" * 4))
    assert server.refused_one.wait(60)
    good.send({"kind": "still there"})
    assert good.receive().head["kind"] == "still there"
    assert server.refusals == ["a wrong key"]
    good.close()


def test_a_silent_client_holds_up_nobody(server):
    silent = socket.create_connection((server.address.host, server.address.port))
    line = Line(server.address)
    line.send({"kind": "hello"})
    assert line.receive().head["kind"] == "hello"
    silent.close()
    line.close()


def test_garbage_after_the_handshake_is_refused_unread(server):
    line = Line(server.address)
    line._socket.sendall(struct.pack(">II", 1 << 31, 1 << 31) + b"x" * 100)
    assert server.refused_one.wait(60)
    assert "over the limit" in server.refusals[0]
    line.close()


def test_an_engine_that_does_not_know_the_key_is_not_believed():
    listener = socket.create_server(("127.0.0.1", 0))

    def pretend():
        caller, _ = listener.accept()
        caller.sendall(b"n" * 32)
        caller.recv(64)
        caller.sendall(b"p" * 32)
        caller.close()

    thread = threading.Thread(target=pretend)
    thread.start()
    with pytest.raises(WireError, match="does not know the key"):
        Line(Address("127.0.0.1", listener.getsockname()[1], wire.new_key()))
    thread.join()
    listener.close()


def test_what_is_not_finite_does_not_travel():
    with pytest.raises(ValueError, match="JSON"):
        frames.pack({"kind": "epochs", "value": float("nan")})


def heard(data, key=None):
    """What is received of bytes until they end, or make no sense; with a key, the handshake's."""
    frames_: list[frames.Frame] = []

    async def listen():
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        peer = Peer(reader, Deaf())  # type: ignore[arg-type]  # all of a writer it needs
        if key is not None:
            await peer.welcome(key)
        while True:
            frames_.append(await peer.receive())

    with pytest.raises((EOFError, WireError)):
        asyncio.run(listen())
    return frames_


class Deaf:
    """A writer to nobody."""

    def write(self, data):
        pass


_json = st.recursive(
    st.none() | st.integers() | st.floats(-1e9, 1e9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)
_kinds = st.sampled_from(["epochs", "hello", "part", "part", "\ud800"])
_heads = st.builds(
    lambda rest, kind: {**rest, "kind": kind},
    st.dictionaries(st.text(max_size=3), _json, max_size=2),
    _kinds,
)
_messages = st.tuples(_heads, st.binary(max_size=40))
_no_heads = st.sampled_from(
    [
        *(b"", b"{", b"[]", b"null", b"{}", b'{"kind":1}', b'{"kind":null}', b"\xff\xfe"),
        *(b"[" * 100_000, b'{"kind":' * 9000, b'{"kind":' + b"9" * 9000 + b"}", b"NaN", b"{}\0"),
    ]
) | st.binary(max_size=20)


@settings(max_examples=40)
@given(st.lists(_messages, max_size=4), st.binary(max_size=40), st.data())
def test_whole_messages_are_heard_and_what_comes_after_them_ends_it(sent, rest, data):
    raw = b"".join(frames.pack(head, body) for head, body in sent)
    found = heard(raw + rest)[: len(sent)]
    told: list[tuple[dict, bytes]] = []
    parts = b""
    for head, body in sent:
        parts += body
        if head["kind"] != "part":
            told.append((head, parts))
            parts = b""
    assert [(frame.head, frame.body) for frame in found][: len(told)] == told
    cut = heard(raw[: data.draw(st.integers(0, len(raw)))])
    assert cut == found[: len(cut)]


@settings(max_examples=60)
@given(_no_heads, st.binary(max_size=9), st.none() | st.integers(0, 2**32 - 1), st.data())
def test_a_head_or_a_length_that_lies_ends_the_conversation(head, body, length, data):
    lengths = [len(head), len(body)]
    if length is not None:
        lengths[data.draw(st.integers(0, 1))] = length
    first = frames.pack({"kind": "hello"})
    found = heard(first + frames.LENGTHS.pack(*lengths) + head + body)
    assert found[0].head == {"kind": "hello"}


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_random_bytes_end_a_conversation_and_nothing_else(data):
    assert heard(data) == [] or data[:2] == b"\0\0"
    assert heard(data, b"k" * 32) == []


def test_a_long_body_travels_in_parts_both_ways(server, monkeypatch):
    monkeypatch.setattr(frames, "BODY_LIMIT", 1000)
    line = Line(server.address)
    body = bytes(range(256)) * 50
    line.send({"kind": "checkpoint"}, body)
    assert line.receive() == frames.Frame({"kind": "checkpoint"}, body)
    assert len(server.heard) == 1
    line.close()


def test_parts_beyond_all_measure_are_refused(server, monkeypatch):
    monkeypatch.setattr(frames, "BODY_LIMIT", 1000)
    monkeypatch.setattr(frames, "MESSAGE_LIMIT", 5000)
    line = Line(server.address)
    with pytest.raises(WireError):
        line.send({"kind": "checkpoint"}, bytes(5001))
    with contextlib.suppress(OSError):  # it may hang up before the last
        for _ in range(6):
            line.send({"kind": "part"}, bytes(1000))
    assert server.refused_one.wait(60)
    assert "parts" in server.refusals[0]
    line.close()


def test_half_a_message_holds_up_nobody_and_its_end_ends_its_sender(server):
    half, other = Line(server.address), Line(server.address)
    half._socket.sendall(frames.pack({"kind": "epochs"}, b"x" * 100)[:40])
    other.send({"kind": "hello"})
    assert other.receive().head["kind"] == "hello"
    half.close()
    other.send({"kind": "still there"})
    assert other.receive().head["kind"] == "still there"
    assert [frame.head["kind"] for frame in server.heard] == ["hello", "still there"]
    other.close()


def test_a_flood_of_silent_callers_neither_keeps_ours_out_nor_its_places(server, monkeypatch):
    monkeypatch.setattr(door, "STRANGERS", 20)
    monkeypatch.setattr(door, "TOLD", 8)
    where = (server.address.host, server.address.port)
    flood = [socket.create_connection(where) for _ in range(100)]
    line = Line(server.address)
    line.send({"kind": "hello"})
    assert line.receive().head["kind"] == "hello"
    for caller in flood[:80]:  # the oldest were hung up on, though none of them did
        caller.settimeout(60)
        while caller.recv(100):
            pass
    assert server.refusals[:8] == ["no handshake"] * 8
    assert len(server.refusals) <= 8 + 4
    assert "64 callers so far" in server.refusals[-1]
    for caller in flood:
        caller.close()
    line.close()


def test_the_wire_listens_on_loopback_alone(server):
    every = listening([os.getpid()])
    assert server.address.host == "127.0.0.1"
    assert every
    assert all(address.is_loopback for address in every)
