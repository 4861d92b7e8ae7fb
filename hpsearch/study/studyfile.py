"""study.toml, read and checked: the only door through which a study file comes in.

    text ─places─▶ tables ─tables─▶ Draft ─checks─▶ StudyFile

Every mistake of a file is said at once, with its line. What only the data can tell (what the task
is, how wide the input) is asked later, by `StudyFile.settle`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hpsearch.errors import StudyFileError
from hpsearch.study import assembly, enqueue, families, places, schema, settling, space, tables
from hpsearch.study.checks import contradictions, idle
from hpsearch.study.defaults import default_space_toml
from hpsearch.study.kinds import Name, Wrong, shown
from hpsearch.study.mistakes import Mistakes, Places
from hpsearch.study.options import DataOptions, StudyOptions, Task
from hpsearch.study.ranges import WholeNetwork
from hpsearch.study.rewriting import Rewrite
from hpsearch.study.space import Config, Params, Range, Space, Value, applies, nearest


@dataclass(frozen=True)
class StudyFile:
    """A study as its author means it."""

    path: Path
    """Where the file is; paths in it are relative to its folder."""
    text: str
    """The file as it stands, comments and all."""
    study: StudyOptions
    data: DataOptions
    space: Space
    """Every range, each after the choice it depends on, whatever the order in the file."""
    fixed: Config
    """Everything else, defaults filled in; of what takes effect in some trial.

    Beside the keys of a configuration, `network.max_parameters` where it is written.
    """
    enqueue: tuple[Params, ...] = ()
    """What to try first; what an entry leaves out is the sampler's."""
    overrides: Mapping[str, object] = field(default_factory=dict)
    """Values of the command line, by full name, already in all of the above but `text`."""
    whole: WholeNetwork | None = None
    """Where `layer_dims` was written from input to output."""
    shape: tuple[int, int] = (1, 1)
    """Features and outputs, once settled."""
    _meaning: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _places: Places = field(default_factory=lambda: Places(Path()), repr=False)
    _rewrite: Rewrite = field(default_factory=Rewrite, repr=False)

    def config(self, params: Params) -> Config:
        """The whole configuration of a trial: only what takes effect, in the file's order."""
        drawn = {**self.fixed, **params}
        config = {
            name: drawn[name]
            for name in schema.names()
            if name in drawn and name != "network.max_parameters" and applies(name, drawn)
        }
        if applies("training.decay_interval", drawn):
            config.setdefault("training.decay_interval", assembly.interval(drawn))
        return config

    def defaults(self) -> Params:
        """What trial 0 tries: adam, 1e-3, one hidden layer of 100, each as near as its range is."""
        params: dict[str, Value] = {}
        for name, range_ in self.space.items():
            drawn = {**self.fixed, **params}
            if not applies(name, drawn):
                continue
            usual = schema.default(name)
            if usual is None:
                usual = assembly.interval(drawn) if name == "training.decay_interval" else 1.0
            params[name] = nearest(range_, usual)
        return params

    def largest(self) -> Config:
        """A configuration with the largest network that may be drawn."""
        _, large = space.corners(self._layers(), *self.shape, self.max_parameters)
        return self.config({**self.defaults(), "network.layer_dims": large})

    def _layers(self) -> Range | Value:
        name = "network.layer_dims"
        return self.space[name] if name in self.space else self.fixed[name]

    @property
    def max_parameters(self) -> int | None:
        """The most parameters a network may have."""
        limit = self.fixed.get("network.max_parameters")
        return limit if isinstance(limit, int) else None

    def meaning(self) -> dict[str, Any]:
        """What gives a trial its meaning, as JSON; the same before and after `settle`.

        Defaults count as if written. Budgets, workers, sampler, comments and order do not count.
        """
        return dict(self._meaning)

    def settle(self, task: Task, features: int, outputs: int) -> StudyFile:
        """The same study with what only the data can tell: the loss, and whether layers fit.

        Raises:
            StudyFileError: metric, loss or layers do not fit the data.
        """
        mistakes = Mistakes(self._places)
        layers = self.whole or self._layers()
        settling.hold_layers(layers, features, outputs, self.max_parameters, mistakes)
        settling.hold_metric(self.study.metric, task, mistakes)
        loss = self.space.get("training.loss", self.fixed.get("training.loss", "auto"))
        settled = settling.loss(loss, task, mistakes)
        mistakes.raise_if_any()
        fixed = {**self.fixed, **({"training.loss": settled} if isinstance(settled, str) else {})}
        return replace(self, fixed=fixed, shape=(features, outputs))

    def refuse(self, found: Iterable[tuple[str, str]]) -> None:
        """Say what was found wrong after reading, with the places of the keys.

        Raises:
            StudyFileError: there is something.
        """
        mistakes = Mistakes(self._places)
        for name, sentence in found:
            mistakes.add(tuple(name.split(".")), sentence)
        mistakes.raise_if_any()

    def resolved(self) -> str:
        """The text with the command line's values in it, and with the space that it left out.

        Read from the same folder it gives this study without any command line.
        """
        return self._rewrite(self.text, self.path.parent)


