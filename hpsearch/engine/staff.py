"""The engine's workers and the door they come in by, begun before the study is opened.

Workers take as long to start as the engine takes to import Optuna and to read the data, so both
happen at the same time: the socket listens before anybody answers, and a caller waits at it.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.cores import usable_cores
from hpsearch.engine.calling import Address
from hpsearch.engine.capacity import slots, trainer_memory
from hpsearch.engine.fleet import Fleet
from hpsearch.engine.reach import Reach
from hpsearch.engine.wire import Handler, Server
from hpsearch.errors import RunError
from hpsearch.study.options import StudyOptions
from hpsearch.system import user

if TYPE_CHECKING:  # nothing that only a cluster needs is read before the workers are started
    from hpsearch.engine.cluster import Cluster

log = logging.getLogger("hpsearch.engine")


class Staff:
    """Shells in every slot, and the server they call."""

    def __init__(self, options: StudyOptions, folder: Path, reach: Reach) -> None:
        """Listen, and begin to start the shells.

        Args:
            options: of the study; how many slots, and how nice trainers are.
            folder: the run folder, which need not exist: joblib's scratch is named in it.
            reach: whose workers train, and where to listen.

        Raises:
            HpsearchError: the scheduler does not answer, or that address is not ours.
        """
        scratch = _scratch(folder / "tmp")
        self._server = Server(lambda why: log.warning("refused a caller: %s", why))
        self.threads: int | None = None
        """Of a cluster that was joined; None: this machine trains."""
        self.notes: tuple[str, ...] = ()
        """What a person should know of it, a sentence each."""
        cluster = self._cluster(options, reach, scratch)
        self._fleet = Fleet(
            slots(options, self.threads),
            options.workers or self.threads or usable_cores().count,
            options.nice,
            trainer_memory() if cluster is None else None,
            scratch,
            cluster,
        )
        self._fleet.start(self._listen(reach))

    def _cluster(self, options: StudyOptions, reach: Reach, scratch: Path) -> Cluster | None:
        if options.backend != "dask":
            reach.refuse_without_dask(options.backend)
            return None
        from hpsearch.engine.cluster import Cluster

        cluster = Cluster(reach, slots(options), scratch)
        if reach.scheduler:
            self.threads, self.notes = cluster.threads(), cluster.notes
            if not self.threads and options.workers is None:
                raise RunError(
                    f"The scheduler at {reach.scheduler} has no workers yet: start some with "
                    f"`dask worker {reach.scheduler}`, or say with --workers N how many will come."
                )
        return cluster

    def _listen(self, reach: Reach) -> Address:
        host, port = reach.host_and_port()
        try:
            if not reach.listen:
                return self._server.listen(host, port)
            from hpsearch.engine.cluster import made_for_this_run

            return self._server.listen(host, port, made_for_this_run())
        except OSError as error:
            raise RunError(f"--listen {reach.listen}: {error.strerror or error}.") from None

    @property
    def hopeless(self) -> str:
        """Why no further try is made to start workers; empty while there is hope."""
        return self._fleet.hopeless

    async def serve(self, handler: Handler) -> None:
        """Let in who calls, and who has been waiting."""
        await self._server.serve(handler)

    def dismiss(self, patience: float = 1.0) -> None:
        """Stop listening; end the shells, which were told to end, within `patience` seconds."""
        self._server.close()
        self._fleet.end(patience)


def _scratch(folder: Path) -> Path:
    """A folder for joblib, which can name it in ASCII only."""
    if str(folder).isascii():
        return folder
    return Path(tempfile.gettempdir()) / f"hpsearch-{user()}-{os.getpid()}"
