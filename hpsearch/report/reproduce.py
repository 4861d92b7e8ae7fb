"""How the search and its best trial are made once more: commands, seeds, versions, data."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from hpsearch import __version__
from hpsearch.report.best import code
from hpsearch.report.markup import Child, Markup, tag
from hpsearch.report.material import FILE, Material
from hpsearch.report.tables import table
from hpsearch.store.records import StudyFacts
from hpsearch.view.command import options
from hpsearch.view.format import UNICODE, clean

_PACKAGES = ("numpy", "optuna", "scikit-learn", "polars")
"""Those whose versions may move a figure in its last digits, or the order of trials."""


def reproduce(material: Material) -> list[Child]:
    """Commands, a table of what they depend on, and the study file itself."""
    study = material.study
    file = Path(study.path).name or "study.toml"
    commands = _commands(material, file)
    parts: list[Child] = [
        code(commands, "commands"),
        table((), list(_facts(material).items()), left=(0, 1), kind="facts"),
    ]
    if study.toml:
        parts.append(
            tag("details", tag("summary", f"The study file, {file}"),
                code(study.toml, "study-file"))
        )  # fmt: skip
    return parts


def notes(study: StudyFacts) -> Markup | None:
    """What was noticed about the data; None where that is not stored."""
    told = study.data.get("notes")
    if not isinstance(told, list) or not told:
        return None
    return tag("ul", [tag("li", str(note)) for note in told], class_="notes")


def _commands(material: Material, file: str) -> str:
    study, best, found = material.study, material.best, material.best_file
    lines = ["# the search", _joined("hpsearch", "run", file, *options(study.overrides))]
    if best is not None and not isinstance(found, str):
        lines += [
            "",
            f"# its best trial, #{best.number}: the configuration above",
            _joined("hpsearch", "export", study.name, "-o", FILE),
            "",
            "# trained on all but the test rows, and measured on these",
            _joined("hpsearch", "retrain", FILE, "-o", found.name),
        ]
    return "\n".join(lines)


def _joined(*words: str) -> str:
    return clean(" ".join(shlex.quote(word) for word in words))


def _facts(material: Material) -> dict[str, str]:
    study, best = material.study, material.best
    data, meaning = study.data, study.meaning
    told = {
        "data": _source(meaning),
        "fingerprint": str(data.get("fingerprint", UNICODE.nothing)),
        "rows": _rows(data.get("rows")),
        "inputs": _whole(data.get("features")),
        "study seed": str(meaning.get("study.seed", UNICODE.nothing)),
        "split seed": str(meaning.get("data.split_seed", UNICODE.nothing)),
    }
    if best is not None:
        told[f"seed of #{best.number}"] = str(best.seed)
    told["workers"] = f"{study.workers}" + (
        ": the same numbers to the bit" if study.workers == 1 else
        ": trials end in another order each time; with --workers 1 the numbers are the same to "
        "the bit"
    )  # fmt: skip
    told["versions"] = ", ".join(
        [f"hpsearch {__version__}", f"Python {platform.python_version()}", *_versions()]
    )
    return told


def _source(meaning: Mapping[str, object]) -> str:
    path = meaning.get("data.path")
    source = meaning.get("data.source")
    return Path(path).name if isinstance(path, str) else str(source or UNICODE.nothing)


def _rows(rows: object) -> str:
    if not isinstance(rows, Mapping):
        return UNICODE.nothing
    names = {"train": "to learn from", "validation": "for validation", "test": "for testing"}
    told = [f"{rows[key]:,} {name}" for key, name in names.items()
            if isinstance(rows.get(key), int) and rows[key]]  # fmt: skip
    return ", ".join(told) or UNICODE.nothing


def _whole(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else UNICODE.nothing


def _versions() -> list[str]:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found
