"""MNIST's own files, npy and HDF5: arrays with and without targets."""

from __future__ import annotations

import gzip
from pathlib import Path

import h5py
import numpy as np
import pytest

from hpsearch.data import load
from hpsearch.data.matching import encode, read_like
from hpsearch.data.readers import read
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions
from tests.data import samples


def mnist(folder: Path, *, rows: int = 40, packed: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    x, y = samples.images()
    for part, some in (("train", slice(0, rows)), ("t10k", slice(rows, None))):
        for kind, array in (("images-idx3", x[some]), ("labels-idx1", y[some].astype(np.uint8))):
            raw = samples.packed(array)
            path = folder / f"{part}-{kind}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(raw) if packed else raw)
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_of_mnist_s_files_holds_the_t10k_rows_for_testing(
    tmp_path: Path, packed: bool
) -> None:
    table = read(mnist(tmp_path / "MNIST", packed=packed))
    assert (table.frame.height, table.held, table.targets) == (60, 20, ("target",))
    assert "20 test rows from t10k-images-idx3-ubyte" in table.notes[0]
    assert table.frame["target"].to_list() == (np.arange(60) % 2).tolist()


def test_a_file_of_images_finds_its_labels_and_only_those(tmp_path: Path) -> None:
    folder = mnist(tmp_path)
    assert read(folder / "t10k-images-idx3-ubyte").frame.height == 20
    (folder / "t10k-labels-idx1-ubyte").unlink()
    assert read(folder / "t10k-images-idx3-ubyte").targets == ()
    with pytest.raises(DataError, match="no labels for t10k-images"):
        read(folder)
    with pytest.raises(DataError, match="name the file of the images"):
        read(folder / "train-labels-idx1-ubyte")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "begins with nothing"),
        (b"\0\0\x07\x01", "begins with 00 00 07 01"),
        (b"\0\0\x08\x02\0\0", "among the sizes"),
        (samples.idx()[:-40], "promises 60 rows, but it ends in row 58"),
        (samples.idx() + b"\0", "goes on after row 59"),
        (b"\0\0\x08\x02" + b"\xff" * 8, "declares"),
        (b"\x1f\x8b" + samples.idx_gz()[2:-30], "sound gzip file"),
        (gzip.compress(b"\0\0\x08\x01\x20\0\0\0", mtime=0), "declares 512 MiB"),
    ],
)
def test_a_broken_idx_file_is_refused_with_the_place(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    (tmp_path / "x.idx").write_bytes(raw)
    with pytest.raises(DataError, match=words):
        read(tmp_path / "x.idx")


@pytest.mark.parametrize("kind", [8, 9, 11, 12, 13, 14])
def test_idx_knows_six_kinds_of_numbers(tmp_path: Path, kind: int) -> None:
    dtype = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}[kind]
    x = np.arange(12, dtype=dtype).reshape(4, 3)
    (tmp_path / "x.idx").write_bytes(samples.packed(x, kind))
    assert np.array_equal(read(tmp_path / "x.idx").frame.to_numpy(), x)


# npy


def test_the_last_column_of_an_npy_file_is_the_target_unless_another_is_named(
    tmp_path: Path,
) -> None:
    path = samples.written(tmp_path, "t.npy")
    data = load(DataOptions(path=path))
    assert (data.target.names, data.features) == (("x30",), 30)
    assert any("the last, x30, is the target" in note for note in data.notes)
    other = load(DataOptions(path=path, target=("x3",)))
    assert not any("x30" in note for note in other.notes)
    assert [column.name for column in other.inputs] == [f"x{at}" for at in range(31) if at != 3]
    encoder = data.prepare("none").encoder
    np.save(tmp_path / "new.npy", np.load(path)[:, :30])  # rows to predict have no target
    assert encode(encoder, read_like(encoder, tmp_path / "new.npy"))[0].shape == (60, 30)


def test_an_npy_file_with_fields_is_a_table_of_them(tmp_path: Path) -> None:
    fields = [("a", "<f4"), ("town", "U5"), ("b", ">i2")]
    array = np.array([(at / 3, "Köln " if at % 2 else "NA", at % 3) for at in range(30)], fields)
    np.save(tmp_path / "t.npy", array)
    table = read(tmp_path / "t.npy")
    assert table.frame.columns == ["a", "town", "b"]
    assert table.frame["town"].to_list()[:2] == [None, "Köln"]
    assert load(DataOptions(path=tmp_path / "t.npy", target=("b",))).task == "multiclass"


