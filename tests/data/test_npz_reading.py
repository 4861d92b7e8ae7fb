"""NumPy archives and bundled sets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpsearch.data import bundled_names, load
from hpsearch.data.readers import read
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions
from nncore.generated import generators


def saved(folder: Path, **arrays: Any) -> Path:
    path = folder / "t.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize(
    "pair", [("x", "y"), ("X", "y"), ("data", "target"), ("x_train", "y_train")]
)
def test_features_and_targets_are_found_by_their_usual_names(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    x = np.arange(24.0).reshape(6, 2, 2)
    table = read(saved(tmp_path, **{pair[0]: x, pair[1]: np.arange(6) % 2}))
    assert table.frame.columns == ["x0", "x1", "x2", "x3", "target"]
    assert table.targets == ("target",)


@pytest.mark.parametrize("learnt", ["x_train y_train", "x y"])
def test_a_file_with_its_own_test_rows_keeps_them(tmp_path: Path, learnt: str) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)), np.arange(40) % 2
    first = dict(zip(learnt.split(), (x[:30], y[:30]), strict=True))
    path = saved(tmp_path, **first, x_test=x[30:], y_test=y[30:])
    data = load(DataOptions(path=path))
    assert data.rows == {"train": 24, "validation": 6, "test": 10}
    assert (data.split.test == np.arange(30, 40)).all()
    assert any("file's own" in note for note in data.notes)


@pytest.mark.parametrize("dtype", ["u1", "f2", "f4", ">f8", "?", "i8"])
def test_numbers_of_any_type_are_read(tmp_path: Path, dtype: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (30, 2)).astype(dtype)
    data = load(DataOptions(path=saved(tmp_path, x=x, y=np.arange(30) % 3)))
    assert data.prepare("none").dataset.x.dtype == np.float32
    assert (data.prepare("none").dataset.x == x[data.split.train]).all()


@pytest.mark.parametrize(
    ("y", "task", "classes"),
    [
        (np.array(["no", "yes"] * 15), "binary", ("no", "yes")),
        (np.array([b"a", b"b", b"c"] * 10), "multiclass", ("a", "b", "c")),
        (np.array([True, False] * 15), "binary", ("false", "true")),
        (np.arange(30).reshape(30, 1) % 3, "multiclass", ("0", "1", "2")),
        (np.eye(3)[np.arange(30) % 3], "multiclass", ("0", "1", "2")),
        (np.arange(60).reshape(30, 2) // 7 % 2, "multilabel", ("target0", "target1")),
        (np.linspace(0, 1, 30), "regression", ()),
    ],
)
def test_the_task_follows_from_the_targets(
    tmp_path: Path, y: np.ndarray, task: str, classes: tuple[str, ...]
) -> None:
    data = load(
        DataOptions(path=saved(tmp_path, x=np.random.default_rng(0).normal(size=(30, 2)), y=y))
    )
    assert (data.task, data.classes) == (task, classes)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"foo": np.eye(3)}, "must be called"),
        ({"x": np.array([{}, 1]), "y": np.arange(2)}, "Python objects"),
        ({"x": np.eye(3), "y": np.arange(4)}, "3 rows, but targets have 4"),
        ({"x": np.array(["a", "b"]), "y": np.arange(2)}, "words"),
        ({"x": np.array(3.0), "y": np.array(1)}, "no rows"),
        ({"x": np.zeros((4, 0)), "y": np.arange(4)}, "no features"),
        ({"x": np.eye(3), "y": np.arange(3) * 1j}, "complex"),
        ({"x": np.array([[1.0, np.inf]] * 9), "y": np.arange(9) % 2}, "row 0, column 'x1'"),
    ],
)
def test_an_archive_that_does_not_serve_is_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        load(DataOptions(path=saved(tmp_path, **arrays), target=()))


def test_an_archive_that_declares_more_than_it_may_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w") as f,
    ):
        np.lib.format.write_array_header_1_0(
            f, {"descr": "<f8", "fortran_order": False, "shape": (10_000_000,)}
        )
        for _ in range(80):
            f.write(bytes(1_000_000))
    assert path.stat().st_size < 200_000
    with pytest.raises(DataError, match="declares 76 MiB"):
        read(path)


def test_a_header_that_promises_more_than_there_is_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.npz"
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", head.getvalue() + bytes(80))
    with pytest.raises(DataError, match="cut short"):
        read(path)


def test_two_hundred_damaged_archives_are_read_or_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path, x=np.arange(40.0).reshape(20, 2), y=np.arange(20) % 2).read_bytes()
    rng = np.random.default_rng(0)
    path = tmp_path / "damaged.npz"
    for _ in range(200):
        raw = bytearray(whole[: rng.integers(1, len(whole) + 1)] if rng.random() < 0.3 else whole)
        for at in rng.integers(0, len(raw), rng.integers(1, 6)):
            raw[at] = rng.integers(0, 256)
        path.write_bytes(bytes(raw))
        said = ""
        try:
            load(DataOptions(path=path))
        except DataError as error:
            said = str(error)
        assert not said or "damaged.npz" in said


@pytest.mark.parametrize("name", bundled_names())
def test_every_bundled_set_loads(name: str) -> None:
    data = load(DataOptions(source=name))
    assert data.prepare("standard").dataset.x.shape == (data.rows["train"], data.features)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sklearn:digit", "Did you mean 'digits'"),
        ("sklern:digits", "Did you mean 'sklearn'"),
        ("digits", "kind:name"),
        ("sklearn:california-housing", "from the network"),
        ("openml:iris", "not built yet"),
        ("generated:spirale", "Did you mean 'spiral'"),
        ("generated:spiral:many", "generated:NAME:ROWS:SEED"),
        ("generated:spiral:300:0:1", "generated:NAME:ROWS:SEED"),
        ("generated:spiral:9", "from 10 to"),
    ],
)
def test_an_unknown_set_offers_the_nearest(name: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        load(DataOptions(source=name))


def test_a_generated_set_has_fresh_rows_for_testing() -> None:
    spiral = load(DataOptions(source="generated:spiral"))
    assert (spiral.task, spiral.rows["test"], spiral.outputs) == ("multiclass", 300, 3)
    function = load(DataOptions(source="generated:function", validation=0.2))
    assert function.rows == {"train": 1600, "validation": 400, "test": 5000}
    five = load(DataOptions(source="generated:five-features"))
    assert (five.task, sum(five.rows.values())) == ("multilabel", 3000)


def test_rows_and_seed_of_a_generated_set_stand_behind_its_name() -> None:
    few = load(DataOptions(source="generated:spiral:60:7"))
    x, _ = generators["spiral"](7, 60)
    assert np.array_equal(np.stack([few.clean["x0"], few.clean["x1"]], axis=1)[:60], x)
    assert sum(few.rows.values()) == 120


def test_targets_that_have_names_keep_them() -> None:
    data = load(DataOptions(source="sklearn:linnerud"))
    assert data.target.names == ("Weight", "Waist", "Pulse")


def test_digits_is_split_as_the_study_file_page_says() -> None:
    data = load(DataOptions(source="sklearn:digits", test=0.2, validation=0.2))
    assert data.rows == {"train": 1078, "validation": 359, "test": 360}
    assert (data.features, data.outputs, data.task) == (64, 10, "multiclass")
