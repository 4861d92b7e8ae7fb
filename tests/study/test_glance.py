"""What the engine sees of a study at a glance is what it finds when it reads the file whole."""

from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given

from hpsearch.study import studyfile
from hpsearch.study.glance import glance
from tests.study import drawn, written
from tests.study.test_drawn_studies import steady

STUDIES = sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))
SEEN = ("name", "backend", "workers", "max_workers", "nice")


def seen(options):
    return {key: value for key, value in asdict(options).items() if key in SEEN}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("seen") / "seen.toml"


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.stem)
def test_of_every_study_that_ships(study):
    given = {"study.workers": 3, "study.name": "other"}
    for values in ({}, given):
        assert seen(glance(study, values)) == seen(studyfile.read(study, values).study)


@steady
@given(written.files(drawn.documents()))
def test_of_any_sound_study(path, made):
    path.write_text(made.text, encoding="utf-8")
    if options := glance(path, {}):
        assert seen(options) == seen(studyfile.read(path).study)


@pytest.mark.parametrize(
    "text",
    [
        *("[study", "study = 1", "[study]\nworkers = 0", "[study]\nworkers = true"),
        *("[study]\nnice = 20", '[study]\nmax_workers = "2"', "[study]\nname = 1"),
        *('[study]\nname = "a/b"', '[study]\nbackend = "dask"', '[study]\nbackend = "loki"'),
    ],
)
def test_what_is_not_as_it_mostly_is_must_be_read_whole(path, text):
    path.write_text(text)
    assert glance(path, {}) is None
    assert glance(path.with_name("none.toml"), {}) is None


def test_a_value_as_it_was_typed_must_be_read_whole(path):
    path.write_text("")
    assert glance(path, {"study.workers": "3"}) is None
