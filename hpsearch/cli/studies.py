"""Which study file a person means who runs or checks one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from hpsearch.cli.examples import hint
from hpsearch.errors import UsageError

DATA = (
    *(".csv", ".tsv", ".npz", ".npy", ".parquet", ".jsonl", ".h5", ".hdf5"),
    *(".csv.gz", ".tsv.gz", ".jsonl.gz"),
)
_LISTED = 8


def study_file(path: Path, listed: bool = True) -> Path:
    """The study file at `path`, or of that name: `digits` means digits.toml.

    Args:
        listed: where no name is near, those that are there are offered, or how to write one.

    Raises:
        UsageError: it is data; or there is none, and the message offers what is near.
    """
    named = path.with_name(f"{path.name}.toml") if path.name else path
    if path.suffix != ".toml" and not path.is_file() and named.is_file():
        return named
    if path.name.lower().endswith(DATA):
        raise UsageError(
            f"{path} is data, not a study file. Write one for it first:\n"
            f"  hpsearch init {shlex.quote(str(path))} --target COLUMN"
        )
    if path.exists():
        return path
    wanted = path if path.suffix == ".toml" else named
    beside = sorted(one.stem for one in wanted.parent.glob("*.toml")) if wanted.name else []
    near = get_close_matches(wanted.stem, beside, n=1)  # that both end alike says nothing
    offer = f" Did you mean {wanted.with_name(f'{near[0]}.toml')}?" if near else hint(wanted)
    if listed and not offer:
        offer = _others(wanted.parent, beside)
    raise UsageError(f"There is no study file {path}.{offer}")


def _others(folder: Path, there: Sequence[str]) -> str:
    """The study files of a folder; or, where there are none or many, how to write one."""
    if there and len(there) <= _LISTED:
        return f" There are: {', '.join(str(folder / f'{name}.toml') for name in there)}."
    return " `hpsearch init data.csv --target COLUMN` writes one."
