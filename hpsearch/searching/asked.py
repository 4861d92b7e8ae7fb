"""What a program asks to be searched: a study file, or what stands for one, and data."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit

from hpsearch.data.bundled import source
from hpsearch.data.table import listed
from hpsearch.errors import StudyFileError, UsageError
from hpsearch.propose import study_name
from hpsearch.searching.handed import Handed, hand_over
from hpsearch.study import places, schema, studyfile
from hpsearch.study.mistakes import Places
from hpsearch.study.names import NoSuchName, resolve
from hpsearch.study.options import NAME
from hpsearch.study.studyfile import StudyFile

HERE = Path("study")
"""Where errors say that a study without a file has its mistake."""
_TABLES = (*schema.TABLES, "enqueue")


@dataclass(frozen=True)
class Asked:
    """A study as it was asked for, not yet read."""

    file: Path | None
    """The study file, absolute, where that is all there is; else:"""
    text: str = ""
    """A study file's text, without the values below."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """By full name; they win over what is written."""
    rows: Handed | None = None
    """The data, where no file of it was named."""

    def read(self, path: Path = HERE, name: str | None = None) -> StudyFile:
        """The study, as it would mean with its text at a path and the rows beside it.

        Raises:
            StudyFileError: what is wrong, in the words of the study.
        """
        more = {} if name is None else {"study.name": name}
        if self.rows is not None:
            more["data.path"] = str(path.with_name(f"rows{self.rows.ending}"))
        try:
            return studyfile.parse(self.text, path, {**self.values, **more})
        except StudyFileError as error:
            raise StudyFileError(in_python(str(error), path)) from None

    def named(self, study: StudyFile, data: bytes) -> str:
        """The study's name; where none was given, one that tells other studies and data apart.

        Args:
            data: of the rows, where they are no file of the person's.
        """
        if "study.name" in self.values or _writes_a_name(self.text):
            return study.study.name
        told = study.meaning()
        if self.rows is not None:
            told.pop("data.path", None)  # it is not there yet; what it will hold is `data`
        digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode() + data)
        of = study.data.source or (str(study.data.path) if self.rows is None else "search")
        return f"{study_name(of)[:48]}-{digest.hexdigest()[:8]}"


def ask(
    study: Any, data: Any, target: str | Sequence[str] | None, values: Mapping[str, Any]
) -> Asked:
    """Put together what was asked for.

    Args:
        study: a study file's path or text, its tables as a mapping, or None.
        data: a file's path, the name of a bundled set, rows, or None where the study names it.
        target: the columns to predict.
        values: by full name, by the last part of one, or by a short word such as lr.

    Raises:
        UsageError: something is of a kind that cannot be used.
        StudyFileError: the study is not TOML.
        DataError: the rows are none.
    """
    given = full_names(values)
    targets = _targets(target)
    if targets:
        given["data.target"] = list(targets)
    path = _path(study)
    if path is not None and data is None:
        return Asked(path, values=given)
    if path is not None:
        text = studyfile.read(path).text
    else:
        text, own = _text(study)
        given = {**own, **given}
    if data is None:
        if "data" not in places.load(text):
            raise UsageError("There is no data: give data=…, or a [data] table in the study.")
        return Asked(None, text, given)
    if isinstance(data, str | os.PathLike):
        return Asked(None, without_data(text), {**given, **_file(data)})
    rows = hand_over(data, targets or _written_targets(text, given))
    if rows.frame is not None and not rows.targets:
        raise UsageError(
            "Which column is to be predicted? Give target=COLUMN; the frame has: "
            f"{listed(rows.frame.columns)}."
        )
    given.pop("data.target", None)
    if rows.targets:
        given["data.target"] = list(rows.targets)
    return Asked(None, without_data(text), given, rows)


