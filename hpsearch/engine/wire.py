"""The engine's end of the wire: it listens, and knows its callers by a key.

Both ends prove that they know the run's key before anything else is read, by HMAC-SHA256 over two
nonces. Each connection is a task of its own with two seconds for the handshake, so one silent
client cannot hold up the others. The other end is `calling.py`; `frames.py` says what the messages
are as bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable

from hpsearch.engine import tls
from hpsearch.engine.calling import HANDSHAKE_SECONDS, NONCE, PROOF, Address, proof
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

BACKLOG = 512
"""Callers that may wait to be let in: every shell and trainer of a large fleet at once."""


def new_key() -> bytes:
    """A key for one run."""
    return secrets.token_bytes(32)


class Peer:
    """The engine's end of one connection."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        secret: ssl.SSLContext | None = None,
    ) -> None:
        """Take a connection of which nothing was read yet.

        Args:
            secret: to encrypt it with, before anything else is said.
        """
        self._reader, self._writer, self._secret = reader, writer, secret
        self._encrypting = False

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
        if self._encrypting:  # asyncio would take a connection that we close for one that stands
            with contextlib.suppress(OSError):
                self._writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        else:
            self._writer.close()

    async def welcome(self, key: bytes) -> None:
        """Prove to each other that both know the key.

        Raises:
            WireError: the other end does not.
        """
        nonce = secrets.token_bytes(NONCE)
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                if self._secret is not None:
                    await self._encrypt(self._secret)
                self._writer.write(nonce)
                theirs = await self._reader.readexactly(NONCE)
                answer = await self._reader.readexactly(PROOF)
        except (asyncio.IncompleteReadError, OSError):
            raise WireError("no handshake") from None
        if not hmac.compare_digest(answer, proof(key, b"client", nonce, theirs)):
            raise WireError("a wrong key")
        self._writer.write(proof(key, b"server", nonce, theirs))

    async def _encrypt(self, secret: ssl.SSLContext) -> None:
        # Here, and not in `start_server`, which says nothing of callers that do not get so far:
        # they are to be told and counted, and to make room, as others are.
        self._encrypting = True
        try:
            await self._writer.start_tls(secret)
        except ssl.SSLError as error:
            why = (error.reason or "no reason").replace("_", " ").lower()
            raise WireError(f"no TLS: {why}") from None
        finally:
            self._encrypting = False


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
        )

    def close(self) -> None:
        """Stop listening. Connections end with their handlers."""
        if self._server is not None:
            self._server.close()
        elif self._socket is not None:
            self._socket.close()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer, whence = Peer(reader, writer, self._tls), ""
        if self._tls:
            tls.keep_alive(writer.get_extra_info("socket"))
            whence = f" (from {(writer.get_extra_info('peername') or ['nowhere'])[0]})"
        try:
            await self._door.acquaint(peer, self._key)
            await self._handler(peer)
        except WireError as error:
            self._door.refuse(f"{error}{whence}")
        except EOFError:
            pass  # gone before it said who it was
        finally:
            peer.close()
