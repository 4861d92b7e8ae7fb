"""How trainers and shells talk to the engine: a key, then frames over a socket, blocking.

Both ends prove that they know the run's key before anything else is read, by HMAC-SHA256 over two
nonces. Every trainer and every shell imports this, and none needs what serves many at once.
"""

from __future__ import annotations

import hmac
import secrets
import socket
import ssl
from dataclasses import dataclass, field

from hpsearch import system
from hpsearch.engine import tls
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
NONCE = 32
PROOF = 32
"""Bytes of what either end makes up, and of what it proves to know the key by."""


@dataclass(frozen=True)
class Address:
    """Where the engine listens, and the key that opens the door."""

    host: str
    port: int
    key: bytes = field(repr=False)
    certificate: str = field(default="", repr=False)
    """PEM of the only one that the engine may show; "": on loopback nothing is encrypted."""


def proof(key: bytes, side: bytes, server: bytes, client: bytes) -> bytes:
    """That `side` knows the key, over both ends' nonces."""
    return hmac.digest(key, side + server + client, "sha256")


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
        theirs, ours = self._exactly(NONCE), secrets.token_bytes(NONCE)
        self._socket.sendall(ours + proof(key, b"client", theirs, ours))
        answer = self._exactly(PROOF)
        if not hmac.compare_digest(answer, proof(key, b"server", theirs, ours)):
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
        return system.readable(self._socket.fileno(), seconds)

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
