"""Folders of images, and single ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from hpsearch.data import load
from hpsearch.data.encoderjson import from_json, to_json
from hpsearch.data.matching import encode, read_like
from hpsearch.data.readers import read
from hpsearch.data.table import Dialect
from hpsearch.errors import DataError, StudyFileError, UsageError
from hpsearch.models.tables import beside
from hpsearch.study import studyfile
from hpsearch.study.options import DataOptions
from tests.data import samples


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
    assert (
        "2 sizes between 6 × 5 and 90 × 200 (guessed; data.image_size overrides)" in table.notes[0]
    )
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
    broken.write_bytes(b"no image")
    with pytest.raises(DataError, match=r"read: cannot identify image file\. Mend it"):
        read(tmp_path)


def test_a_folder_without_images_is_named_from_within_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cats").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"^\.: no folder in it holds an image"):
        read(Path())


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


def test_predictions_of_images_name_their_files_and_arrays_stay_out_of_csv() -> None:
    frame = pl.DataFrame({"file": ["a.png", "b.png"], "x": np.zeros((2, 3)), "n": [1, 2]})
    predicted = pl.DataFrame({"prediction": [0, 1]})
    assert beside(frame, predicted, [], False, "t").columns == ["file", "prediction"]
    assert beside(frame, predicted, [], True, "t").columns == ["file", "n", "prediction"]
    with pytest.raises(UsageError, match="--keep x: it holds arrays"):
        beside(frame, predicted, ["x"], False, "t")
    assert beside(frame.drop("x"), predicted, [], False, "t").columns == ["prediction"]


def test_images_beside_the_folders_of_classes_are_predicted_and_never_learnt(
    tmp_path: Path,
) -> None:
    pets = pictures(tmp_path / "pets", {"cats": 6, "dogs": 6})
    (pets / "cats" / "0.png").rename(pets / "loose.png")
    data = load(DataOptions(path=pets, test=0.0))
    assert sum(data.rows.values()) == 11
    assert "Left out, as no folder says their class: 'loose.png'." in data.notes
    rows = read_like(data.prepare("none").encoder, pets, lambda _: None)
    assert rows["file"][0] == "loose.png"
    assert rows["target"].to_list() == [None, *["cats"] * 5, *["dogs"] * 6]
    (tmp_path / "new" / "empty").mkdir(parents=True)
    (pets / "loose.png").rename(tmp_path / "new" / "alone.png")
    alone = read_like(data.prepare("none").encoder, tmp_path / "new", lambda _: None)
    assert alone["file"].to_list() == ["alone.png"]


def test_a_folder_without_an_image_and_one_within_a_class_are_said(tmp_path: Path) -> None:
    pictures(tmp_path, {"cats": 2, "dogs": 2, "cats/old": 1})
    (tmp_path / "birds").mkdir()
    notes = read(tmp_path).notes
    assert notes[0].startswith(f"{tmp_path.name}: 4 images, 2 classes")
    assert notes[1:] == (
        "Left out, as folders within one: 'old' in 'cats'.",
        "Left out, as no image is in them: 'birds'.",
    )


def test_every_broken_image_is_named_at_once(tmp_path: Path) -> None:
    pictures(tmp_path, {"cats": 3, "dogs": 3})
    for name in ("cats/1.png", "dogs/2.png"):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[:50])
    with pytest.raises(DataError, match=r"In all 2 cannot be read: 'cats/1.png', 'dogs/2.png'\."):
        read(tmp_path)


def test_small_images_are_not_blown_up(tmp_path: Path) -> None:
    pictures(tmp_path, {"a": 2})
    pictures(tmp_path, {"b": 2}, (9, 12))
    assert read(tmp_path).frame.schema["x"] == pl.Array(pl.UInt8, 12 * 12)
