"""What `run` asks of an engine, and what the engine answers before it goes to work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from hpsearch.engine.reach import Reach


@dataclass(frozen=True)
class Order:
    """One study to run. Reaches the engine as a line of JSON on its stdin."""

    study: Path
    """The study file, absolute."""
    runs: Path
    """Where run folders are, absolute."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Values from the command line, by full name; they win over the file."""
    fork: Path | None = None
    """The run whose trials a new study takes along, absolute."""
    owned: bool = False
    """The engine ends when its stdin does: the command is gone."""
    answer: int = -1
    """The file descriptor for the answer."""
    reach: Reach = field(default_factory=Reach)
    """Whose workers train, and where the engine listens."""

    def to_line(self) -> bytes:
        """As one line of JSON."""
        paths = {"study": str(self.study), "runs": str(self.runs)}
        fork = None if self.fork is None else str(self.fork)
        fields = {**asdict(self), **paths, "fork": fork}
        return json.dumps(fields).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """What `to_line` gave."""
        fields = json.loads(line)
        paths = {name: Path(fields[name]) for name in ("study", "runs", "fork") if fields[name]}
        return cls(**{**fields, **paths, "reach": Reach.from_json(fields["reach"])})


class Held(Exception):
    """Another engine runs this study already, in `folder`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder


@dataclass(frozen=True)
class Answer:
    """One line from the engine: words while it prepares, then its last."""

    kind: Literal["say", "ready", "held", "error"]
    """A word; or it is at work; or another engine has the folder; or what is wrong."""
    text: str = ""
    """Of a word and an error."""
    code: int = 0
    """Of an error: the exit code."""
    folder: str = ""
    """The run folder, where it is ready or held."""

    def to_line(self) -> bytes:
        """As one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """What `to_line` gave."""
        return cls(**json.loads(line))