def read(path: Path, overrides: Mapping[str, object] | None = None) -> StudyFile:
    """Read a study file.

    Args:
        overrides: values by full name that win over the file's, as after `--set`.

    Raises:
        StudyFileError: what is wrong, where, and how to write it instead.
    """
    where = Places(path).file
    try:
        if not path.is_file():
            why = "is a folder" if path.is_dir() else "there is no such file"
            raise StudyFileError(f"{where}: {why}; name a study file such as study.toml.")
        with path.open("rb") as file:
            content = file.read(places.LARGEST + 1)
        if len(content) > places.LARGEST:
            raise StudyFileError(f"{where}: larger than 256 KiB; that is not a study file.")
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise StudyFileError(
            f"{where}:{line}: not UTF-8; save the file in that encoding."
        ) from None
    except (OSError, ValueError) as error:
        raise StudyFileError(f"{where}: cannot be read ({error}).") from None
    return parse(text, path, overrides)


def parse(text: str, path: Path, overrides: Mapping[str, object] | None = None) -> StudyFile:
    """Read the text of a study file; `path` is where it is, or would be.

    Raises:
        StudyFileError: what is wrong, where, and how to write it instead.
    """
    overrides = dict(overrides or {})
    where = Places(path, overrides=overrides)
    try:
        raw = places.load(text)
        where = Places(path, places.lines(text), overrides)
        return _parsed(text, raw, where)
    except places.Unreadable as error:
        at = f"{where.file}:{error.line}" if error.line else where.file
        raise StudyFileError(f"{at}: {error.sentence}") from None
    except RecursionError:
        raise StudyFileError(f"{where.file}: tables are nested too deeply.") from None


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What gives trials another meaning, one line a key: "training.epochs: 60 → 80"."""
    return [
        f"{name}: {_told(old, name)} → {_told(new, name)}"
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _told(meaning: Mapping[str, Any], name: str) -> str:
    return shown(meaning[name]) if meaning.get(name) is not None else "not set"


def _parsed(text: str, raw: dict[str, Any], where: Places) -> StudyFile:
    mistakes = Mistakes(where)
    _hold_to_tables(raw, mistakes)
    added = ""
    if "network" not in raw and "training" not in raw:
        task = raw["data"].get("task") if isinstance(raw.get("data"), dict) else None
        added = default_space_toml("regression" if task == "regression" else None)
        raw = {**raw, **places.load(added)}
    put = tables.override(raw, where.overrides, mistakes)
    draft = tables.read(raw, put, mistakes)
    for name, sentence in contradictions(draft):
        mistakes.add(name if "." in name else (name,), sentence)
    name = draft.values["study.name"] or _name_of(where.path, mistakes)
    ranges, fixed = assembly.split(draft)
    first = enqueue.read(raw.get("enqueue", []), draft, ranges, fixed, mistakes)
    mistakes.raise_if_any()
    idle_ = tuple(key for key in sorted(draft.written) if idle(draft, key))
    searched = put.keys() & set(schema.searchable())
    whole = draft.values["network.layer_dims"]
    return StudyFile(
        path=where.path,
        text=text,
        study=assembly.study_options(draft, name),
        data=assembly.data_options(draft, where.path),
        space=ranges,
        fixed=fixed,
        enqueue=first,
        overrides=where.overrides,
        whole=whole if isinstance(whole, WholeNetwork) else None,
        _meaning=assembly.meaning(draft, ranges, fixed, where.path),
        _places=where,
        _rewrite=Rewrite(added, put, idle_, first if first and searched else None),
    )


def _hold_to_tables(raw: Mapping[str, Any], mistakes: Mistakes) -> None:
    known = (*schema.TABLES, "enqueue")
    for key in [key for key in raw if key not in known][:20]:
        homes = [name for name in schema.names() if name.endswith(f".{key}")]
        if homes and not isinstance(raw[key], dict):
            table = homes[0].partition(".")[0]
            sentence = f"stands outside of the tables; put it under [{table}]."
            mistakes.add((key,), sentence)
        else:
            mistakes.add((key,), families.unknown("table", key, known), key="")
    if "data" not in raw:
        sentence = (
            'there is no [data] table; add one with path = "FILE" or source = "sklearn:digits".'
        )
        mistakes.add(("data",), sentence, key="")


def _name_of(path: Path, mistakes: Mistakes) -> str:
    """A study without a name has its file's."""
    try:
        return Name().read(path.stem)
    except Wrong:
        sentence = f"the file's name, {shown(path.stem)}, cannot be the study's; write a name."
        mistakes.add(("study", "name"), sentence)
        return "study"
