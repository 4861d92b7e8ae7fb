"""A column that says the target in other words is told of; an honest one never is."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from hpsearch.data import load
from hpsearch.study.options import DataOptions

ROWS = 200


def table(path: Path, **columns: object) -> Path:
    rng = np.random.default_rng(0)
    pl.DataFrame({"honest": rng.normal(size=ROWS), **columns}).write_parquet(path / "t.parquet")
    return path / "t.parquet"


def warned(path: Path, *targets: str) -> list[str]:
    notes = load(DataOptions(path=path, target=targets)).notes
    return [note.split("'")[1] for note in notes if note.startswith("WARNING: column")]


CLASS = np.random.default_rng(1).integers(0, 3, ROWS)
AMOUNT = np.random.default_rng(2).normal(100, 20, ROWS).round(2)


@pytest.mark.parametrize(
    "twin",
    [CLASS * 10, [f"code {c}" for c in CLASS], [None if i < 9 else c for i, c in enumerate(CLASS)]],
    ids=["numbers", "words", "with gaps"],
)
def test_a_cell_of_its_own_for_each_class_is_told(tmp_path: Path, twin: object) -> None:
    path = table(tmp_path, ill=[f"class {c}" for c in CLASS], twin=twin, rows=np.arange(ROWS) / 7)
    assert warned(path, "ill") == ["twin"]


@pytest.mark.parametrize("twin", [AMOUNT, 32 - 1.8 * AMOUNT, (AMOUNT * 0.453).round(2)])
def test_a_number_in_other_units_is_told(tmp_path: Path, twin: np.ndarray) -> None:
    path = table(tmp_path, amount=AMOUNT, twin=twin, word=["a", "b"] * (ROWS // 2))
    assert warned(path, "amount") == ["twin"]


def test_rows_that_begin_with_one_number_only_are_looked_at_to_their_end(tmp_path: Path) -> None:
    amount = np.sort(np.maximum(0, np.random.default_rng(4).normal(-3, 2, 5000))).round(3)
    pl.DataFrame({"amount": amount, "twin": amount * 2, "free": amount[::-1]}).write_parquet(
        tmp_path / "t.parquet"
    )
    assert warned(tmp_path / "t.parquet", "amount") == ["twin"]


def test_what_nearly_says_it_and_what_is_mostly_empty_is_not_told(tmp_path: Path) -> None:
    near = np.where(np.arange(ROWS) % 20 == 3, 1 - CLASS % 2, CLASS % 2)
    rare = [c if i % 3 == 0 else None for i, c in enumerate(CLASS)]
    noisy = AMOUNT + np.random.default_rng(3).normal(size=ROWS)
    answers = [f"is {c % 2}" for c in CLASS]
    path = table(tmp_path, ill=answers, amount=AMOUNT, near=near, rare=rare, noisy=noisy)
    assert warned(path, "ill") == []
    assert warned(path, "amount") == []


def test_of_several_labels_each_is_looked_at(tmp_path: Path) -> None:
    path = table(tmp_path, a=CLASS > 0, b=CLASS > 1, twin=np.where(CLASS > 1, "x", "y"))
    assert warned(path, "a", "b") == ["twin"]
