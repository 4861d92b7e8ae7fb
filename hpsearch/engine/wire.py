"""How trainers and shells talk to the engine: a key, then frames over a socket.

Both ends prove that they know the run's key before anything else is read, by HMAC-SHA256 over two
nonces. Each connection is a task of its own with two seconds for the handshake, so one silent
client cannot hold up the others. What the messages are as bytes stands in `frames.py`.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import select
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hpsearch.engine import tls
from hpsearch.engine.door import Door
from hpsearch.engine.frames import (
    LENGTHS,
    PART,
    Frame,
    Head,
    WireError,
    check,
    check_parts,
    frames,
    parse,
    whole,
)

HANDSHAKE_SECONDS = 2.0
BACKLOG = 512
"""Callers that may wait to be let in: every shell and trainer of a large fleet at once."""

_NONCE = 32
_PROOF = 32


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
        while (frame := await self._frame()).head["kind"] == PART:
            parts.append(frame.body)
            check_parts(parts)
        return whole(parts, frame)

    async def _frame(self) -> Frame:
        try:
            head, body = LENGTHS.unpack(await self._reader.readexactly(LENGTHS.size))
            check(head, body)
            return Frame(
                parse(await self._reader.readexactly(head)),
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
        while (frame := self._frame()).head["kind"] == PART:
            parts.append(frame.body)
            check_parts(parts)
        return whole(parts, frame)

    def _frame(self) -> Frame:
        head, body = LENGTHS.unpack(self._exactly(LENGTHS.size))
        check(head, body)
        return Frame(parse(self._exactly(head)), self._exactly(body) if body else b"")

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
