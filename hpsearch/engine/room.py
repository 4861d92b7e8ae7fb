"""Whether there is room for a run where it is to be, asked before anything else is begun."""

from __future__ import annotations

from pathlib import Path

from hpsearch.errors import RunError
from hpsearch.store.filesystems import hold_folder
from hpsearch.view.command import near


def hold_room(folder: Path) -> None:
    """Refuse a run folder that cannot be written, or where a store would be lost.

    Nothing is left there.

    Raises:
        RunError: why, and how to put the run elsewhere.
    """
    try:
        hold_folder(folder)
    except OSError as error:
        raise unwritable(folder, error) from None


def unwritable(folder: Path, error: OSError) -> RunError:
    """The sentence for a run folder that cannot be written."""
    return RunError(
        f"{near(folder)} cannot be written ({error.strerror}); --runs DIR puts the run elsewhere."
    )
