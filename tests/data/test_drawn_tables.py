"""Tables as people send them: read to the cell, refused with the place, seen alike by a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpsearch.data.table import Dialect
from tests.data import drawn, promises

FOUND = sorted((Path(__file__).parent / "found").glob("*.csv"))
steady = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
"""`python -m tests.chaos.fuzz` draws thousands."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drawn") / "drawn.csv"


@steady
@given(drawn.tables())
def test_a_sound_table_is_read_to_the_cell_however_it_is_written(
    path: Path, made: drawn.Drawn
) -> None:
    path.write_bytes(made.raw)
    promises.found(path, made)
    promises.guessed(path)


@steady
@given(drawn.broken())
def test_a_table_broken_in_one_place_is_refused_with_row_and_column(
    path: Path, made: drawn.Broken
) -> None:
    path.write_bytes(made.raw)
    promises.refused(path, made)


@settings(steady, max_examples=15)
@given(drawn.lessons(), st.booleans())
def test_a_model_sees_the_rows_it_learnt_from_as_they_were(
    path: Path, made: tuple[drawn.Drawn, str], told: bool
) -> None:
    table, target = made
    path.write_bytes(table.raw)
    promises.learnt(path, target, table.dialect if told else Dialect(), path.parent / "model")


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_what_once_went_wrong_is_learnt_from_and_predicted(file: Path, tmp_path: Path) -> None:
    target = file.read_text("utf-8").splitlines()[0].rpartition(",")[2]
    assert promises.learnt(file, target, Dialect(), tmp_path / "model")
