"""Studies that come with hpsearch, ready to run."""

from __future__ import annotations

import tomllib
from pathlib import Path

_INSTALLED = Path("examples")
_CHECKOUT = Path("..", "studies")


def bundled() -> dict[str, Path]:
    """Every bundled study file by its name: from the wheel, or from a checkout."""
    package = Path(__file__).parent.parent
    for place in (_INSTALLED, _CHECKOUT):
        folder = package / place
        if found := {path.stem: path.resolve() for path in sorted(folder.glob("*.toml"))}:
            return found
    return {}


def data_of(study: Path) -> Path | None:
    """The table that a bundled study reads and that comes with it; None: none does, or need be."""
    named = tomllib.loads(study.read_text(encoding="utf-8"))["data"].get("path")
    return study.with_name(named) if named and study.with_name(named).is_file() else None


def hint(path: Path) -> str:
    """For a study file that is not there: how to get the bundled one of that name, if any."""
    if path.suffix != ".toml" or path.stem not in bundled():
        return ""
    return f" `hpsearch init --example {path.stem}` copies the bundled one."
