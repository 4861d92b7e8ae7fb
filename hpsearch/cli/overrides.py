"""What stands after --set, as values by full name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from hpsearch.cli.completing import complete_key
from hpsearch.errors import UsageError

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Any value of the study file, such as training.epochs=20 or lr=0.01; may be repeated.",
        show_default=False,
        autocompletion=complete_key,
    ),
]


def overrides(given: Sequence[str]) -> dict[str, str]:
    """Values by full name, as they were typed; the study file reads them.

    The name may be the last part of a full one, or an alias of `study.names`.

    Raises:
        UsageError: one is not KEY=VALUE.
    """
    if not given:  # and what knows the names takes a tenth of a second to import
        return {}
    from hpsearch.study import schema
    from hpsearch.study.names import meant

    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--set {text}: write KEY=VALUE, such as training.epochs=20.")
        found[meant(key.strip(), schema.names())] = value.strip()
    return found
