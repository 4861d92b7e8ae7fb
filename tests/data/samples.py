"""One small sound file for each way in, for tests over all readers."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import h5py
import numpy as np
import polars as pl
from PIL import Image

ROWS = 60


def table() -> pl.DataFrame:
    rng = np.random.default_rng(3)
    return pl.DataFrame(
        {
            "size": rng.normal(size=ROWS).round(3),
            "rooms": rng.integers(1, 6, ROWS),
            "town": rng.choice(["Köln", "Ulm", "Graz"], ROWS),
            "flag": rng.choice([True, False], ROWS),
            "target": [("low", "high")[at % 2] for at in range(ROWS)],
        }
    )


def images() -> tuple[np.ndarray, np.ndarray]:
    """(rows, 6, 5) bytes, brighter in class 1."""
    rng = np.random.default_rng(4)
    y = np.arange(ROWS) % 2
    return (rng.integers(0, 100, (ROWS, 6, 5)) + 100 * y[:, None, None]).astype(np.uint8), y


def csv() -> bytes:
    return table().write_csv().encode()


def tsv() -> bytes:
    return table().write_csv(separator="\t").encode()


def jsonl() -> bytes:
    return table().write_ndjson().encode()


def parquet() -> bytes:
    file = io.BytesIO()
    table().write_parquet(file)
    return file.getvalue()


def npy() -> bytes:
    file = io.BytesIO()
    x, y = images()
    np.save(file, np.column_stack([x.reshape(ROWS, -1), y]))
    return file.getvalue()


def npz() -> bytes:
    file = io.BytesIO()
    x, y = images()
    np.savez_compressed(file, x=x, y=y)
    return file.getvalue()


def hdf5() -> bytes:
    file = io.BytesIO()
    x, y = images()
    with h5py.File(file, "w") as into:
        into.create_dataset("train_set_x", data=x, compression="gzip", chunks=(20, 6, 5))
        into["train_set_y"] = y
        into["test_set_x"], into["test_set_y"] = x[:9], y[:9]
        into["list_classes"] = np.array([b"dim", b"bright"])
    return file.getvalue()


def packed(array: np.ndarray, kind: int = 8) -> bytes:
    """An array of bytes, or of another kind, as IDX."""
    head = bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.tobytes()


def idx() -> bytes:
    return packed(images()[0])


def idx_gz() -> bytes:
    return gzip.compress(idx(), mtime=0)


def picture(at: int = 1, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(images()[0][at]).save(file, kind)
    return file.getvalue()


def jpeg() -> bytes:
    return picture(kind="JPEG")


FILES: Mapping[str, Callable[[], bytes]] = {
    "t.csv": csv,
    "t.tsv": tsv,
    "t.tab": tsv,
    "t.jsonl": jsonl,
    "t.ndjson": jsonl,
    "t.parquet": parquet,
    "t.pq": parquet,
    "t.npy": npy,
    "t.npz": npz,
    "t.h5": hdf5,
    "t.hdf5": hdf5,
    "t-images.idx3-ubyte": idx,
    "t-images.idx3-ubyte.gz": idx_gz,
    "t-images.idx": idx,
    "t-images.idx.gz": idx_gz,
    "t.png": picture,
    "t.jpg": jpeg,
    "t.jpeg": jpeg,
    "t.bmp": lambda: picture(kind="BMP"),
    "t.gif": lambda: picture(kind="GIF"),
    "t.webp": lambda: picture(kind="WEBP"),
    "t.tif": lambda: picture(kind="TIFF"),
    "t.tiff": lambda: picture(kind="TIFF"),
    "t.ppm": lambda: picture(kind="PPM"),
    "t.pgm": lambda: picture(kind="PPM"),
}
"""By a name whose ending says the format."""


def written(folder: Path, name: str) -> Path:
    """The sample of that name in a folder, with the labels where it is of images."""
    path = folder / name
    path.write_bytes(FILES[name]())
    if "idx" in name:
        labels = path.with_name(name.replace("images.idx3", "labels.idx1"))
        if labels != path:
            raw = packed(images()[1].astype(np.uint8))
            labels.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path
