"""The JSON Schema: it knows every key, and refuses nothing that the file's reader accepts."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import hpsearch.cli  # noqa: F401  # adds the command
from hpsearch.cli.every import app
from hpsearch.study import schema
from hpsearch.study.descriptions import DESCRIPTIONS
from hpsearch.study.jsonschema import json_schema
from hpsearch.study.kinds import Wrong

jsonschema = pytest.importorskip("jsonschema")

STUDIES = sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))
CHECK = jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_sound_schema_and_the_command_prints_it():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    printed = CliRunner().invoke(app, ["schema"], catch_exceptions=False).stdout
    assert json.loads(printed) == json.loads(json.dumps(json_schema()))


def test_every_key_is_in_it_and_says_something():
    tables = json_schema()["properties"]
    for name in schema.names():
        table, _, key = name.partition(".")
        assert tables[table]["properties"][key]["description"]
    assert set(DESCRIPTIONS) <= {*schema.names(), *schema.TABLES, "enqueue"}


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_shipped_study_fits(path):
    CHECK.validate(tomllib.loads(path.read_text(encoding="utf-8")))


def test_the_study_in_the_readme_fits():
    readme = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
    for text in re.findall(r"```toml\n(.*?)```", readme, re.DOTALL):
        CHECK.validate(tomllib.loads(text))


DATA = {"source": "sklearn:iris"}


@pytest.mark.parametrize(
    "study",
    [
        {},
        {"data": DATA, "trainig": {}},
        {"data": DATA, "training": {"learnign_rate": 0.1}},
        {"data": DATA, "training": {"learning_rate": "fast"}},
        {"data": DATA, "training": {"learning_rate": {"flaot": [0.1, 0.2]}}},
        {"data": DATA, "training": {"learning_rate": {"float": [0.1]}}},
        {"data": DATA, "training": {"optimizer": "adm"}},
        {"data": DATA, "training": {"epochs": 0}},
        {"data": DATA, "training": {"epochs": True}},
        {"data": DATA, "network": {"layer_dims": {"depth": [1, 3]}}},
        {"data": {**DATA, "test": 1.0}},
        {"data": DATA, "study": {"name": "a/b"}},
        {"data": DATA, "study": {"trials": {"int": [1, 3]}}},
    ],
)
def test_a_mistake_is_refused(study):
    assert not CHECK.is_valid(study)


NUMBERS = st.integers(-2, 70) | st.floats(-1, 2) | st.sampled_from([1e-4, 0.1, 16, 256])
WORDS = st.sampled_from(
    [
        *("auto", "none", "adam", "gd", "relu", "tanh", "he_normal", "both", "cosine", "balanced"),
        *("best:10", "all", "30m", "1h30m", "val_cost", "tpe", "median", "loky", "standard"),
        *("a", ",", "utf-8", "sklearn:iris", "binary", "0123456789abcdef", "mse", "houses.csv"),
    ]
)
PLAIN = NUMBERS | WORDS | st.booleans() | st.lists(NUMBERS | WORDS, max_size=4)
RANGES = st.one_of(
    st.fixed_dictionaries(
        {"float": st.lists(NUMBERS, min_size=2, max_size=2)},
        optional={"log": st.booleans(), "step": NUMBERS},
    ),
    st.fixed_dictionaries(
        {"int": st.lists(st.integers(1, 99), min_size=2, max_size=2)},
        optional={"log": st.booleans(), "step": st.integers(1, 3)},
    ),
    st.fixed_dictionaries({"choice": st.lists(PLAIN, min_size=1, max_size=3)}),
    st.fixed_dictionaries(
        {
            "depth": st.lists(st.integers(1, 4), min_size=2, max_size=2),
            "width": st.lists(st.integers(1, 99), min_size=2, max_size=2),
        },
        optional={"log": st.booleans(), "shape": st.sampled_from(["free", "funnel", "odd"])},
    ),
    st.fixed_dictionaries({"all": st.lists(st.integers(1, 99), max_size=4)}),
    st.dictionaries(WORDS, NUMBERS, max_size=2),
)


@pytest.mark.parametrize("name", schema.names())
@settings(max_examples=50)
@given(value=PLAIN | RANGES)
def test_what_the_reader_accepts_fits(name, value):
    try:
        schema.kind_of(name).read(value)
    except Wrong:
        return
    table, _, key = name.partition(".")
    errors = list(CHECK.iter_errors({"data": {}, table: {key: value}}))
    assert not errors, errors[0].message
