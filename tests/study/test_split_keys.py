"""The keys by which rows are split and weighed: what they may be, and that they give meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.errors import StudyFileError
from hpsearch.study import studyfile

DATA = '[data]\npath = "visits.csv"\ntarget = "ill"\n'


def parse(extra: str = "") -> studyfile.StudyFile:
    return studyfile.parse(DATA + extra, Path("visits.toml"))


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ('group = "ill"', "data.group: 'ill' is the target too; name another column."),
        ('order = "ill"', "data.order: 'ill' is the target too; name another column."),
        ('group = "a"\norder = "b"', 'data.order: stands beside group = "a"; one decides'),
        ("group = 3", "data.group: 3 does not fit; write a column"),
        ('class_weight = "even"', "there is no class weight called 'even'. Known: none, balanced."),
    ],
)
def test_a_mistake_says_where_and_how(extra: str, said: str) -> None:
    with pytest.raises(StudyFileError) as caught:
        parse(extra)
    assert said in str(caught.value)


@pytest.mark.parametrize("line", ['group = "a"', 'order = "a"', 'class_weight = "balanced"'])
def test_another_split_or_weight_gives_trials_another_meaning(line: str) -> None:
    key, _, value = line.partition(" = ")
    (told,) = studyfile.differences(parse().meaning(), parse(line).meaning())
    assert told.startswith(f"data.{key}: ")
    assert told.endswith(f"→ {value}")
