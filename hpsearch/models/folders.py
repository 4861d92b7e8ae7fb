"""The folder of a model: written whole or not at all, and never over anything else."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hpsearch import faults
from hpsearch.errors import ModelError

JSON = "model.json"
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class ModelFolder:
    """Where the files of a model are."""

    path: Path

    @property
    def json(self) -> Path:
        """What the model is."""
        return self.path / JSON

    @property
    def weights(self) -> Path:
        """Its numbers."""
        return self.path / WEIGHTS

    def json_bytes(self, largest: int) -> bytes:
        """The content of model.json.

        Raises:
            ModelError: missing, unreadable or too large. Each a clause, without an end.
        """
        if not self.path.is_dir():
            raise ModelError("it is a file" if self.path.exists() else "there is no such folder")
        return _read(self.json, largest)

    def weights_bytes(self) -> bytes:
        """The content of model.safetensors.

        Raises:
            ModelError: missing or unreadable.
        """
        return _read(self.weights, 1 << 32)


def check_free(folder: Path, force: bool) -> None:
    """Refuse a place that a model must not be written to; asked before a long training.

    Raises:
        ModelError: something is there that `force` does not cover.
    """
    above = next((one for one in folder.absolute().parents if one.exists()), folder)
    if not above.is_dir():
        raise ModelError(f"{folder} cannot be written: {above} is a file; name another with -o.")
    if not os.access(above, os.W_OK | os.X_OK):
        raise ModelError(
            f"{folder} cannot be written: {above} takes nothing; name another with -o."
        )
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ModelError(f"{folder} is a file; name a folder for the model with -o.")
    inside = {file.name for file in folder.iterdir()}
    if not inside:
        return
    if strangers := inside - {JSON, WEIGHTS}:
        raise ModelError(
            f"{folder} holds other things than a model, such as {min(strangers)!r}; "
            "name another folder with -o."
        )
    if not force:
        raise ModelError(f"{folder} holds a model already; --force replaces it.")


def write(folder: Path, files: Mapping[str, bytes], force: bool = False) -> None:
    """Put files into a new folder beside, then rename it: a reader sees all of them or none.

    Raises:
        ModelError: the folder is not free, or cannot be written.
    """
    check_free(folder, force)
    folder = folder.resolve()
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    old = aside.with_name(f"{aside.name}.old")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir()
        for name, content in files.items():
            with (aside / name).open("wb") as file:
                faults.at("write model")
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        if folder.exists():
            folder.rename(old)
        try:
            aside.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    except OSError as error:
        raise ModelError(f"{folder} cannot be written: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def rewrite(path: Path, content: bytes) -> None:
    """Put new content in the place of one file of a model, at once.

    Raises:
        ModelError: it cannot be written.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        faults.at("write model")
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        aside.unlink(missing_ok=True)


def _read(path: Path, largest: int) -> bytes:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ModelError(f"{path.name} is not a file")
        if about.st_size > largest:
            raise ModelError(f"{path.name} is larger than any model's")
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"it has no {path.name}") from None
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read ({error.strerror})") from None
