"""What can be wrong, as sentences for the person who can mend it.

Every error a person can cause derives from `HpsearchError`: the command line prints its text
without a traceback and exits with its code. Anything else is a fault of ours.
"""

from __future__ import annotations

from typing import ClassVar


class HpsearchError(Exception):
    """Something a person can mend. The text names the place, the value and the way out."""

    code: ClassVar[int] = 1
    """The exit code of the command that meets it."""


class StudyFileError(HpsearchError):
    """A study file says something that cannot be done. One line of text for each mistake."""

    code = 2


class DataError(HpsearchError):
    """The data cannot be read or used. Names file, row and column where there are any."""

    code = 2


class UsageError(HpsearchError):
    """A command was asked for something that does not exist or does not fit."""

    code = 2


class RunError(HpsearchError):
    """A run cannot start or go on: a lock is held, a folder cannot be written, an engine died."""


class ModelError(HpsearchError):
    """A model's folder is missing, damaged, not one of ours, or not free to be written."""

    code = 2
