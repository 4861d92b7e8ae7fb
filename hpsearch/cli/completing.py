"""What the shell's completion offers: fields of queries, keys of study files, words of commands.

Nothing here may fail or say anything: what is not known is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from hpsearch.store.records import StudyFacts

_STATES = ("running", "waiting", "complete", "pruned", "diverged", "failed")
_LAST_NAME = re.compile(r"[^\s|,()<>=~!]*$")
"""Of a query, or of a list of names: the name that is being typed."""


def complete_query(ctx: typer.Context, incomplete: str) -> list[str]:
    """Fields of the study, and states after `state:`, for the last word of a query."""
    if found := re.search(r"(^|[\s-])state:([a-z]+,)*([a-z]*)$", incomplete):
        before = incomplete[: found.start(3)]
        return [f"{before}{state}" for state in _STATES if state.startswith(found[3])]
    return _names(ctx, incomplete)


def complete_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Fields of the study, for the last of several with commas between them."""
    return _names(ctx, incomplete)


def complete_key(incomplete: str) -> list[str]:
    """Keys of a study file, and after one's `=` the words that it may have."""
    from hpsearch.errors import HpsearchError
    from hpsearch.study import schema
    from hpsearch.study.kinds import Word
    from hpsearch.study.names import meant
    from hpsearch.study.ranges import Searched

    key, equals, typed = incomplete.partition("=")
    if not equals:
        return [f"{name}=" for name in _beginning(key, schema.names())]
    try:
        kind = schema.kind_of(meant(key, schema.names()))
    except (HpsearchError, LookupError):
        return []
    kind = kind.inner if isinstance(kind, Searched) else kind
    words = kind.names() if isinstance(kind, Word) else ()
    return [f"{key}={word}" for word in words if word.startswith(typed)]


def complete_what(ctx: typer.Context, incomplete: str) -> list[str]:
    """What `ctl enqueue` may give values: all that the study searches."""
    study = _study(ctx)
    if study is None or str(ctx.params.get("verb")) != "enqueue" or "=" in incomplete:
        return []
    return [f"{name}=" for name in _beginning(incomplete, study.space)]


def complete_example(incomplete: str) -> list[str]:
    """The bundled studies."""
    from hpsearch.cli.examples import bundled

    return [name for name in bundled() if name.startswith(incomplete)]


def _names(ctx: typer.Context, incomplete: str) -> list[str]:
    from hpsearch.view.fields import USUAL, fields

    study = _study(ctx)
    known = USUAL if study is None else fields(study)
    at = _LAST_NAME.search(incomplete)
    typed = (at[0] if at else "").removeprefix("-")
    before = incomplete[: len(incomplete) - len(typed)]
    return [before + name for name in _beginning(typed, known.names)]


def _beginning(typed: str, known: Iterable[str]) -> list[str]:
    """Full names that begin so; and, where something was typed, short ones."""
    from hpsearch.study.names import ALIASES

    names = list(known)
    short = {name.rpartition(".")[2] for name in names}
    short |= {alias for alias, name in ALIASES.items() if name in names}
    full = [name for name in names if name.startswith(typed)]
    return full + sorted(s for s in short - set(full) if typed and s.startswith(typed))


def _study(ctx: typer.Context) -> StudyFacts | None:
    """The study that the command line names, or would mean; None: there is none."""
    from hpsearch.errors import HpsearchError
    from hpsearch.store.folder import RunFolder, find
    from hpsearch.store.reader import Reader

    runs = ctx.params.get("runs")
    try:
        with Reader(
            RunFolder(find(ctx.params.get("name"), Path(runs) if runs else None))
        ) as reader:
            return reader.study()
    except (HpsearchError, OSError):
        return None
