"""Study files in which one thing is wrong: what, and where it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from hpsearch.study import schema
from hpsearch.study.kinds import Kind, Word, Wrong
from hpsearch.study.ranges import Searched
from hpsearch.study.space import NEEDS
from tests.study import drawn
from tests.study.drawn import Document
from tests.study.written import Written, write

Path = tuple[str, ...]
JUNK = (
    *(None, True, -1, 0, 1, 2, 10**30, -(2**63), 0.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", "x", "\0", "\x1b[2J", "../..", "~", "x" * 5000, "é\u2028", "[bold]", date(1979, 5, 27)),
    *([], [[]], [1, 2], [0], ["a", "a"], [1.5], [True], [{}], {}, {"a": {}}, {"choice": 1}),
    *({"choice": []}, {"choice": [1]}, {"choice": [1, 1]}, {"choice": ["adam", 7]}),
    *({"float": [2, 1]}, {"float": [1, 1]}, {"float": [0, 1], "log": True}, {"float": [1]}),
    *({"int": [1, 2], "step": 0.5}, {"int": [1.5, 2]}, {"int": [9, 1]}, {"float": [0, 1, 2]}),
    *({"float": [0.1, 0.2], "step": 9}, {"float": [0.1, 0.2], "lg": True}, {"all": [1]}),
    *({"depth": [1, 2]}, {"depth": [2, 1], "width": [1, 2]}, {"depth": [1, 99], "width": [1, 2]}),
    *({"depth": [1, 1], "width": [3, 3]}, {"depth": [1, 2], "width": [1, 2], "shape": "flat"}),
)
"""What hardly any key takes."""


@dataclass(frozen=True)
class Broken:
    """A text with one mistake."""

    text: str
    key: str
    """What the answer must name, in full; "": the line alone."""
    line: int
    """Where; 0: on a line of the file, whichever."""

    def answered(self, said: str, name: str) -> bool:
        """Whether an answer names the place."""
        line = str(self.line) if self.line else r"\d+"
        key = f"{re.escape(self.key)}: " if self.key else ""
        return any(re.match(rf"{re.escape(name)}:{line}: {key}.", one) for one in said.split("\n"))


@st.composite
def files(draw) -> Broken:
    """A sound document, broken in one place, and written down."""
    document = deepcopy(draw(drawn.documents()))
    path = draw(st.sampled_from(WAYS))(draw, document)
    assume(path is not None)
    assert path is not None
    written = write(draw, document)
    if path[0] == "enqueue":
        key = f"enqueue: {path[2]}"
    else:
        key = ".".join(path) if path[0] in schema.TABLES else ""
    return Broken(written.text, key, _line(written, path))


@st.composite
def texts(draw) -> Broken:
    """A sound text that is no TOML any more."""
    written = write(draw, draw(drawn.documents()))
    marks = [found.start() for found in re.finditer(r'[\[\]{}="]', written.text)]
    at = draw(st.sampled_from(marks))
    put = draw(st.sampled_from(["", "[", '"', "=", "\x01", "\n"]))
    text = written.text[:at] + put + written.text[at + 1 :]
    try:
        tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        return Broken(text, "", 0)
    assume(False)
    raise AssertionError


def _line(written: Written, path: Path) -> int:
    while path not in written.lines:
        path = path[:-1]
    return written.lines[path]


# One thing that is wrong ------------------------------------------------------------------------


def _misfit(draw: Any, document: Document) -> Path:
    """A value that its key does not take."""
    name = draw(st.sampled_from(schema.names()))
    kind = schema.kind_of(name)
    table, _, key = name.partition(".")
    document.setdefault(table, {})[key] = draw(st.sampled_from(_refused(kind)))
    return table, key


def _refused(kind: Kind) -> list[Any]:
    return [deepcopy(junk) for junk in JUNK if junk is not None and not _takes(kind, junk)]


def _takes(kind: Kind, value: Any) -> bool:
    try:
        kind.read(value)
    except Wrong:
        return False
    return True


def _stranger(draw: Any, document: Document) -> Path:
    """A key that there is not, often nearly one."""
    table = draw(st.sampled_from(sorted(schema.TABLES)))
    known = list(schema.TABLES[table].model_fields)
    whole, at = draw(st.sampled_from(known)), draw(st.integers(0, 5))
    key = draw(st.just(whole[:at] + whole[at + 1 :]) | drawn.words)
    assume(key and key not in known and key.isprintable() and "." not in key)
    document.setdefault(table, {})[key] = draw(st.sampled_from([1, "x", [], {"choice": [1, 2]}]))
    return table, key


def _misnamed(draw: Any, document: Document) -> Path:
    """A table that there is not."""
    name = draw(st.sampled_from(["trainning", "netwrok", "Study", "datas", "x", "hpsearch", ""]))
    document[name] = draw(st.sampled_from([{}, {"epochs": 3}]))
    return (name,)


def _idle(draw: Any, document: Document) -> Path:
    """A key without effect."""
    name = draw(st.sampled_from(sorted(NEEDS)))
    chooser, effective = NEEDS[name]
    kind = schema.kind_of(chooser)
    assert isinstance(kind, Searched)
    assert isinstance(kind.inner, Word)
    others = [word for word in kind.inner.names() if word not in effective]
    training = document.setdefault("training", {})
    training[chooser.partition(".")[2]] = draw(st.sampled_from(others))
    document.pop("enqueue", None)
    key = name.partition(".")[2]
    training[key] = 2 if key == "decay_interval" else 0.25
    return "training", key


def _against(draw: Any, document: Document) -> Path:
    """Two keys that do not go together."""
    pairs: Mapping[str, Mapping[str, Any]] = {
        "study.workers": {"study.workers": 5, "study.max_workers": 4},
        "data.source": {"data.source": "sklearn:iris", "data.path": "x.csv"},
        "data.separator": {"data.source": "a:b", "data.path": None, "data.separator": ";"},
        "data.folds": {"data.folds": 3, "data.validation": 0.2, "data.repeats": None},
        "data.repeats": {"data.folds": 3, "data.repeats": 2, "data.validation": None},
        "data.test": {"data.test": 0.6, "data.validation": 0.5, "data.folds": None},
        "data.features": {"data.target": "a", "data.features": ["a"], "data.drop": None},
        "data.drop": {"data.target": "a", "data.features": None, "data.drop": ["a"]},
        "data.order": {"data.group": "a", "data.order": "b", "data.target": None},
        "training.schedule_epochs": {"training.epochs": 9, "training.schedule_epochs": 8},
        "study.pruner_options": {"study.pruner": "none", "study.pruner_options": {"a": 1}},
    }
    name = draw(st.sampled_from(sorted(pairs)))
    for full, value in pairs[name].items():
        table, _, key = full.partition(".")
        if value is None:
            document.get(table, {}).pop(key, None)
        else:
            document.setdefault(table, {})[key] = value
    if name == "training.schedule_epochs":
        document.pop("enqueue", None)
    table, _, key = name.partition(".")
    return table, key


def _badly_enqueued(draw: Any, document: Document) -> Path | None:
    """An entry that cannot be tried."""
    entries = document.setdefault("enqueue", [])
    kind = draw(st.sampled_from(["unknown", "unfit", "outside"]))
    if kind == "outside":
        document.setdefault("training", {})["learning_rate"] = {"float": [0.1, 0.2]}
        document.get("study", {}).pop("sampler", None)
        for entry in entries:
            entry.pop("training.learning_rate", None)
    wrong = {
        "unknown": ("training.epohcs", 3),
        "unfit": ("network.layer_dims", [0]),
        "outside": ("training.learning_rate", 0.5),
    }
    key, value = wrong[kind]
    entries.append({key: value})
    return "enqueue", str(len(entries) - 1), key


WAYS: tuple[Callable[[Any, Document], Path | None], ...] = (
    *(_misfit, _misfit, _stranger, _misnamed, _idle, _against, _badly_enqueued),
)
