"""Whether there is room for a run where it is to be, asked before anything else is begun."""

from __future__ import annotations

import os
from pathlib import Path

from hpsearch.errors import RunError
from hpsearch.store.filesystems import hold_folder
from hpsearch.store.folder import RunFolder
from hpsearch.view.command import near


def hold_room(folder: Path) -> None:
    """Refuse a run folder that cannot be written, that leads elsewhere, or would lose a store.

    Nothing is left there.

    Raises:
        RunError: why, and how to put the run elsewhere.
    """
    if link := link_within(folder):
        raise RunError(
            f"{near(link)} is a link, through which a run would write elsewhere. Put what it "
            "leads to in its place; --runs DIR keeps runs on another disk."
        )
    try:
        hold_folder(folder)
        _hold_files(RunFolder(folder))
    except OSError as error:
        raise unwritable(folder, error) from None


def _hold_files(folder: RunFolder) -> None:
    """What every run writes to can be written, where an earlier one left it."""
    for path in (folder.lock, folder.db):
        if path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))


def link_within(folder: Path) -> Path | None:
    """A link inside of a run folder that a run would follow, such as one that somebody sent."""
    for where, folders, files in os.walk(folder):  # it follows none
        for name in (*folders, *files):
            path = Path(where, name)
            if path.is_symlink():
                return path
        folders[:] = [name for name in folders if name not in _NOT_FOLLOWED]
    return None


_NOT_FOLLOWED = ("inbox", "tmp")
"""Folders in which files are read and deleted, or which are made anew."""


def unwritable(folder: Path, error: OSError) -> RunError:
    """The sentence for a run folder that cannot be written."""
    return RunError(
        f"{near(folder)} cannot be written ({error.strerror}); --runs DIR puts the run elsewhere."
    )
