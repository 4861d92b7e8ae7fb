"""The dask workers of a run: of a scheduler that is joined, or of a cluster started for the run."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch import system
from hpsearch.engine.reach import Reach
from hpsearch.engine.tls import Identity
from hpsearch.engine.versions import SECONDS, compared, hold_scheduler
from hpsearch.errors import RunError

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

log = logging.getLogger("hpsearch.engine")


class Cluster:
    """Dask workers, and the client that speaks for us."""

    def __init__(self, reach: Reach, slots: int, scratch: Path) -> None:
        """Prepare; nothing runs yet.

        Args:
            reach: which scheduler is joined, if any.
            slots: how many workers a cluster of our own has.
            scratch: a folder for what these write.

        Raises:
            RunError: dask is not installed.
        """
        self._reach, self._slots, self._scratch = reach, slots, scratch
        self._process: subprocess.Popen[bytes] | None = None
        self._client: Client | None = None
        self._security: Security | None = None
        self._threads, self._joined = 0, False
        self.notes: tuple[str, ...] = ()
        """What differs on a cluster that was joined, a sentence each."""
        for package in ("distributed", "cryptography"):
            if find_spec(package) is None:
                raise RunError(
                    f"study.backend is dask, which needs {package}: pip install 'hpsearch[dask]'."
                )

    def client(self) -> Client:
        """A client that is connected; where it has lost its scheduler, a new one.

        Raises:
            RunError: no scheduler answers, or what it has cannot work with us.
        """
        if self._client is None or self._client.status != "running":
            self.close()
            self._security = self._made()
            logging.getLogger("distributed").setLevel(logging.WARNING)
            self._client = self._connect(self._reach.scheduler or self._start())
        return self._client

    def threads(self) -> int:
        """How many shells could run at once on the workers of a joined cluster, when it was."""
        self.client()
        return self._threads

    def close(self, patience: float = 1.0) -> None:
        """Leave the scheduler; end a cluster of our own."""
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what breaks now, shall
        if self._client is not None:
            with contextlib.suppress(Exception):  # whatever is said while it dies
                self._client.close(timeout=patience)
        if self._process is not None:
            _end(self._process, patience)
        self._client = self._process = None

    def _made(self) -> Security:
        from distributed.security import Security

        reach = self._reach
        if not reach.scheduler:
            return Security.temporary()  # nobody else of this machine is let in
        if not reach.encrypted:
            return Security()
        return Security(
            require_encryption=True,
            tls_ca_file=reach.tls_ca,
            tls_client_cert=reach.tls_cert,
            tls_client_key=reach.tls_key,
        )

    def _connect(self, address: str) -> Client:
        from distributed import Client

        assert self._security is not None
        try:
            if self._reach.scheduler:
                hold_scheduler(address, self._security)
            client = Client(address, security=self._security, timeout=SECONDS, set_as_default=False)
            if self._reach.scheduler:
                self._look_round(client, address)
            return client
        except (OSError, TimeoutError, ValueError) as error:
            raise RunError(f"No dask scheduler answers at {address}: {_first(error)}") from None

    def _look_round(self, client: Client, address: str) -> None:
        """Count the workers there are, and compare what they have with what is here.

        Raises:
            RunError: on the first time, something there cannot work with us. Later on a run does
                not end for a worker that has come meanwhile; it goes into the log.
        """
        asking: Any = client.scheduler
        found: Any = client.sync(asking.ncores, callback_timeout=SECONDS)
        self._threads = sum(found.values())  # of these alone: who comes later is not compared
        try:
            self.notes = compared(client, address)
        except RunError as error:
            if not self._joined:
                client.close()
                raise
            self.notes = (str(error),)
        if self._joined:
            for note in self.notes:
                log.warning("%s", note)
        self._joined = True

    def _start(self) -> str:
        """A cluster on this machine; where its scheduler listens."""
        self._process = subprocess.Popen(
            system.module_command("hpsearch.engine.localcluster"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=system.child_environment(),
        )
        names = (f"tls_{who}_{what}" for who in _ROLES for what in ("cert", "key"))
        tls = {name: getattr(self._security, name) for name in ("tls_ca_file", *names)}
        order: dict[str, Any] = {"workers": self._slots, "scratch": str(self._scratch), "tls": tls}
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps(order).encode() + b"\n")
            stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise RunError("No dask cluster could be started here; the engine's log says why.")
        return json.loads(answer)["address"]


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    """Close its stdin, which ends it; make sure."""
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            pipe.close()  # type: ignore[union-attr]  # both are pipes
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def made_for_this_run() -> Identity:
    """A certificate for the wire where it leaves the machine."""
    from distributed.security import Security

    made: Any = Security.temporary()
    return Identity(made.tls_scheduler_cert, made.tls_scheduler_key)


_ROLES = ("scheduler", "worker", "client")


def _first(error: BaseException) -> str:
    if not str(error).strip():  # of a time that is up
        return f"nobody has in {SECONDS} s. `dask scheduler` starts one, and prints its address."
    return str(error).strip().splitlines()[0][:200]