def test_a_folder_of_npy_files_is_read_like_an_archive(tmp_path: Path) -> None:
    x, y = samples.images()
    for name, array in (("x_train", x[:40]), ("y_train", y[:40]), ("x_test", x[40:])):
        np.save(tmp_path / f"{name}.npy", array)
    assert read(tmp_path).held == 0  # test rows without targets are not for testing
    np.save(tmp_path / "y_test.npy", y[40:])
    assert read(tmp_path).held == 20


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.arange(5), r"shape \(5,\)"),
        (np.array([["a", "b"]]), "words"),
        (np.zeros((3, 0)), "shape"),
        (np.zeros((0, 3)), "no rows"),
        (np.eye(3) * 1j, "complex"),
        (np.zeros(3, [("a", "f4", (2,))]), "one number or word a field"),
        (np.zeros((2, 2), [("a", "f4")]), r"an array with fields is \(rows,\)"),
    ],
)
def test_an_array_that_is_no_table_is_refused(
    tmp_path: Path, array: np.ndarray, words: str
) -> None:
    np.save(tmp_path / "t.npy", array)
    with pytest.raises(DataError, match=words):
        read(tmp_path / "t.npy")


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.array([{}, 1], object), allow_pickle=True)
    with pytest.raises(DataError, match="never loaded"):
        read(tmp_path / "t.npy")


# HDF5


def course(folder: Path) -> Path:
    """The two files of the cat / non-cat images, with fewer and smaller ones."""
    rng = np.random.default_rng(0)
    for part, rows in (("train", 20), ("test", 5)):
        with h5py.File(folder / f"{part}_catvnoncat.h5", "w") as file:
            file[f"{part}_set_x"] = rng.integers(0, 256, (rows, 4, 4, 3), np.uint8)
            file[f"{part}_set_y"] = np.arange(rows) % 2
            file["list_classes"] = np.array([b"non-cat", b"cat"])
    return folder


def test_a_folder_of_a_training_and_a_test_file_is_one_table(tmp_path: Path) -> None:
    table = read(course(tmp_path))
    assert (table.frame.height, table.held) == (25, 5)
    assert set(table.frame["target"]) == {"non-cat", "cat"}
    assert (table.dialect.image_size, table.dialect.channels) == ((4, 4), 3)


def test_a_training_file_alone_says_that_its_test_file_is_there(tmp_path: Path) -> None:
    table = read(course(tmp_path) / "train_catvnoncat.h5")
    assert (table.frame.height, table.held) == (20, 0)
    assert "test_catvnoncat.h5 is not read" in table.notes[0]
    assert read(tmp_path / "test_catvnoncat.h5").frame.height == 5


def test_groups_of_arrays_are_read_by_their_whole_names(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "t.h5", "w") as file:
        for part in ("train", "test"):
            file[f"{part}/x"], file[f"{part}/y"] = np.eye(4), np.arange(4)
    assert read(tmp_path / "t.h5").held == 4


def test_targets_laid_out_as_a_row_are_turned(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file["x"], file["y"] = np.eye(6), np.arange(6)[None] % 2
    assert read(tmp_path / "t.h5").frame["target"].to_list() == [0, 1] * 3


@pytest.mark.parametrize(
    "how", ["external link", "soft link", "external raw", "virtual", "objects"]
)
def test_an_hdf5_file_is_read_without_leaving_it(tmp_path: Path, how: str) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["x"] = np.eye(3)
    with h5py.File(tmp_path / "t.h5", "w") as file:
        match how:
            case "external link":
                file["x"] = h5py.ExternalLink("other.h5", "/x")
            case "soft link":
                file["x"] = h5py.SoftLink("/y")
            case "external raw":
                file.create_dataset("x", (3,), "u1", external=[("/etc/hostname", 0, 3)])
            case "virtual":
                layout = h5py.VirtualLayout((3, 3), "f8")
                layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", (3, 3))
                file.create_virtual_dataset("x", layout)
            case _:
                file.create_dataset("x", (3,), h5py.vlen_dtype(np.float32))
    with pytest.raises(DataError, match=r"t\.h5"):
        read(tmp_path / "t.h5")
