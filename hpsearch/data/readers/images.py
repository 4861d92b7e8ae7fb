"""Images: a folder of them for each class, a folder of them to predict, or a single one."""

from __future__ import annotations

import math
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from polars.selectors import by_name

from hpsearch.data.arrays import FILE, LARGEST, from_arrays
from hpsearch.data.readers import folder, reader
from hpsearch.data.table import Dialect, Table, counted, listed, quoted
from hpsearch.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""What Pillow may take a file for; others start programs of their own."""
_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
_MOST_PIXELS = 1 << 26
"""Of one image, before it is resized."""
_USUAL = 64
"""Pixels a side that images are resized to where nothing says otherwise."""
_LARGE = 128
"""Images of one size are resized if a side is longer."""
_TEST = re.compile(r"test(ing|_set)?", re.IGNORECASE)
_TRAIN = re.compile(r"(train(ing|_set)?|val(id(ation)?)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Labelled:
    """A file, the name it is given in errors, and the folder that says its class."""

    path: Path
    name: str
    label: str | None = None


def read_folder(path: Path, dialect: Dialect) -> Table:
    """Read a folder of images for each class, or `train` and `test` with such folders in each.

    Images without such folders have no class: they can be predicted from.

    Raises:
        DataError: Pillow is missing, an image is broken, or there are none.
    """
    folders = _folders(path)
    return _classes(path, folders, dialect) if folders else _unlabelled(path, dialect)


def read(path: Path, dialect: Dialect) -> Table:
    """Read a single image, to predict from.

    Raises:
        DataError: Pillow is missing, or it is broken.
    """
    return _table(path.name, [[Labelled(path, path.name)]], dialect, [])


folder("/")(read_folder)
for _ending in _ENDINGS:
    reader(_ending)(read)
    folder(_ending)(read_folder)


def _classes(path: Path, parts: list[Path], dialect: Dialect) -> Table:
    tests = [one for one in parts if _TEST.fullmatch(one.name)]
    trains = [one for one in parts if _TRAIN.fullmatch(one.name)]
    notes: list[str] = []
    loose = _beside(path, dialect, notes)
    if tests or trains:
        if len(tests) + len(trains) < len(parts) or not trains or len(tests) > 1:
            raise DataError(
                f"{path.name} holds the folders {listed(one.name for one in parts)}; it needs one"
                " for each class, or train and test with one for each class in them."
            )
        learnt = [one for part in trains for one in _labelled(part, part.name, notes)]
        held = [one for part in tests for one in _labelled(part, part.name, notes)]
    else:
        learnt, held = _labelled(path, "", notes), []
    if not learnt and not loose:
        raise DataError(
            f"{path.name or path}: no folder in it holds an image ({', '.join(_ENDINGS)})."
        )
    learnt = [*loose, *learnt]
    return _table(path.name, [learnt, held] if held else [learnt], dialect, notes)


def _beside(path: Path, dialect: Dialect, notes: list[str]) -> list[Labelled]:
    """Images beside the folders of the classes: a model can predict them, nothing can be learnt."""
    found = [Labelled(one, one.name) for one in _images(path, "", [])]
    if dialect.channels is not None or not found:
        return found
    notes.append(f"Left out, as no folder says their class: {listed((o.name for o in found), 3)}.")
    return []


def _unlabelled(path: Path, dialect: Dialect) -> Table:
    notes: list[str] = []
    found = [Labelled(one, one.name) for one in _images(path, "", notes)]
    notes.append(
        f"{path.name} holds images and no folders of them, so their classes are not known; to"
        " learn, put those of each class into a folder of its own."
    )
    return _table(path.name, [found], dialect, notes)


def _folders(path: Path) -> list[Path]:
    found = (one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))
    return sorted(found, key=lambda one: one.name)


def _images(path: Path, prefix: str, notes: list[str]) -> list[Path]:
    """The images in a folder, by name; what else is there is counted in the notes."""
    inside = sorted(one for one in path.iterdir() if not one.name.startswith("."))
    images = [one for one in inside if one.suffix.lower() in _ENDINGS and one.is_file()]
    known = set(images)
    rest = [one for one in inside if one not in known]
    folders = [one.name for one in rest if one.is_dir()]
    others = [one.name for one in rest if not one.is_dir()]
    where = quoted(prefix or path.name)
    if others:
        notes.append(f"Left out, as no images: {listed(others, 3)} in {where}.")
    if folders:
        notes.append(f"Left out, as folders within one: {listed(folders, 3)} in {where}.")
    return images


def _labelled(path: Path, prefix: str, notes: list[str]) -> list[Labelled]:
    """The images of every class in a folder, class after class."""
    found: list[Labelled] = []
    none: list[str] = []
    for one in _folders(path):
        name = f"{prefix}/{one.name}" if prefix else one.name
        said: list[str] = []
        images = _images(one, name, said)
        found += [Labelled(image, f"{name}/{image.name}", one.name) for image in images]
        notes += said if images else []
        none += [] if images else [name]
    if none:
        notes.append(f"Left out, as no image is in them: {listed(none, 3)}.")
    return found


def _table(
    name: str, parts: Sequence[Sequence[Labelled]], dialect: Dialect, notes: list[str]
) -> Table:
    try:
        import PIL  # noqa: F401  # asked for first, so that its lack is said and not a broken image
    except ImportError:
        raise DataError(
            f"{name} needs Pillow to be read: pip install 'hpsearch[images]'."
        ) from None
    every = [one for part in parts for one in part]
    try:
        return _read(name, parts, every, dialect, notes)
    except _Broken as error:
        raise _with_others(error, every) from None


def _read(
    name: str,
    parts: Sequence[Sequence[Labelled]],
    every: Sequence[Labelled],
    dialect: Dialect,
    notes: list[str],
) -> Table:
    (height, width), channels, said = _form(every, dialect)
    size = height * width * channels
    if len(every) * size > LARGEST:
        raise DataError(
            f"{name}: {len(every):,} images of {height} × {width} take"
            f" {len(every) * size / 2**30:,.1f} GiB; set a smaller data.image_size."
        )
    xs = [np.empty((len(part), height, width, channels), np.uint8) for part in parts]
    for x, part in zip(xs, parts, strict=True):
        for at, one in enumerate(part):
            x[at] = _pixels(one, height, width, channels)
    labels = [np.array([one.label or "" for one in part], np.str_) for part in parts]
    different = len({one.label for one in every} - {None})
    classes = f", {different:,} class{'es' * (different > 1)}" if different else ""
    note = f"{name}: {counted(len(every), 'image')}{classes}, {said}."
    files = {FILE: [one.name for one in every]}
    table = from_arrays(name, xs, labels if different else [], note=note, asides=files)
    frame = table.frame.with_columns(by_name(table.targets).replace("", None))
    return replace(table, frame=frame, notes=(*table.notes, *notes))


class _Broken(DataError):
    """An image cannot be read."""


def _with_others(error: _Broken, every: Sequence[Labelled]) -> DataError:
    """The error, and which other images cannot be read either: all are to be mended at once."""
    broken: list[str] = []
    for one in every:
        try:
            _pixels(one, 1, 1, 1)
        except _Broken:
            broken.append(one.name)
    if len(broken) < 2:
        return error
    return DataError(f"{error} In all {len(broken):,} cannot be read: {listed(broken, 20)}.")


def _form(images: Sequence[Labelled], dialect: Dialect) -> tuple[tuple[int, int], int, str]:
    """(height, width), how many channels, and a sentence about both."""
    if dialect.image_size is not None and dialect.channels is not None:
        return dialect.image_size, dialect.channels, "in the model's size"
    sizes: Counter[tuple[int, int]] = Counter()
    colourful = False
    for one in images:
        with _opened(one) as image:
            sizes[image.height, image.width] += 1
            colourful |= image.mode not in ("1", "L", "LA", "I", "F") and "I;" not in image.mode
    channels = dialect.channels or (3 if colourful else 1)
    tone = "in red, green and blue" if channels == 3 else "in gray"
    if dialect.image_size is not None:
        size, how = dialect.image_size, "as data.image_size says"
    elif len(sizes) == 1 and max(next(iter(sizes))) <= _LARGE:
        size, how = next(iter(sizes)), "as they are; data.image_size resizes them"
    else:
        side = min(_USUAL, max(max(size) for size in sizes))  # none is made larger than the largest
        size = (side, side)
        how = f"resized from {_range(sizes)} (guessed; data.image_size overrides)"
    return size, channels, f"{size[0]} × {size[1]} pixels, {how}, {tone}"


def _range(sizes: Counter[tuple[int, int]]) -> str:
    (low, high) = min(sizes, key=math.prod), max(sizes, key=math.prod)
    small, large = f"{low[0]} × {low[1]}", f"{high[0]} × {high[1]}"
    return small if len(sizes) == 1 else f"{len(sizes):,} sizes between {small} and {large}"


def _pixels(one: Labelled, height: int, width: int, channels: int) -> np.ndarray:
    """One image, uint8 (height, width, channels): turned upright, laid on white, stretched."""
    from PIL import Image, ImageOps

    with _opened(one) as image:
        if (image.height, image.width) != (height, width):
            image.draft("RGB" if channels == 3 else "L", (width, height))
        upright = ImageOps.exif_transpose(image)
        if upright.mode == "I" or "I;16" in upright.mode:
            upright = Image.fromarray((np.asarray(upright) >> 8).clip(0, 255).astype(np.uint8))
        if "transparency" in upright.info or upright.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
            upright = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
        flat = upright.convert("RGB" if channels == 3 else "L")
        if flat.size != (width, height):
            flat = flat.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(flat).reshape(height, width, channels)


@contextmanager
def _opened(one: Labelled) -> Iterator[Image]:
    """The image, not yet unpacked; whatever goes wrong until it is closed is told by its name."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, and of sizes that we check
            with Image.open(one.path, formats=_FORMATS) as image:
                if image.width * image.height > _MOST_PIXELS:
                    raise _Broken(
                        f"{one.name} has {image.width:,} × {image.height:,} pixels; at most"
                        f" {_MOST_PIXELS:,} are read. Resize it first."
                    )
                yield image
    except DataError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds
        said = " ".join(str(error).replace(f" {str(one.path)!r}", "").split())[:120].rstrip(".")
        raise _Broken(
            f"{one.name} is no image that can be read: {said or type(error).__name__}. Mend it, or"
            " take it out."
        ) from None
