"""What is installed where on a dask cluster that is joined: differences are told, or refused.

A worker of another release of dask ends without a word when it is handed work that it cannot read,
and the work then waits for ever. So it is asked first what there is.
"""

from __future__ import annotations

import asyncio
import pickle
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

SECONDS = 10
"""How long a scheduler may take to answer."""
WORKER_SECONDS = 20.0
"""How long workers may take, which import hpsearch for it: perhaps many at once, from one disk."""
_AGAIN = 0.2
"""Seconds until a worker that is there and gave no answer is asked again."""


async def _scheduler(address: str, security: Security) -> Any:
    from distributed.core import rpc

    how = security.get_connection_args("client")
    async with asyncio.timeout(SECONDS), rpc(address, connection_args=how) as scheduler:
        return await scheduler.versions(packages=[])


def hold_scheduler(address: str, security: Security) -> None:
    """Ask a scheduler what it is before a client speaks to it, which another release may break.

    Raises:
        RunError: it is of another release.
        OSError: nobody answers there in time, or what answers is no scheduler.
    """
    told = asyncio.run(_scheduler(address, security))
    found = {f"scheduler {address}": _packages(told)}
    _refuse(address, _other_releases(_ours(), found))


def compared(client: Client, where: str, patience: float = WORKER_SECONDS) -> tuple[str, ...]:
    """A sentence for each difference that can be lived with.

    Args:
        where: the scheduler's address, for sentences.
        patience: seconds that workers have, all at the same time.

    Raises:
        RunError: something there cannot work with what is here.
        OSError: the scheduler does not answer.
    """
    told: Any = client.sync(_asked, client, patience)
    scheduler, workers = told
    answered = {f"worker {name}": found for name, found in workers.items() if found}
    _refuse(where, _other_releases(_ours(), answered))
    _refuse(where, _unfit(answered))
    silent = [name for name, found in workers.items() if found is None]
    return (
        *_silence(silent, patience),
        *_differing(_ours(), {f"scheduler {where}": scheduler}, _DASK),
        *_differing(_ours(), answered, (*_DASK, "python", "numpy")),
    )


async def _asked(client: Client, patience: float) -> tuple[Versions, dict[str, Versions | None]]:
    """What the scheduler has, and each worker; None for one that does not answer."""
    asking: Any = client.scheduler
    async with asyncio.timeout(SECONDS):
        scheduler = _packages(await asking.versions(packages=[]))
        names = list(await asking.ncores())
    found = await asyncio.gather(*(_worker(client, name, patience) for name in names))
    return scheduler, dict(zip(names, found, strict=True))


async def _worker(client: Client, name: str, patience: float) -> Versions | None:
    """What a worker has: {} of one that has left, None of one that does not answer."""
    asking: Any = client.scheduler
    try:
        async with asyncio.timeout(patience):
            while not (found := await _told(client, name)):
                if name not in await asking.ncores():
                    return {}
                await asyncio.sleep(_AGAIN)  # it is there: its line broke, or was not open yet
            return found
    except TimeoutError:
        return None


async def _told(client: Client, name: str) -> Versions:
    """What a worker says that it has; {} where nothing comes back."""
    from distributed.comm.core import CommClosedError

    message = {"op": "versions", "packages": []}
    asking: Any = client
    try:
        told = await asking.scheduler.broadcast(msg=message, workers=[name], on_error="ignore")
        found = _packages(told[name])
        if _other_releases(_ours(), {name: found}):
            return found  # the next question it might not understand
        call, there = sealed(installed), [name]
        answer = (await asking.run(pickle.loads, call, workers=there, on_error="return"))[name]
    except (KeyError, OSError):
        return {}
    broken = isinstance(answer, CommClosedError) or type(answer) is OSError  # and no kind of it
    return {} if broken else {**found, **_answered(answer)}


def _ours() -> Versions:
    return {**{name: version(name) for name in _DASK}, **installed()}


def _packages(told: Mapping[str, Any]) -> dict[str, str]:
    found = {name: str(one or "") for name, one in told["packages"].items()}
    return {**found, "python": ".".join(found.get("python", "").split(".")[:3])}


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


def _silence(silent: Sequence[str], patience: float) -> Sequence[str]:
    if not silent:
        return ()
    one = f"{silent[0]} does not answer within {patience:.0f} s; whether it fits"
    more = f"{silent[0]} and {len(silent) - 1} more do not answer within {patience:.0f} s;"
    said = one if len(silent) == 1 else f"{more} whether they fit"
    return (f"WARNING: worker {said} is not known.",)


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
