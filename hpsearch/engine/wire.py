"""How trainers and shells talk to the engine: frames over a local socket, no pickle.

A frame is two lengths, a JSON head, and a body of raw bytes (an array, a checkpoint). Both ends
prove that they know the run's key before anything else is read, by HMAC-SHA256 over two nonces.
Lengths are checked before reading. Each connection is a task of its own with two seconds for
the handshake, so one silent client cannot hold up the others.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import select
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hpsearch.engine import tls
from hpsearch.engine.door import Door

HEAD_LIMIT = 1 << 20
BODY_LIMIT = 64 << 20
"""Bytes of one frame's body; a longer one comes in parts."""
MESSAGE_LIMIT = 1 << 30
"""Bytes of all parts together: a checkpoint of some 60 million weights."""
HANDSHAKE_SECONDS = 2.0
BACKLOG = 512
"""Callers that may wait to be let in: every shell and trainer of a large fleet at once."""

_LENGTHS = struct.Struct(">II")
_NONCE = 32
_PROOF = 32
_PART = "part"

Head = Mapping[str, Any]


class WireError(Exception):
    """The other end is not one of ours, or speaks nonsense."""


@dataclass(frozen=True)
class Frame:
    """One message."""

    head: dict[str, Any]
    """Says in "kind" what it is."""
    body: bytes = b""


@dataclass(frozen=True)
class Address:
    """Where the engine listens, and the key that opens the door."""

    host: str
    port: int
    key: bytes = field(repr=False)
    certificate: str = field(default="", repr=False)
    """PEM of the only one that the engine may show; "": on loopback nothing is encrypted."""


def new_key() -> bytes:
    """A key for one run."""
    return secrets.token_bytes(32)


def frames(head: Head, body: bytes = b"") -> Iterator[bytes]:
    """A message as frames: parts of its body first, if it is long, then the head.

    Raises:
        WireError: it is larger than the other end would accept.
    """
    if len(body) > MESSAGE_LIMIT:
        raise WireError(f"a message of {len(body)} bytes is over the limit")
    rest = memoryview(body)
    while len(rest) > BODY_LIMIT:
        yield pack({"kind": _PART}, rest[:BODY_LIMIT])
        rest = rest[BODY_LIMIT:]
    yield pack(head, rest)


def _whole(parts: list[bytes], last: Frame) -> Frame:
    return Frame(last.head, b"".join([*parts, last.body])) if parts else last


def _check_parts(parts: list[bytes]) -> None:
    if sum(map(len, parts)) > MESSAGE_LIMIT:
        raise WireError("parts of a message over the limit")


def pack(head: Head, body: bytes | memoryview = b"") -> bytes:
    """A frame as bytes.

    Raises:
        WireError: it is larger than the other end would accept.
    """
    text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode()
    _check(len(text), len(body))
    return _LENGTHS.pack(len(text), len(body)) + text + bytes(body)


def _check(head: int, body: int) -> None:
    if not 2 <= head <= HEAD_LIMIT or body > BODY_LIMIT:
        raise WireError(f"a frame of {head} + {body} bytes is over the limit")


def _parse(text: bytes) -> dict[str, Any]:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("a head that is not JSON") from None
    if not isinstance(head, dict) or not isinstance(head.get("kind"), str):
        raise WireError("a head without a kind")
    return head


def _proof(key: bytes, side: bytes, server: bytes, client: bytes) -> bytes:
    return hmac.digest(key, side + server + client, "sha256")


