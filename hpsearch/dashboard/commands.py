"""Our own commands, run beside the dashboard: it reads the store, they do the work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hpsearch import system

_LOOKING = ("examine",)
"""Commands that write nothing."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def last_word(self) -> str:
        """The last thing it said, without the program's name."""
        said = (self.err.strip() or self.out.strip()).splitlines()
        return said[-1].removeprefix("hpsearch: ") if said else f"it ended with code {self.code}"


async def run(*words: str) -> Done:
    """Run `hpsearch WORDS…` to its end.

    One that only looks is ended where nobody waits for it any more.
    """
    process = await asyncio.create_subprocess_exec(
        *system.module_command("hpsearch"),
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=system.child_environment({"NO_COLOR": "1"}),
        start_new_session=True,
    )
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        if words[0] in _LOOKING:
            process.kill()
        raise
    return Done(process.returncode or 0, out.decode("utf-8", "replace"),
                err.decode("utf-8", "replace"))  # fmt: skip
