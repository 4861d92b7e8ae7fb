"""How far a run reaches beyond its machine: only as far as its command line says, never a file."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from hpsearch.errors import UsageError

LOOPBACK = "127.0.0.1"
_WORDS = ("--scheduler", "--listen", "--tls-ca", "--tls-cert", "--tls-key")
"""The options of `run`, in the order of the fields."""


@dataclass(frozen=True)
class Reach:
    """Whom the engine joins, and where it listens. The default is nobody, and loopback."""

    scheduler: str = ""
    """The dask scheduler to join, as `tcp://host:port` or `tls://host:port`; "": a local one."""
    listen: str = ""
    """The address of this machine that trainers elsewhere call, perhaps with `:port`."""
    tls_ca: str = ""
    """PEM files of the scheduler's TLS, absolute; all three or none."""
    tls_cert: str = ""
    tls_key: str = ""

    @classmethod
    def given(
        cls, scheduler: str = "", listen: str = "", ca: str = "", cert: str = "", key: str = ""
    ) -> Self:
        """What a command line asks for.

        Raises:
            UsageError: it does not fit together, and how it would.
        """
        ca, cert, key = (str(Path(file).resolve()) if file else "" for file in (ca, cert, key))
        reach = cls(scheduler, listen, ca, cert, key)
        reach._check_scheduler()
        reach._check_tls()
        if listen:
            reach.host_and_port()
        return reach

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `to_json` gave."""
        return cls(**{field.name: str(told[field.name]) for field in fields(cls)})

    def to_json(self) -> dict[str, str]:
        """By field."""
        return asdict(self)

    def words(self) -> list[str]:
        """The words of a command line that ask for it."""
        pairs = zip(_WORDS, (getattr(self, field.name) for field in fields(self)), strict=True)
        return [word for name, value in pairs if value for word in (name, value)]

    @property
    def encrypted(self) -> bool:
        """Whether the scheduler is spoken to by TLS."""
        return bool(self.tls_ca)

    def refuse_without_dask(self, backend: str) -> None:
        """Refuse what only dask could do.

        Raises:
            UsageError: something was asked for beside another backend.
        """
        if self != Reach():
            raise UsageError(
                f"--scheduler and --listen are for dask, but study.backend is {backend}; add "
                "--backend dask."
            )

    def host_and_port(self) -> tuple[str, int]:
        """Where to listen; port 0 is one that the system picks.

        Raises:
            UsageError: that is no address that somebody elsewhere could call.
        """
        if not self.listen:
            return LOOPBACK, 0
        host, port = self.listen, "0"
        if not _is_address(host):
            host, _, port = host.rpartition(":") if ":" in host else (host, "", "0")
        host = host.removeprefix("[").removesuffix("]")
        if not host or not port.isdigit() or int(port) > 65535:
            raise UsageError(f"--listen {self.listen}: write an address, or ADDRESS:PORT.")
        try:
            found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0][4][0]
        except OSError:
            raise UsageError(f"--listen {self.listen}: there is no host {host!r}.") from None
        if ipaddress.ip_address(str(found).partition("%")[0]).is_unspecified:
            raise UsageError(
                f"--listen {self.listen}: trainers elsewhere call this address, so name the one "
                f"they reach this host by, such as --listen {socket.gethostname()}."
            )
        return str(found), int(port)

    def _check_scheduler(self) -> None:
        if not self.scheduler:
            return
        protocol, found, rest = self.scheduler.partition("://")
        host, _, port = rest.rpartition(":")
        if not found or protocol not in ("tcp", "tls") or not host or not port.isdigit():
            raise UsageError(
                f"--scheduler {self.scheduler}: write tcp://HOST:PORT, or tls://HOST:PORT, as "
                "`dask scheduler` prints it."
            )
        if protocol == "tls" and not self.encrypted:
            raise UsageError(
                f"--scheduler {self.scheduler}: TLS needs --tls-ca, --tls-cert and --tls-key."
            )

    def _check_tls(self) -> None:
        named = {"--tls-ca": self.tls_ca, "--tls-cert": self.tls_cert, "--tls-key": self.tls_key}
        if not any(named.values()):
            return
        if missing := [name for name, file in named.items() if not file]:
            raise UsageError(f"{' and '.join(missing)}: missing beside the other TLS options.")
        if not self.scheduler.startswith("tls://"):
            raise UsageError("--tls-ca, --tls-cert and --tls-key go with --scheduler tls://….")
        for name, file in named.items():
            if not Path(file).is_file():
                raise UsageError(f"{name} {file}: there is no such file.")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
