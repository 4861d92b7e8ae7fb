"""A trial as a study file without ranges: what `retrain` takes, and `run` can run again.

The file is the study's own, with a value in place of each range and every default written out, so
that it means the same to a later version. What described the search (budgets, sampler, pruner,
first tries, and comments beside what was searched) goes.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Comment, InlineTable, Item, Table, Whitespace

from hpsearch.errors import RunError
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study import studyfile
from hpsearch.study.space import Config
from hpsearch.study.studyfile import StudyFile

_LONGEST_NAME = 48
"""Letters of a study's name that its trials' own studies keep; 64 is as long as names may be."""

_TOLD = {
    "training.seed": "of weights, shuffles and masks",
    "training.epochs": "its best epoch",
    "training.schedule_epochs": "as planned: the learning rate falls as it did",
    "training.early_stopping": "the best epoch is known",
    "data.split_seed": "decides the test rows",
    "data.fingerprint": "of cells and split, as the trial saw them",
}
"""Comments for values that the search found out."""


@dataclass(frozen=True)
class Exported:
    """A trial written out."""

    text: str
    """The study file."""
    name: str
    """Of the study that it is."""


def configuration(facts: StudyFacts, trial: TrialRecord, folder: Path, file: str) -> Exported:
    """The study file of one trial.

    Args:
        trial: one with a best epoch.
        folder: where the file will lie; a path to data is written as seen from there.
        file: what the file will be called, for the commands in its heading.

    Raises:
        RunError: the run does not say what its data was like.
    """
    study = as_it_was(facts)
    name = f"{facts.name[:_LONGEST_NAME]}-trial-{trial.number}"
    written = _tables(tomlkit.parse(facts.toml))
    values = {
        "data": _data(facts, study, trial, folder),
        **_configured(facts, study, trial),
    }
    lines = [
        *_heading(facts, trial, name, file),
        "",
        "[study]",
        f"name = {_shown(name)}",
        f"metric = {_shown(facts.metric)}",
        "trials = 1",
    ]
    for table, wanted in values.items():
        lines += ["", f"[{table}]", *_rewritten(table, written.get(table), wanted)]
    return Exported("\n".join(lines) + "\n", name)


def as_it_was(facts: StudyFacts) -> StudyFile:
    """The study with the values of its command line, and settled: what its trials meant."""
    path = Path(facts.path).absolute()
    meant = {key: value for key, value in facts.meaning.items() if key != "data.fingerprint"}
    if isinstance(place := meant.get("data.path"), str):
        meant["data.path"] = os.path.normpath(path.parent / place)
    if isinstance(hidden := meant.get("network.layer_dims"), list):
        meant["network.layer_dims"] = _unmistakable(hidden, *ends(facts))
    study = studyfile.parse(facts.toml, path, meant)
    return study.settle(facts.task, *ends(facts))  # type: ignore[arg-type]  # a task, as stored


def ends(facts: StudyFacts) -> tuple[int, int]:
    features, outputs = facts.data.get("features"), facts.data.get("outputs")
    if not isinstance(features, int) or not isinstance(outputs, int):
        raise RunError(
            f"The run of {facts.name} does not say what its data was like, so its trials cannot be "
            "written out; run it again for one more trial, which notes it."
        )
    return features, outputs


def _data(facts: StudyFacts, study: StudyFile, trial: TrialRecord, folder: Path) -> dict[str, Any]:
    """The [data] table: all that decides which rows are which; what `auto` chose is written."""
    values = {
        key.partition(".")[2]: value
        for key, value in facts.meaning.items()
        if key.startswith("data.") and key != "data.path"
    }
    if study.data.path is not None:
        values = {"path": _path(facts, study.data.path, folder), **values}
    return {
        **values,
        "task": facts.task,
        "split_seed": study.data.split_seed,
        "test": study.data.test,
        "normalize": study.config(trial.params)["data.normalize"],
        "fingerprint": facts.data.get("fingerprint"),
    }


def _path(facts: StudyFacts, path: Path, folder: Path) -> str:
    """The data's path as seen from a folder; one that was written absolute stays so."""
    written = tomlkit.parse(facts.toml).unwrap().get("data", {}).get("path", "")
    if Path(written).is_absolute() and Path(os.path.normpath(written)) == path:
        return written
    return Path(os.path.relpath(path, folder.absolute())).as_posix()


