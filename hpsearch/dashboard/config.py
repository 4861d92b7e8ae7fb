"""What a person keeps between two looks: `~/.config/hpsearch/tui.toml`.

theme = "hpsearch-light"
columns = ["val_accuracy", "curve", "training.learning_rate"]

[keys]                      # an action's id, and the key it shall have
freeze = "ctrl+f"

[views.wide]                # saved with `:view save wide`
filter = "acc>=97%"
sort = ["-val_accuracy"]
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST = 256 * 1024


@dataclass(frozen=True)
class Config:
    """What the file says, as far as it makes sense."""

    theme: str | None = None
    columns: tuple[str, ...] | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    views: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    trouble: str = ""
    """Why the file could not be read."""


def path(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the file is, or would be."""
    home = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(home) / "hpsearch" / "tui.toml"


def load(file: Path | None = None) -> Config:
    """What was kept; what makes no sense is passed over, a broken file is said."""
    file = file or path()
    try:
        text = file.read_bytes()[:LARGEST].decode("utf-8")
        said = tomllib.loads(text)
    except FileNotFoundError:
        return Config()
    except (OSError, ValueError, RecursionError) as error:
        return Config(trouble=f"{file} is passed over: {error}")
    theme, columns = said.get("theme"), said.get("columns")
    return Config(
        theme if isinstance(theme, str) else None,
        tuple(map(str, columns)) if isinstance(columns, list) else None,
        {k: v for k, v in _table(said.get("keys")).items() if isinstance(v, str)},
        {k: v for k, v in _table(said.get("views")).items() if isinstance(v, dict)},
    )


def keep(key: str, value: Any, file: Path | None = None) -> Path:
    """Write one value, and leave all others and comments as they are. Returns the file.

    Args:
        key: a name, or table.name.

    Raises:
        OSError: it cannot be written, or what is there is no TOML.
    """
    import tomlkit  # not needed to open

    file = file or path()
    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        document = tomlkit.document()
    except ValueError as error:
        raise OSError(f"{file}: {error}") from None
    *tables, last = key.split(".")
    place: Any = document
    for table in tables:
        place = place.setdefault(table, tomlkit.table())
    place[last] = value
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    aside.write_text(tomlkit.dumps(document), encoding="utf-8")
    aside.rename(file)
    return file


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
