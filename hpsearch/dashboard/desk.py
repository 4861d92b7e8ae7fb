"""What screens need of the application: as little as this."""

from __future__ import annotations

from typing import Protocol

from hpsearch.dashboard.commands import Done
from hpsearch.dashboard.session import Session
from hpsearch.store.folder import RunFolder


class Desk(Protocol):
    """The application, as its screens see it."""

    folder: RunFolder
    session: Session
    drawn: bool
    """Whether the study has been on the screen yet."""

    def say(self, text: str) -> None:
        """Tell what was just done, and show its effect."""
        ...

    def tick(self) -> None:
        """Look at the store soon."""
        ...

    async def run_command(self, verb: str, *words: str) -> Done:
        """One of our commands, on this study."""
        ...

    def ask_engine(self, verb: str, said: str, **args: object) -> None:
        """File a command for the engine, and say so."""
        ...