def full_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the full names that short ones mean, as plain TOML could write them.

    Raises:
        UsageError: a name is none, or a value cannot stand in a study.
    """
    if not isinstance(values, Mapping):
        raise UsageError(f"Values are a mapping such as {{'epochs': 30}}, not {_short(values)}.")
    found: dict[str, Any] = {}
    for name, value in values.items():
        known = [*schema.names(), name] if str(name).count(".") > 1 else schema.names()
        try:
            found[resolve(str(name), known, loosely=False)] = _plain(str(name), value)
        except NoSuchName as error:
            text, far, _ = str(error).partition("; known: ")
            more = "; a study has names such as epochs, lr, layers and data.folds." if far else ""
            raise UsageError(f"{text[:1].upper()}{text[1:]}{more}") from None
    return found


def in_python(text: str, path: Path = HERE) -> str:
    """A sentence about a study, for somebody who wrote no file of that name and no command line."""
    shown = Places(path).file
    text = re.sub(rf"(?m)^({re.escape(shown)}|{re.escape(str(path))})(:\d+)?: ", "", text)
    return re.sub(r"(?m)^--set (\S+?)=.*?: (?=\1: )", "", text).replace("--set ", "")


def _path(study: Any) -> Path | None:
    """The study file's path, where a path was given."""
    if isinstance(study, str) and ("\n" in study or "=" in study):
        return None
    if not isinstance(study, str | os.PathLike):
        return None
    path = Path(study).expanduser()
    named = path.with_name(f"{path.name}.toml") if path.name else path
    if not path.is_file() and named.is_file():
        path = named
    if not path.is_file():
        raise UsageError(
            f"There is no study file {str(study)!r}. A study is a file's path, its text, or a "
            "mapping such as {'training': {'epochs': 30}}."
        )
    return path.absolute()


def _text(study: Any) -> tuple[str, dict[str, Any]]:
    """A study that is no file as text, and the values that stand in no table."""
    if study is None:
        return "", {}
    if isinstance(study, str):
        try:
            places.load(study)
        except places.Unreadable as error:
            at = f"study:{error.line}: " if error.line else "study: "
            raise StudyFileError(at + error.sentence) from None
        return study, {}
    if not isinstance(study, Mapping):
        raise UsageError(
            "A study is a file's path, its text, or a mapping such as "
            f"{{'training': {{'epochs': 30}}}}, not {_short(study)}."
        )
    tables = {name: value for name, value in study.items() if name in _TABLES}
    loose = {name: value for name, value in study.items() if name not in _TABLES}
    plain = _plain("study", tables)
    return tomlkit.dumps(plain), full_names(loose)


def _plain(name: str, value: Any) -> Any:
    """The value as TOML has it: no tuples, no scalars of NumPy, no None."""
    if isinstance(value, Mapping):
        return {
            str(key): _plain(f"{name}.{key}", one) for key, one in value.items() if one is not None
        }
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(name, one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, bool | int | float | str):
        return value
    raise UsageError(f"{name}: {_short(value)} cannot stand in a study: only what TOML can write.")


def _short(value: Any) -> str:
    shown = repr(value)
    shown = shown if len(shown) <= 40 else f"{shown[:39]}…"
    return f"{shown} ({type(value).__name__})"


def _targets(target: Any) -> tuple[str, ...]:
    given = () if target is None else (target,) if isinstance(target, str) else target
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise UsageError(f"target is a column's name or a list of them, not {_short(target)}.")
    return tuple(given)


def _written_targets(text: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns to predict, as the study says."""
    data = places.load(text).get("data", {})
    written = data.get("target") if isinstance(data, dict) else None
    return _targets(values.get("data.target", written))


def without_data(text: str) -> str:
    """A study's text that names no data: what follows from the old data goes, too."""
    document = tomlkit.parse(text)
    data: Any = document.setdefault("data", tomlkit.table())
    for key in ("path", "source", "fingerprint"):
        if isinstance(data, Mapping):
            data.pop(key, None)  # type: ignore[attr-defined]  # a table of tomlkit
    return tomlkit.dumps(document)


def _file(data: str | os.PathLike[str]) -> dict[str, Any]:
    """The keys that name a file, or a bundled set."""
    text = os.fspath(data)
    kind, colon, _ = text.partition(":")
    if colon and kind in source and not Path(text).exists():
        return {"data.source": text}
    return {"data.path": str(Path(text).expanduser().absolute())}


def _writes_a_name(text: str) -> bool:
    study = places.load(text).get("study", {})
    name = study.get("name") if isinstance(study, dict) else None
    return isinstance(name, str) and NAME.fullmatch(name) is not None
