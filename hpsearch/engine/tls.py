"""Encryption of the wire where it leaves the machine: a certificate made for the run, and pinned.

Who calls has the certificate from us, along with the key, and believes no other; names in it mean
nothing. That the caller is one of ours is proven by the key, as on loopback.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

SILENCE = 45
"""Seconds that another host may not be heard of."""


@dataclass(frozen=True)
class Identity:
    """A certificate and its private key, as PEM."""

    certificate: str
    key: str = field(repr=False)


def serving(identity: Identity) -> ssl.SSLContext:
    """The engine's end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with tempfile.TemporaryDirectory() as folder:  # ours alone; the ssl module reads files only
        certificate, key = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        certificate.write_text(identity.certificate)
        key.write_text(identity.key)
        context.load_cert_chain(certificate, key)
    return context


def calling(certificate: str, connection: socket.socket) -> ssl.SSLSocket:
    """A trainer's or a shell's end; `certificate` is PEM, and the only one believed."""
    keep_alive(connection)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.load_verify_locations(cadata=certificate)
    return context.wrap_socket(connection)


def keep_alive(connection: socket.socket) -> None:
    """Have a connection between two hosts end when the other has not been heard for a while.

    Shorter than any stall (`watchdog.STALL`): a trial whose host is gone is lost, and not a failure
    of its own. What is cut off for less goes on by itself.
    """
    settings = {
        "TCP_KEEPIDLE": SILENCE // 3,
        "TCP_KEEPINTVL": SILENCE // 9,
        "TCP_KEEPCNT": 6,
        "TCP_USER_TIMEOUT": SILENCE * 1000,
    }
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in settings.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