class Peer:
    """The engine's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def receive(self) -> Frame:
        """The next message.

        Raises:
            EOFError: the other end is gone.
            WireError: what came is no frame.
        """
        parts: list[bytes] = []
        while (frame := await self._frame()).head["kind"] == _PART:
            parts.append(frame.body)
            _check_parts(parts)
        return _whole(parts, frame)

    async def _frame(self) -> Frame:
        try:
            head, body = _LENGTHS.unpack(await self._reader.readexactly(_LENGTHS.size))
            _check(head, body)
            return Frame(
                _parse(await self._reader.readexactly(head)),
                await self._reader.readexactly(body) if body else b"",
            )
        except (asyncio.IncompleteReadError, OSError):  # timed out, or unreachable: as good as gone
            raise EOFError from None

    def send(self, head: Head, body: bytes = b"") -> None:
        """Send a message; a peer that has gone away does not hear it."""
        if not self._writer.is_closing():
            self._writer.writelines(frames(head, body))

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def welcome(self, key: bytes) -> None:
        """Prove to each other that both know the key.

        Raises:
            WireError: the other end does not.
        """
        nonce = secrets.token_bytes(_NONCE)
        self._writer.write(nonce)
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                theirs = await self._reader.readexactly(_NONCE)
                proof = await self._reader.readexactly(_PROOF)
        except (asyncio.IncompleteReadError, OSError):
            raise WireError("no handshake") from None
        if not hmac.compare_digest(proof, _proof(key, b"client", nonce, theirs)):
            raise WireError("a wrong key")
        self._writer.write(_proof(key, b"server", nonce, theirs))


Handler = Callable[[Peer], Awaitable[None]]


class Server:
    """Listens, and gives every authenticated peer to a handler, on a task of its own."""

    def __init__(self, refused: Callable[[str], None]) -> None:
        self._door = Door(refused)
        self._key = new_key()
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._tls: ssl.SSLContext | None = None

    def listen(
        self, host: str = "127.0.0.1", port: int = 0, identity: tls.Identity | None = None
    ) -> Address:
        """Take a port, or one the system picks; who calls waits until `serve`.

        Args:
            identity: what to encrypt with; needed wherever others can listen in.

        Raises:
            OSError: the port is taken, or the address is another machine's.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._tls = tls.serving(identity) if identity else None
        host, port = self._socket.getsockname()[:2]
        return Address(host, port, self._key, identity.certificate if identity else "")

    async def serve(self, handler: Handler) -> None:
        """Let callers in, each to `handler`."""
        assert self._socket is not None, "it does not listen"
        self._handler = handler
        self._server = await asyncio.start_server(
            self._welcome,
            sock=self._socket,
            limit=1 << 20,
            backlog=BACKLOG,
            ssl=self._tls,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if self._tls else None,
        )

    def close(self) -> None:
        """Stop listening. Connections end with their handlers."""
        if self._server is not None:
            self._server.close()
        elif self._socket is not None:
            self._socket.close()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        if self._tls:
            tls.keep_alive(writer.get_extra_info("socket"))
        try:
            await self._door.acquaint(peer, self._key)
            await self._handler(peer)
        except WireError as error:
            self._door.refuse(str(error))
        except EOFError:
            pass  # gone before it said who it was
        finally:
            peer.close()


class Line:
    """A trainer's or a shell's end of the connection; blocking."""

    def __init__(self, address: Address) -> None:
        """Connect and shake hands.

        Raises:
            WireError: whoever answers does not know the key, or takes too long.
            OSError: nobody answers.
        """
        self._socket = socket.create_connection((address.host, address.port), HANDSHAKE_SECONDS)
        try:
            if address.certificate:
                self._socket = tls.calling(address.certificate, self._socket)
            self._shake_hands(address.key)
        except (TimeoutError, ssl.SSLError) as error:
            self._socket.close()
            raise WireError(f"no handshake: {error}") from None
        except BaseException:
            self._socket.close()
            raise

    def _shake_hands(self, key: bytes) -> None:
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        theirs, ours = self._exactly(_NONCE), secrets.token_bytes(_NONCE)
        self._socket.sendall(ours + _proof(key, b"client", theirs, ours))
        proof = self._exactly(_PROOF)
        if not hmac.compare_digest(proof, _proof(key, b"server", theirs, ours)):
            raise WireError("the engine does not know the key")
        self._socket.settimeout(None)

    def send(self, head: Head, body: bytes = b"") -> None:
        """Send a message."""
        for frame in frames(head, body):
            self._socket.sendall(frame)

    def receive(self) -> Frame:
        """The next message; waits for it.

        Raises:
            EOFError: the engine is gone.
        """
        parts: list[bytes] = []
        while (frame := self._frame()).head["kind"] == _PART:
            parts.append(frame.body)
            _check_parts(parts)
        return _whole(parts, frame)

    def _frame(self) -> Frame:
        head, body = _LENGTHS.unpack(self._exactly(_LENGTHS.size))
        _check(head, body)
        return Frame(_parse(self._exactly(head)), self._exactly(body) if body else b"")

    def readable(self, seconds: float = 0.0) -> bool:
        """Whether something has come, waiting up to `seconds` for it."""
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        return bool(select.select([self._socket], [], [], seconds)[0])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._socket.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)
