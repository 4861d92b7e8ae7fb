"""Studies that come with hpsearch, ready to run."""

from __future__ import annotations

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


def hint(path: Path) -> str:
    """For a study file that is not there: how to get the bundled one of that name, if any."""
    if path.suffix != ".toml" or path.stem not in bundled():
        return ""
    return f" `hpsearch init --example {path.stem}` copies the bundled one."
