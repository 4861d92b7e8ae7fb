"""Where runs live, and which one a person means."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from hpsearch.errors import UsageError
from hpsearch.study import places
from hpsearch.study.options import NAME
from hpsearch.system import holder

_OF_A_TRIAL = re.compile(r"trial-(\d+)\.safetensors")


@dataclass(frozen=True)
class RunFolder:
    """The folder of one study, `runs/NAME/`, and what lies in it."""

    path: Path

    @property
    def name(self) -> str:
        """The study's name."""
        return self.path.resolve().name

    @property
    def toml(self) -> Path:
        """The study file as it was when the run started."""
        return self.path / "study.toml"

    @property
    def db(self) -> Path:
        """The store."""
        return self.path / "study.db"

    @property
    def lock(self) -> Path:
        """Held with flock by the engine, as long as it lives."""
        return self.path / "lock"

    @property
    def inbox(self) -> Path:
        """Where views drop commands, a JSON file each."""
        return self.path / "inbox"

    @property
    def data(self) -> Path:
        """Prepared arrays, by fingerprint."""
        return self.path / "data"

    @property
    def checkpoints(self) -> Path:
        """From where interrupted trials go on."""
        return self.path / "checkpoints"

    @property
    def models(self) -> Path:
        """Best-epoch weights."""
        return self.path / "models"

    @property
    def logs(self) -> Path:
        """engine.log, and one a trial."""
        return self.path / "logs"

    @property
    def exists(self) -> bool:
        """Whether this is, or is about to be, a run."""
        return self.db.exists() or (self.lock.exists() and self.toml.exists())

    @property
    def alive(self) -> bool:
        """Whether an engine holds it."""
        return holder(self.lock) is not None

    @property
    def touched(self) -> float:
        """When something was last written, in Unix seconds."""
        written = (self.db, self.db.with_name("study.db-wal"))
        return max((file.stat().st_mtime for file in written if file.exists()), default=0.0)


def weights_file(models: Path, number: int) -> Path:
    """Where a trial's weights are, if they are kept."""
    return models / file_of_trial(number)


def file_of_trial(number: int) -> str:
    """What a trial's arrays are called: its weights in `models`, from where it goes on in
    `checkpoints`."""
    return f"trial-{number:05d}.safetensors"


def trial_of_file(path: Path) -> int | None:
    """Whose arrays a file has, by its name; None where that is another's."""
    named = _OF_A_TRIAL.fullmatch(path.name)
    return int(named[1]) if named else None


def runs_folder(runs: Path | str | None = None) -> Path:
    """Where runs live: what was asked for, else HPSEARCH_RUNS, else runs/ in the current folder."""
    return Path(runs or os.environ.get("HPSEARCH_RUNS") or "runs")


def all_runs(runs: Path | str | None = None) -> list[RunFolder]:
    """Every run, the one last written to first."""
    place = runs_folder(runs)
    if not place.is_dir():
        return []
    found = [RunFolder(path) for path in place.iterdir() if RunFolder(path).exists]
    return sorted(found, key=lambda run: (-run.touched, run.path.name))


def find(name: str | Path | None = None, runs: Path | str | None = None) -> Path:
    """The run folder that `name` means.

    `name` is a study's name, a run folder, or a study file; None means the run that is running, or
    else the one last written to.

    Raises:
        UsageError: there is no such run; the message offers the nearest.
    """
    place = runs_folder(runs)
    known = all_runs(place)
    if name is None or not str(name):
        if not known:
            raise UsageError(
                f"There are no runs in {place} yet: `hpsearch run STUDY.toml` starts one, "
                "--runs DIR looks elsewhere."
            )
        return next((run for run in known if run.alive), known[0]).path
    asked = str(name)
    if NAME.fullmatch(asked) and RunFolder(place / asked).exists:
        return place / asked
    path = Path(asked)
    if path.is_dir() and RunFolder(path).exists:
        return path
    if path.suffix == ".toml" and path.is_file():
        return _of_study_file(path, place)
    if path.suffix == ".toml":
        raise UsageError(f"There is no file {asked}, and no run of that name in {place}.")
    raise UsageError(_unknown(asked, [run.path.name for run in known], place))


def name_of_study_file(text: str, path: Path) -> str:
    """The name a study file gives its study: [study].name, else the file's own.

    Reads no more than that: whether the file is sound is not asked here.
    """
    try:
        name = places.load(text).get("study", {}).get("name")
    except (places.Unreadable, AttributeError):
        name = None
    return name if isinstance(name, str) and NAME.fullmatch(name) else path.stem


def _of_study_file(path: Path, place: Path) -> Path:
    if path.stat().st_size > 256 * 1024:  # as much as a study file may hold
        raise UsageError(f"{path}: larger than 256 KiB; that is not a study file.")
    name = name_of_study_file(path.read_text(encoding="utf-8", errors="replace"), path)
    if not RunFolder(place / name).exists:
        raise UsageError(
            f"{path}: its study {name!r} has no run in {place} yet; "
            f"`hpsearch run {path}` starts one."
        )
    return place / name


def _unknown(asked: str, names: list[str], place: Path) -> str:
    near = get_close_matches(asked, names, n=1, cutoff=0.5)
    if near:
        hint = f"Did you mean {near[0]!r}?"
    elif names:
        hint = f"Known: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}."
    else:
        hint = "`hpsearch run STUDY.toml` starts one, --runs DIR looks elsewhere."
    return f"There is no run called {asked!r} in {place}. {hint}"
