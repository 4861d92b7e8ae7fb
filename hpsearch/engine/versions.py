"""What is installed where on a dask cluster that is joined: differences are told, or refused.

A worker of another release of dask ends without a word when it is handed work that it cannot read,
and the work then waits for ever. So it is asked first what there is.
"""

from __future__ import annotations

import asyncio
import pickle
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import hpsearch
from hpsearch.engine.placed import installed, sealed
from hpsearch.errors import RunError

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

Versions = Mapping[str, str]
"""By package; "" where it is not installed."""

_DASK = ("dask", "distributed")


def hold_scheduler(address: str, security: Security, seconds: float) -> None:
    """Ask a scheduler what it is before a client speaks to it, which another release may break.

    Raises:
        RunError: it is of another release.
        OSError: nobody answers there within so many seconds.
    """
    from distributed.core import rpc

    async def ask() -> Any:
        how = security.get_connection_args("client")
        async with asyncio.timeout(seconds), rpc(address, connection_args=how) as scheduler:
            return await scheduler.versions(packages=[])

    found = {f"scheduler {address}": _packages(asyncio.run(ask()))}
    _refuse(address, _other_releases({name: version(name) for name in _DASK}, found))


def compared(client: Client, where: str) -> tuple[str, ...]:
    """A sentence for each difference that can be lived with.

    Args:
        where: the scheduler's address, for sentences.

    Raises:
        RunError: something there cannot work with what is here.
    """
    told: Any = client.get_versions()
    ours = {**_packages(told["client"]), **installed(), "python": platform.python_version()}
    scheduler = _packages(told["scheduler"])
    workers = {name: _packages(one) for name, one in told["workers"].items()}
    _refuse(where, _other_releases(ours, _named(workers)))
    answers: Any = client.run(pickle.loads, sealed(installed), on_error="return")
    found = {name: {**workers.get(name, {}), **_answered(one)} for name, one in answers.items()}
    _refuse(where, _unfit(_named(found)))
    return tuple(_differing(ours, {f"scheduler {where}": scheduler}, _DASK)) + tuple(
        _differing(ours, _named(found), (*_DASK, "python", "numpy"))
    )


def _packages(told: Mapping[str, Any]) -> dict[str, str]:
    found = {name: str(one or "") for name, one in told["packages"].items()}
    return {**found, "python": ".".join(found.get("python", "").split(".")[:3])}


def _named(workers: Mapping[str, Versions]) -> dict[str, Versions]:
    return {f"worker {name}": found for name, found in workers.items()}


def _answered(answer: object) -> dict[str, str]:
    """What a worker says of itself; what it raised means that hpsearch does not run there."""
    return dict(answer) if isinstance(answer, Mapping) else {"hpsearch": "", "why": str(answer)}


def _other_releases(ours: Versions, there: Mapping[str, Versions]) -> list[str]:
    """Dask of another month, which speaks another language."""
    return [
        f"{package} is {found.get(package)} on {who} and {ours[package]} here"
        for who, found in there.items()
        for package in _DASK
        if _release(found.get(package, "")) != _release(ours[package])
    ]


def _release(found: str) -> Sequence[str]:
    return found.split(".")[:2]


def _unfit(workers: Mapping[str, Versions]) -> list[str]:
    here = hpsearch.__version__
    wrong = []
    for who, found in workers.items():
        if not found["hpsearch"]:
            wrong.append(f"hpsearch cannot be used on {who} ({found.get('why', 'it is missing')})")
        elif found["hpsearch"] != here:
            wrong.append(f"hpsearch is {found['hpsearch']} on {who} and {here} here")
    return wrong


def _refuse(where: str, wrong: Sequence[str]) -> None:
    if not wrong:
        return
    more = f"; and {len(wrong) - 3} more such" if len(wrong) > 3 else ""
    raise RunError(
        f"The dask cluster at {where} does not fit: {'; '.join(wrong[:3])}{more}. Install the same"
        f" there as here: pip install 'hpsearch[dask]=={hpsearch.__version__}'"
        f" 'distributed=={version('distributed')}'."
    )


def _differing(
    ours: Versions, there: Mapping[str, Versions], packages: Sequence[str]
) -> Sequence[str]:
    """A sentence for each package that is of another version somewhere."""
    said = []
    for package in packages:
        others = {who: one[package] for who, one in there.items() if one.get(package)}
        others = {who: found for who, found in others.items() if found != ours[package]}
        if not others:
            continue
        who, found = next(iter(others.items()))
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        effect = " Values may differ in their last digits." if package == "numpy" else ""
        said.append(
            f"WARNING: {package} is {found} on {who}{more}, and {ours[package]} here.{effect}"
        )
    return said
