"""Every study that ships is run, shortened, as a person would: copied first, then searched."""

from __future__ import annotations

import gzip
import struct
from itertools import chain
from pathlib import Path

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app
from hpsearch.cli.examples import bundled, data_of
from hpsearch.data import load
from hpsearch.errors import DataError, UsageError
from hpsearch.models.retraining import FIGURES
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.study import studyfile
from tests.benchmarks.studies import KNOWN

STUDIES = tuple(bundled())


def mnist(folder: Path) -> None:
    """The four files of MNIST, of a few made-up images."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for part, rows in (("train", 150), ("t10k", 20)):
        images, labels = rng.integers(0, 256, (rows, 28, 28), np.uint8), np.arange(rows) % 10
        for kind, array in (("images-idx3", images), ("labels-idx1", labels.astype(np.uint8))):
            head = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
            file = folder / f"{part}-{kind}-ubyte.gz"
            file.write_bytes(gzip.compress(head + array.tobytes(), 1))


def catnoncat(folder: Path) -> None:
    """The two files of cat / non-cat, of a few made-up images."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for part, rows in (("train", 40), ("test", 10)):
        with h5py.File(folder / f"{part}_catvnoncat.h5", "w") as file:
            file[f"{part}_set_x"] = rng.integers(0, 256, (rows, 64, 64, 3), np.uint8)
            file[f"{part}_set_y"] = np.arange(rows) % 2
            file["list_classes"] = np.array([b"non-cat", b"cat"])


GIVEN = {"mnist": mnist, "catnoncat": catnoncat}
"""What a person must bring."""


def test_the_studies_promised_are_there() -> None:
    assert set(STUDIES) == {
        *("digits", "function", "five-features", "spiral", "breast-cancer", "wine", "diabetes"),
        *("digits-folds", "houses", "mnist", "catnoncat"),
    }


@pytest.fixture
def here(place, monkeypatch: pytest.MonkeyPatch):
    """Commands that need no process of their own, typed where the studies are run."""
    monkeypatch.chdir(place.path)
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_is_copied_and_run(place, here, name: str) -> None:
    assert here("init", "--example", name).exit_code == 0
    if name in GIVEN:
        with pytest.raises(DataError, match=name):
            load(studyfile.read(place.path / f"{name}.toml").data)
        GIVEN[name](place.path / name)
    short = ("--trials", 2, "--workers", 1, "--set", "training.epochs=3")
    run = place.command("run", f"{name}.toml", *short)
    assert run.returncode == 0, run.stderr + run.stdout
    with Reader(RunFolder(place.path / "runs" / name)) as reader:
        trials = reader.leaderboard("minimize", None)
    assert [trial.state for trial in trials] == ["complete"] * 2
    assert all(trial.value is not None and abs(trial.value) < 1e9 for trial in trials)


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_says_what_it_is_and_how_to_run_it(name: str) -> None:
    path = bundled()[name]
    text = path.read_text(encoding="utf-8")
    assert f"hpsearch run studies/{name}.toml" in text
    assert max(map(len, text.splitlines())) <= 100
    study = studyfile.read(path)
    assert study.study.name == name
    assert study.study.workers is None
    assert len(study.space) >= 3


def test_a_copy_brings_its_table_along_and_replaces_nothing(place, here) -> None:
    table = data_of(bundled()["houses"])
    assert table is not None
    assert here("init", "--example", "houses", "-o", "mine/h.toml").exit_code == 0
    mine = place.path / "mine"
    assert (mine / "houses.csv").read_bytes() == table.read_bytes()
    assert "hpsearch run mine/h.toml" in (mine / "h.toml").read_text("utf-8")
    (mine / "h.toml").unlink()
    (mine / "houses.csv").write_text("mine")
    refused = here("init", "--example", "houses", "-o", "mine/h.toml")
    assert isinstance(refused.exception, UsageError)
    assert "houses.csv is there already" in str(refused.exception)
    assert (mine / "houses.csv").read_text() == "mine"


def test_every_study_has_a_known_result_to_be_measured_by() -> None:
    assert set(KNOWN) == set(STUDIES)
    assert all(known.figure in {*chain(*FIGURES.values())} for known in KNOWN.values())