def _configured(
    facts: StudyFacts, study: StudyFile, trial: TrialRecord
) -> dict[str, dict[str, Any]]:
    """The [network] and [training] tables: what took effect in the trial, and nothing else."""
    config = dict(study.config(trial.params))
    planned = config.get("training.schedule_epochs", config["training.epochs"])
    if not config["network.layer_dims"]:
        config = _without_dropout(config)  # there was no layer for it
    if config.get("training.decay_interval", 0) >= planned:  # type: ignore[operator]  # both whole
        del config["training.decay_interval"]  # the default: one epoch in all has no step
    config |= {
        "training.seed": trial.seed,
        "training.epochs": trial.best_epoch or planned,
        "training.schedule_epochs": planned,
        "training.early_stopping": 0,
    }
    tables: dict[str, dict[str, Any]] = {"network": {}, "training": {}}
    for full, value in config.items():
        table, _, key = full.partition(".")
        if table in tables:
            tables[table][key] = list(value) if isinstance(value, tuple) else value
    tables["network"]["layer_dims"] = _unmistakable(tables["network"]["layer_dims"], *ends(facts))
    return tables


def _unmistakable(hidden: list[int], features: int, outputs: int) -> Any:
    """Hidden layers as a study file takes them: not as a list that could be the whole network."""
    if len(hidden) > 1 and (hidden[0], hidden[-1]) == (features, outputs):
        return {"all": [features, *hidden, outputs]}
    return hidden


def _without_dropout(config: Config) -> dict[str, Any]:
    kept = {name: value for name, value in config.items() if name != "training.keep_prob"}
    bare = {"dropout": "none", "both": "l2"}
    kept["training.regularization"] = bare.get(
        str(kept["training.regularization"]), kept["training.regularization"]
    )
    return kept


def _heading(facts: StudyFacts, trial: TrialRecord, name: str, file: str) -> Iterator[str]:
    figures = ", ".join(
        f"{key} {value:.6g}" for key, value in trial.figures.items() if value is not None
    )
    yield f"# Trial {trial.number} of the study {facts.name}, written by `hpsearch export`."
    yield f"# At epoch {trial.best_epoch} of {trial.planned} planned: {figures}"
    if judged := _judged(facts):
        yield f"# These are means over {judged}."
    if trial.state != "complete":
        yield f"# It was {trial.state} after epoch {trial.epochs}: more epochs might be better."
    shown = shlex.quote(file if file.isprintable() else "best.toml")
    yield f"#   hpsearch retrain {shown} -o {name}"
    yield "# trains it on all rows but the test rows, and measures it on these."


def _judged(facts: StudyFacts) -> str:
    """Of which networks the figures are means; empty where it was one."""
    folds, repeats = facts.meaning.get("data.folds"), facts.meaning.get("data.repeats")
    if folds:
        return f"{folds} folds, each judged by a network that did not learn from it"
    return f"{repeats} networks with seeds of their own" if repeats else ""


def _tables(document: tomlkit.TOMLDocument) -> dict[str, Table | InlineTable]:
    """The tables as they were written; one in scattered pieces is written anew."""
    return {
        str(name): found
        for name, found in document.items()
        if isinstance(found, (Table, InlineTable))
    }


def _rewritten(
    table: str, written: Table | InlineTable | None, wanted: Mapping[str, Any]
) -> Iterator[str]:
    """The lines of a table: keys in the file's order with its comments, then those it left out.

    A comment goes with the key that it stands above or behind, where that has another value now.
    In [data] nothing was searched, so what stands alone there still holds.
    """
    left = dict(wanted)
    above: list[str] = []
    apart = False  # from the last key, by an empty line
    for key, item in written.value.body if written is not None else ():
        if key is None:
            above += _comment(item, wanted)
            if isinstance(item, Whitespace) and "\n" in item.s:
                yield from above if table == "data" else ()
                above, apart = [], True
            continue
        if key.key in left:
            value, told = left.pop(key.key), _told(table, key.key)
            if _same(item, value):
                yield from above
                yield _line(key.key, item.as_string().strip(), told or item.trivia.comment)
            else:
                yield _line(key.key, _shown(value), told)
        above, apart = [], False
    if table == "data" and not apart:  # else they stand above the next table
        yield from above
    for key, value in left.items():
        yield _line(key, _shown(value), _told(table, key))


def _comment(item: Item, wanted: Mapping[str, Any]) -> list[str]:
    """What it says, unless that is a key, commented out, that now stands in the file."""
    text = item.as_string().strip() if isinstance(item, Comment) else ""
    assigned = re.match(r"#\s*(\w+)\s*=", text)
    return [] if not text or (assigned and assigned[1] in wanted) else [text]


def _same(item: Item, value: object) -> bool:
    """Whether a key already says so; a name alone is a list of one."""
    said = item.unwrap()
    return isinstance(said, bool) == isinstance(value, bool) and (said == value or [said] == value)


def _line(key: str, value: str, comment: str) -> str:
    return f"{key} = {value}" + (f"  {comment}" if comment else "")


def _told(table: str, key: str) -> str:
    told = _TOLD.get(f"{table}.{key}")
    return f"# {told}" if told else ""


def _shown(value: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key} = {_shown(one)}" for key, one in value.items())
        return f"{{ {inside} }}"
    return tomlkit.item(value).as_string()
