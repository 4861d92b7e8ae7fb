"""What holds of every study file that reads: it is told, kept, read again, and can be trained."""

from __future__ import annotations

import json

from hpsearch.engine.soundness import hold_options
from hpsearch.errors import StudyFileError
from hpsearch.plain.check import study_text
from hpsearch.study import studyfile
from hpsearch.study.recipe import OUTPUTS, Shape, cook, network_parameters
from hpsearch.study.space import Choice, Layers, contains, range_to_json
from hpsearch.study.studyfile import StudyFile

_LARGE = 100_000_000
"""Parameters of a network that is not described in tests any more."""


def hold(study: StudyFile) -> None:
    """Go with a study file where `hpsearch check` and `run` go, but for its data."""
    _told(study)
    _kept(study)
    _within(study)
    for task in OUTPUTS:
        outputs = 3 if task in ("multiclass", "multilabel") else 1
        try:
            settled = study.settle(task, 5, outputs)
        except StudyFileError as error:
            _said(error, study)
            continue
        shape = Shape(5, outputs, task)
        assert settled.meaning() == study.meaning()
        for params in (settled.defaults(), *settled.enqueue):
            config = settled.config({**settled.defaults(), **params})
            if network_parameters(config, shape) < _LARGE:
                cook(config, shape)


def same(one: StudyFile, other: StudyFile) -> None:
    """Hold that two files mean the same, in every part."""
    for part in ("study", "data", "space", "fixed", "enqueue", "whole"):
        assert getattr(one, part) == getattr(other, part), part
    assert list(one.space) == list(other.space)
    assert one.meaning() == other.meaning()


def _told(study: StudyFile) -> None:
    for line in study_text(study):
        assert line.isprintable(), line
    try:
        hold_options(study)
    except StudyFileError as error:
        _said(error, study)


def _said(error: StudyFileError, study: StudyFile) -> None:
    for line in str(error).splitlines():
        assert line.startswith((f"{study._places.file}:", "--set ")), line
        assert line.isprintable(), line


def _kept(study: StudyFile) -> None:
    """The run folder keeps its text, and its meaning and space as JSON."""
    again = studyfile.parse(study.resolved(), study.path)
    same(again, study)
    told = json.loads(json.dumps(study.meaning(), allow_nan=False))
    assert studyfile.differences(told, again.meaning()) == []
    for name, range_ in study.space.items():
        kind = studyfile.schema.kind_of(name)
        written = json.loads(json.dumps(range_to_json(range_), allow_nan=False))
        assert kind.read(written) == range_


def _within(study: StudyFile) -> None:
    for params in (study.defaults(), *study.enqueue):
        assert all(contains(study.space[name], value) for name, value in params.items())
    layers = study.space.get("network.layer_dims")
    assert layers is None or isinstance(layers, Choice | Layers)
