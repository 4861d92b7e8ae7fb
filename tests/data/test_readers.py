"""Every format: what is read from it, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import h5py
import numpy as np
import polars as pl
import pytest
from PIL import Image

from hpsearch.data import load
from hpsearch.data.blocks import Features
from hpsearch.data.encoderjson import from_json, to_json
from hpsearch.data.matching import encode, read_like
from hpsearch.data.readers import endings, read
from hpsearch.data.table import Dialect
from hpsearch.errors import DataError, StudyFileError, UsageError
from hpsearch.models.tables import beside
from hpsearch.study import studyfile
from hpsearch.study.options import DataOptions
from tests.data import samples

TABLES = ("t.csv", "t.tsv", "t.tab", "t.jsonl", "t.ndjson", "t.parquet", "t.pq")
ARRAYS = ("t.npz", "t.h5", "t-images.idx3-ubyte", "t-images.idx3-ubyte.gz")


def test_there_is_a_sample_of_every_format() -> None:
    assert {end for end in endings() if any(one.endswith(end) for one in samples.FILES)} == set(
        endings()
    )


@pytest.mark.parametrize("name", samples.FILES)
def test_every_format_is_read_and_says_what_it_held(tmp_path: Path, name: str) -> None:
    table = read(samples.written(tmp_path, name))
    assert table.frame.height == {"t.h5": 69, "t.hdf5": 69}.get(
        name, 1 if table.asides else samples.ROWS
    )
    assert table.notes[0].startswith(f"{name}: ")


@pytest.mark.parametrize("name", TABLES)
def test_the_same_table_is_the_same_data_in_every_format(tmp_path: Path, name: str) -> None:
    data = load(DataOptions(path=samples.written(tmp_path, name), target=("target",)))
    same = load(DataOptions(path=samples.written(tmp_path, "t.csv"), target=("target",)))
    assert (data.prepare("standard").dataset.x == same.prepare("standard").dataset.x).all()
    assert data.classes == same.classes


@pytest.mark.parametrize("name", ARRAYS)
def test_bytes_of_images_stay_bytes_until_they_are_scaled(tmp_path: Path, name: str) -> None:
    table = read(samples.written(tmp_path, name))
    assert table.frame.schema["x"] == pl.Array(pl.UInt8, 30)
    assert (table.dialect.image_size, table.dialect.channels) == ((6, 5), 1)
    data = load(DataOptions(path=tmp_path / name))
    x, _ = samples.images()
    scaled = data.prepare("scale255").dataset.x
    assert (scaled == x.reshape(len(x), -1)[data.split.train].astype(np.float32) / 255).all()


@pytest.mark.parametrize("normalize", ["standard", "minmax", "quantile", "robust", "scale255"])
def test_an_array_is_scaled_as_its_numbers_would_be_in_columns(
    tmp_path: Path, normalize: str
) -> None:
    x, y = samples.images()
    np.savez(tmp_path / "block.npz", x=x, y=y)
    columns = {f"x{at}": column for at, column in enumerate(x.reshape(len(x), -1).T)}
    pl.DataFrame({**columns, "target": y}).write_parquet(tmp_path / "columns.parquet")
    block = load(DataOptions(path=tmp_path / "block.npz"))
    apart = load(DataOptions(path=tmp_path / "columns.parquet", target=("target",)))
    assert block.inputs[0].width == 30 == len(apart.inputs)
    assert np.array_equal(block.prepare(normalize).dataset.x, apart.prepare(normalize).dataset.x)
    encoder = block.prepare(normalize).encoder
    table = read(tmp_path / "columns.parquet")
    assert np.array_equal(encode(encoder, table.frame)[0], encoder.encode_clean(block.clean))


def test_a_gap_in_an_array_is_filled_and_said_and_infinity_is_named(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(40, 300))
    x[5, 7] = np.nan
    np.savez(tmp_path / "t.npz", x=x, y=np.arange(40) % 2)
    data = load(DataOptions(path=tmp_path / "t.npz"))
    encoder = data.prepare("none").encoder
    encoded, notes = encode(encoder, read_like(encoder, tmp_path / "t.npz"))
    assert encoded[5, 7] == np.float32(np.nanmedian(x[data.split.train, 7]))
    assert any("1 number missing" in note for note in notes)
    x[6, 8] = np.inf
    np.savez(tmp_path / "t.npz", x=x, y=np.arange(40) % 2)
    with pytest.raises(DataError, match=r"t\.npz: row 6, column 'x', number 8 is inf"):
        load(DataOptions(path=tmp_path / "t.npz"))


def test_arrays_of_another_size_are_refused_with_both_sizes(tmp_path: Path) -> None:
    data = load(DataOptions(path=samples.written(tmp_path, "t.npz")))
    encoder = data.prepare("none").encoder
    with pytest.raises(DataError, match="holds 20 numbers in 'x', but the model was trained on 30"):
        encode(encoder, pl.DataFrame({"x": np.zeros((3, 20))}), "new.npz")
    with pytest.raises(DataError, match="one value a row"):
        encode(encoder, pl.DataFrame({"x": [1.0, 2.0]}), "new.csv")


def test_the_target_cannot_be_a_column_of_arrays(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds arrays, not one value"):
        load(DataOptions(path=samples.written(tmp_path, "t.npz"), target=("x",)))


# MNIST's own files


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
        (gzip.compress(b"\0\0\x08\x01\x20\0\0\0"), "declares 512 MiB"),
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


# Parquet and JSON lines


def test_types_that_a_table_has_no_use_for_are_turned_or_left_out_and_said(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "level": pl.Series(["a", "b"] * 10, dtype=pl.Categorical),
            "price": pl.Series([1, 2] * 10).cast(pl.Decimal(10, 2)),
            "took": pl.Series([1500, 250] * 10).cast(pl.Duration("ms")),
            "when": pl.Series([1, 2] * 10).cast(pl.Date),
            "raw": [b"\xff\xfe", b""] * 10,
            "tags": [["x"], ["y", "z"]] * 10,
            "uneven": [[1.0], [1.0, 2.0]] * 10,
            "record": [{"a": 1}] * 20,
            "vector": [[1.0, None, 3.0], [4.0, 5.0, 6.0]] * 10,
            "target": [" low ", "N/A"] * 10,
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    table = read(tmp_path / "t.parquet")
    assert table.frame.columns == ["level", "price", "took", "when", "vector", "target"]
    assert table.frame["took"].to_list()[:2] == [1.5, 0.25]
    assert table.frame.schema["vector"] == pl.Array(pl.Float64, 3)
    assert np.isnan(table.frame["vector"].to_numpy()[0, 1])
    assert table.frame["target"].to_list()[:2] == ["low", None]
    said = " ".join(table.notes)
    for word in (
        "'raw' is left out: it holds bytes",
        "'tags'",
        "'uneven'",
        "'record'",
        "'N/A' (10)",
    ):
        assert word in said


def test_a_parquet_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    rows = 20_000_000
    pl.select(pl.repeat(7, rows).alias("a")).write_parquet(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 500_000
    with pytest.raises(DataError, match="declares"):
        read(tmp_path / "t.parquet")


def test_json_lines_may_lack_keys_and_mix_kinds(tmp_path: Path) -> None:
    lines = [
        '{"a": 1, "b": "x", "v": [1, 2]}',
        '{"a": NaN, "v": [3, 4.5]}',
        '{"b": 3, "c": true, "v": [5, 6]}',
    ]
    (tmp_path / "t.jsonl").write_text("\r\n".join(lines) + "\n\n")
    frame = read(tmp_path / "t.jsonl").frame
    assert frame["a"].to_list() == [1, None, None]
    assert frame["b"].to_list() == ["x", None, "3"]
    assert frame["c"].to_list() == [None, None, True]
    assert frame["v"].to_numpy().tolist() == [[1, 2], [3, 4.5], [5, 6]]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1]", "row 2 holds a list"),
        ("", "row 2, character 1: the line is empty"),
        ('{"a": }', "row 2, character 7"),
        ('{"a": 1, "a": 2}', "row 2, column 'a': the key stands there twice"),
        ('{"a": Infinity}', "row 2, Infinity is too large"),
        ('{"": 1}', "row 2: a key is empty"),
        ('{"a": "\\ud800"}', "row 2, column 'a': half of a character"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "number too long"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "t.jsonl").write_text(f'{{"a": 1}}\n{line}\n{{"a": 3}}\n')
    with pytest.raises(DataError, match=words):
        read(tmp_path / "t.jsonl")


def test_a_cell_of_json_that_does_not_fit_is_named_by_row_and_column(tmp_path: Path) -> None:
    lines = [f'{{"a": {at / 7}, "y": {at % 2}}}' for at in range(60)]
    lines[40] = '{"a": "oops", "y": 1}'
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"t\.jsonl: row 41, column 'a': 'oops'"):
        load(DataOptions(path=tmp_path / "t.jsonl", target=("y",)))


# Images


def pictures(folder: Path, counts: dict[str, int], size: tuple[int, int] = (5, 6)) -> Path:
    rng = np.random.default_rng(0)
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for at in range(count):
            Image.fromarray(rng.integers(0, 256, size[::-1], np.uint8)).save(
                folder / name / f"{at}.png"
            )
    return folder


def test_a_folder_of_images_by_class_is_a_table_of_bytes(tmp_path: Path) -> None:
    table = read(pictures(tmp_path / "pets", {"cats": 4, "dogs": 5}))
    assert table.frame["target"].to_list() == ["cats"] * 4 + ["dogs"] * 5
    assert table.frame["file"][0] == "cats/0.png"
    assert table.frame.schema["x"] == pl.Array(pl.UInt8, 30)
    assert "pets: 9 images, 2 classes, 6 × 5 pixels, as they are" in table.notes[0]
    assert "in gray" in table.notes[0]


def test_train_and_test_folders_are_the_split(tmp_path: Path) -> None:
    counts = {"train/cats": 6, "train/dogs": 6, "test/cats": 2, "test/dogs": 1, "val/dogs": 1}
    table = read(pictures(tmp_path, counts))
    assert (table.frame.height, table.held) == (16, 3)
    assert table.frame["file"][-1] == "test/dogs/0.png"
    data = load(DataOptions(path=tmp_path))
    assert data.rows["test"] == 3
    assert [column.name for column in data.inputs] == ["x"]


def test_images_of_many_sizes_are_resized_and_that_is_said(tmp_path: Path) -> None:
    pictures(tmp_path, {"a": 2})
    pictures(tmp_path, {"b": 2}, (200, 90))
    table = read(tmp_path)
    assert table.frame.schema["x"] == pl.Array(pl.UInt8, 64 * 64)
    assert "2 sizes, 6 × 5 to 90 × 200, (guessed; data.image_size overrides)" in table.notes[0]
    given = read(tmp_path, Dialect(image_size=(8, 4)))
    assert given.frame.schema["x"] == pl.Array(pl.UInt8, 32)


def test_one_image_in_colour_makes_all_of_them_so(tmp_path: Path) -> None:
    pictures(tmp_path, {"a": 2, "b": 2})
    Image.new("RGBA", (5, 6), (255, 0, 0, 0)).save(tmp_path / "b" / "0.png")
    table = read(tmp_path)
    assert table.frame.schema["x"] == pl.Array(pl.UInt8, 90)
    assert set(table.frame["x"].to_numpy()[2]) == {255}  # nothing of it shows on white
    assert "in red, green and blue" in table.notes[0]


def test_a_model_of_images_predicts_from_a_folder_and_from_a_single_one(tmp_path: Path) -> None:
    data = load(DataOptions(path=pictures(tmp_path / "pets", {"cats": 9, "dogs": 9})))
    encoder = data.prepare("scale255").encoder
    again = from_json(to_json(encoder))
    (tmp_path / "new").mkdir()
    Image.new("RGB", (50, 70), (255, 255, 255)).save(tmp_path / "new" / "white.jpg")
    for path in (tmp_path / "new", tmp_path / "new" / "white.jpg"):
        x, _ = encode(again, read_like(again, path), path.name)
        assert (x == np.ones((1, 30), np.float32)).all()


def test_a_broken_image_is_refused_by_its_name(tmp_path: Path) -> None:
    pictures(tmp_path, {"cats": 2, "dogs": 2})
    broken = tmp_path / "dogs" / "1.png"
    broken.write_bytes(broken.read_bytes()[:60])
    with pytest.raises(DataError, match=r"dogs/1\.png is no image that can be read"):
        read(tmp_path)


def test_what_is_no_image_is_left_out_and_said(tmp_path: Path) -> None:
    pictures(tmp_path, {"cats": 2, "dogs": 2})
    (tmp_path / "cats" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "cats" / ".DS_Store").write_bytes(b"x")
    assert any("'Thumbs.db' in 'cats'" in note for note in read(tmp_path).notes)


def test_folders_that_are_no_classes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nor a folder of images"):
        read(tmp_path)
    pictures(tmp_path, {"train/cats": 1, "other/cats": 1})
    with pytest.raises(DataError, match="'other', 'train'"):
        read(tmp_path)


def test_an_image_of_too_many_pixels_is_not_unpacked(tmp_path: Path) -> None:
    Image.new("1", (9_000, 9_000)).save(tmp_path / "t.png")
    with pytest.raises(DataError, match="at most 67,108,864 are read"):
        read(tmp_path / "t.png")


@pytest.mark.parametrize(
    ("written", "size"), [("32", (32, 32)), ("[20, 30]", (20, 30)), ("[20, 30, 3]", None)]
)
def test_a_study_file_says_the_size_of_images(
    tmp_path: Path, written: str, size: tuple[int, int] | None
) -> None:
    study = tmp_path / "s.toml"
    study.write_text(f'[data]\npath = "pets"\nimage_size = {written}\n')
    if size is None:
        with pytest.raises(StudyFileError, match=r"write pixels, such as 64, or \[height, width\]"):
            studyfile.read(study)
    else:
        assert studyfile.read(study).data.image_size == size


@pytest.mark.parametrize("name", ["t.csv", "t.npz"])
def test_a_size_of_images_that_could_not_take_effect_is_refused(tmp_path: Path, name: str) -> None:
    path = samples.written(tmp_path, name)
    with pytest.raises(DataError, match=r"data\.image_size is 9 × 9, but t\.... holds no images"):
        load(DataOptions(path=path, target=("target",), image_size=(9, 9)))


def test_the_features_of_arrays_and_columns_are_one_sequence() -> None:
    array = np.arange(390).astype(np.uint8).reshape(3, 130)
    gaps = np.array([[1.0, np.nan], [3.0, np.nan]])
    features = Features()
    features.add(np.array([5.0, 6.0]))
    assert features.add_array(array) == [0.0] * 130
    assert features.add_array(gaps) == [2.0, 0.0]
    assert len(features) == 133
    listed = list(features)
    assert all(np.array_equal(features[at], one) for at, one in enumerate(listed))
    assert np.array_equal(listed[130], array[:, 129])
    assert listed[131].tolist() == [1.0, 3.0]
    assert listed[132].tolist() == [0.0]


def test_predictions_of_images_name_their_files_and_arrays_stay_out_of_csv() -> None:
    frame = pl.DataFrame({"file": ["a.png", "b.png"], "x": np.zeros((2, 3)), "n": [1, 2]})
    predicted = pl.DataFrame({"prediction": [0, 1]})
    assert beside(frame, predicted, [], False, "t").columns == ["file", "prediction"]
    assert beside(frame, predicted, [], True, "t").columns == ["file", "n", "prediction"]
    with pytest.raises(UsageError, match="--keep x: it holds arrays"):
        beside(frame, predicted, ["x"], False, "t")
    assert beside(frame.drop("x"), predicted, [], False, "t").columns == ["prediction"]
