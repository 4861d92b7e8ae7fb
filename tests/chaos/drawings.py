"""Files that are drawn rather than damaged: what each must come to lies beside it.

A drawn file is known to be sound, or to be broken in one known place, so that a wrong answer is
found as well as a traceback.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from hpsearch.data.table import Dialect
from hpsearch.errors import DataError, HpsearchError
from hpsearch.study import studyfile
from hpsearch.study.mistakes import Places
from tests.data import drawn as tables
from tests.data import promises as of_tables
from tests.study import broken as broken_studies
from tests.study import drawn as studies
from tests.study import promises as of_studies
from tests.study import written


@dataclass(frozen=True)
class Drawing:
    """Files of one sort, and what holds of them."""

    every: st.SearchStrategy[Any]
    raw: Callable[[Any], bytes]
    hold: Callable[[Path, Any], object]
    """Raises an HpsearchError only where that is what the file deserves."""

    def draw(self, count: int, number: int) -> list[Any]:
        """So many of them, by a seed."""
        found: list[Any] = []

        @seed(number)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck.__members__.values()],
        )
        @given(self.every)
        def collect(one: Any) -> None:
            found.append(one)

        collect()
        return found[:count]

    def write(self, path: Path, one: Any) -> None:
        """The file, and beside it what is known of it."""
        path.write_bytes(self.raw(one))
        beside(path).write_bytes(pickle.dumps(one))

    def read(self, path: Path) -> None:
        """Hold what was written beside it."""
        self.hold(path, pickle.loads(beside(path).read_bytes()))  # noqa: S301  # ours


def beside(path: Path) -> Path:
    """Where it lies what a drawn file is."""
    return path.with_name(f"{path.name}.known")


def _sound_study(path: Path, one: written.Written) -> None:
    try:
        study = studyfile.read(path)
    except HpsearchError as error:
        raise AssertionError(f"a sound study was refused: {error}") from None
    of_studies.hold(study)


def _broken_study(path: Path, one: broken_studies.Broken) -> None:
    try:
        studyfile.read(path)
    except HpsearchError as error:
        if one.answered(str(error), Places(path).file):
            raise
        raise AssertionError(f"{one.key} in line {one.line} is not named: {error}") from None
    raise AssertionError(f"it was read, {one.key} and all")


def _sound_table(path: Path, one: tables.Drawn) -> None:
    try:
        of_tables.found(path, one)
    except HpsearchError as error:
        raise AssertionError(f"a sound table was refused: {error}") from None
    of_tables.guessed(path)


def _lesson(path: Path, one: tuple[tables.Drawn, str]) -> None:
    table, target = one
    for dialect in (table.dialect, Dialect()):
        of_tables.learnt(path, target, dialect, path.with_suffix(".model"))


def _broken_table(path: Path, one: tables.Broken) -> None:
    raise DataError(of_tables.refused(path, one))


DRAWINGS = {
    "drawn study": Drawing(
        written.files(studies.documents()), lambda one: one.text.encode(), _sound_study
    ),
    "study, one mistake": Drawing(
        broken_studies.files() | broken_studies.texts(),
        lambda one: one.text.encode(errors="replace"),
        _broken_study,
    ),
    "drawn table": Drawing(tables.tables(), lambda one: one.raw, _sound_table),
    "table, one mistake": Drawing(tables.broken(), lambda one: one.raw, _broken_table),
    "table to learn from": Drawing(tables.lessons(), lambda one: one[0].raw, _lesson),
}
"""By what it is called in the table."""
