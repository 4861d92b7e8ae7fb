"""A study file's text with other values in it; comments and order stay."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpsearch.study.space import Params


@dataclass(frozen=True)
class Rewrite:
    """What a text lacks of the study that was made of it."""

    added: str = ""
    """Tables to put at its end."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values by full name."""
    dropped: tuple[str, ...] = ()
    """Keys that these values leave without effect."""
    entries: tuple[Params, ...] | None = None
    """What is left of [[enqueue]] beside these values; None: all of it."""

    def __call__(self, text: str, folder: Path) -> str:
        """The text with all of it; paths become relative to `folder` where that is shorter."""
        if self.added:
            text = f"{text.rstrip()}\n\n{self.added}"
        if not self.values and not self.dropped:
            return text
        import tomlkit  # a tenth of a second, and only here

        document = tomlkit.parse(text)
        for name in self.dropped:
            table, _, key = name.partition(".")
            document.get(table, {}).pop(key, None)
        for name, value in self.values.items():
            *tables, key = name.split(".", 2)
            at: Any = document
            for table in tables:
                at = at.setdefault(table, tomlkit.table())
            at[key] = _near(value, folder) if name == "data.path" else _inline(value)
        if self.entries is not None:
            document.pop("enqueue")
            document.append("enqueue", tomlkit.aot())
            for entry in self.entries:
                table = tomlkit.table()
                table.update(entry)
                document["enqueue"].append(table)  # type: ignore[union-attr]  # the array above
        return tomlkit.dumps(document)


def _inline(value: Any) -> Any:
    """The value as it stands behind a key: ranges on one line."""
    if not isinstance(value, Mapping):
        return value
    import tomlkit

    table = tomlkit.inline_table()
    table.update(value)
    return table


def _near(path: str, folder: Path) -> str:
    return min(path, Path(os.path.relpath(path, folder.absolute())).as_posix(), key=len)
