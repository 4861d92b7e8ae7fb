"""The command line, a module a group of commands; heavy imports stay inside the commands.

Only the module of the command that was typed is imported, so that a command starts at once; and
the engine that `run` is about to start takes longer to import than the command itself.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module

from hpsearch.errors import HpsearchError, UsageError

MODULES = {
    "init": "init",
    "check": "check",
    "run": "run",
    "attach": "watch",
    "status": "listing",
    "top": "top",
    "show": "show",
    "examine": "examine",
    "compare": "show",
    "importance": "top",
    "log": "show",
    "ls": "listing",
    "pause": "control",
    "resume": "control",
    "stop": "control",
    "ctl": "control",
    "clean": "clean",
    "report": "report",
    "export": "export",
    "retrain": "retrain",
    "predict": "predict",
    "evaluate": "evaluate",
    "schema": "schema",
}
"""The commands in the order in which one meets them, and the modules that add them."""


NOT_OURS = frozenset(
    (
        *(errno.EACCES, errno.EPERM, errno.EROFS),
        *(errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EISDIR),
        *(errno.ENOSPC, errno.EDQUOT, errno.EIO),
    )
)
"""What a file system says that is no mistake of the program, wherever a command meets it."""


def run_app() -> int:
    """Run the command that was typed. Returns the exit code."""
    _hold_standard_streams()
    try:
        _run(sys.argv[1] if len(sys.argv) > 1 else "")
    except HpsearchError as error:
        return _said(error)
    except KeyboardInterrupt:  # while modules were imported; commands have their own ways to end
        return 130
    except BrokenPipeError:  # `hpsearch top | head`
        sys.stderr.close()
        return 0
    except OSError as error:
        if error.errno not in NOT_OURS or error.filename is None:
            raise
        return _said(UsageError(f"{error.filename}: {error.strerror}."))
    return 0


def _hold_standard_streams() -> None:
    """Whoever closed one (`>&-`) does not want to read it: else the next file to be opened, a
    database perhaps, would be standard output to whatever prints."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
            stream = open(nowhere, "w" if number else "r", encoding="utf-8")  # noqa: SIM115  # for as long as we live
            setattr(sys, name, stream)


def _said(error: HpsearchError) -> int:
    from hpsearch.cli.saying import note

    for line in f"hpsearch: {error}".split("\n"):
        note(line)
    return error.code


def _run(word: str) -> None:
    try:
        os.getcwd()
    except FileNotFoundError:
        raise UsageError("The folder you are in was deleted; cd to one that is there.") from None
    if word == "run" and not {"-h", "--help"} & set(sys.argv):
        from hpsearch.engine.begun import begin

        begin()
    if word in MODULES:
        import_module(f"hpsearch.cli.{MODULES[word]}")
    else:  # help, completion, a slip: they name them all
        import_module("hpsearch.cli.every")
    from hpsearch.cli.app import app

    app(prog_name="hpsearch")  # also as `python -m hpsearch`, whose completion would be no word
