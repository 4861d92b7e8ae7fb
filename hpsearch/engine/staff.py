"""The engine's workers and the door they come in by, begun before the study is opened.

Workers take as long to start as the engine takes to import Optuna and to read the data, so both
happen at the same time: the socket listens before anybody answers, and a caller waits at it.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

from hpsearch.engine.capacity import slots, trainer_memory
from hpsearch.engine.fleet import Fleet
from hpsearch.engine.wire import Handler, Server
from hpsearch.study.options import StudyOptions
from hpsearch.system import usable_cores

log = logging.getLogger("hpsearch.engine")


class Staff:
    """Shells in every slot, and the server they call."""

    def __init__(self, options: StudyOptions, folder: Path) -> None:
        """Listen, and begin to start the shells.

        Args:
            options: of the study; how many slots, and how nice trainers are.
            folder: the run folder, which need not exist: joblib's scratch is named in it.
        """
        self._server = Server(lambda why: log.warning("refused a caller: %s", why))
        self._fleet = Fleet(
            slots(options),
            options.workers or usable_cores().count,
            options.nice,
            trainer_memory(),
            _scratch(folder / "tmp"),
        )
        self._fleet.start(self._server.listen())

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
    return Path(tempfile.gettempdir()) / f"hpsearch-{os.getuid()}-{os.getpid()}"
