"""Options that let a run reach beyond this machine; a study file cannot say any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hpsearch.engine.reach import Reach

Backend = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Where joblib places workers: loky, or dask.",
        show_default=False,
    ),
]
Scheduler = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Join this dask scheduler, tcp://HOST:PORT or tls://HOST:PORT.",
        show_default=False,
    ),
]
Listen = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Let trainers on other hosts call this address of this one, perhaps with :PORT.",
        show_default="loopback alone",
    ),
]
TlsCa = Annotated[
    str,
    typer.Option(
        metavar="FILE",
        help="The scheduler's TLS: who is believed.",
        show_default=False,
    ),
]
TlsCert = Annotated[
    str,
    typer.Option(metavar="FILE", help="Our certificate.", show_default=False),
]
TlsKey = Annotated[
    str,
    typer.Option(metavar="FILE", help="Its key.", show_default=False),
]


def reach(scheduler: str, listen: str, ca: str, cert: str, key: str) -> Reach:
    """How far a run reaches.

    Raises:
        UsageError: it does not fit together.
    """
    from hpsearch.engine.reach import Reach

    return Reach.given(scheduler, listen, ca, cert, key)
