"""What holds of every range and of every study file that can be written."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.study import schema, studyfile
from hpsearch.study.ranges import Searched
from hpsearch.study.space import (
    NEEDS,
    Choice,
    Float,
    Int,
    Layers,
    applies,
    contains,
    corners,
    nearest,
    parameters,
    range_to_json,
)
from nncore import optimizers, schedules
from tests.study.drawn import floats, ints, layers, shares, wholes

lists = st.lists(wholes, min_size=1, max_size=5).map(tuple)
choices_of_lists = st.lists(lists, min_size=2, max_size=4, unique=True).map(tuple).map(Choice)
anything = st.one_of(ints(), floats(), layers(), choices_of_lists)


@given(anything, st.one_of(wholes, shares, lists, st.just("adam"), st.just(True)))
def test_the_nearest_value_of_a_range_is_in_it(range_, value):
    found = nearest(range_, value)
    assert contains(range_, found)
    assert nearest(range_, found) == found


@given(layers(), st.integers(1, 50), st.integers(1, 12))
def test_the_corners_of_a_layers_range_bound_every_network(range_, features, outputs):
    small, large = corners(range_, features, outputs)
    size = parameters(nearest(range_, (30, 60, 20)), features, outputs)
    assert contains(range_, small)
    assert contains(range_, large)
    assert parameters(small, features, outputs) <= size <= parameters(large, features, outputs)


@given(layers(), st.integers(100, 100_000))
def test_the_largest_network_keeps_to_the_limit(range_, limit):
    small, large = corners(range_, 8, 3, limit)
    assert contains(range_, large)
    assert large == small or parameters(large, 8, 3) <= limit


def test_true_is_not_1():
    assert not contains(Int(0, 3), True)
    assert not contains(Choice((1, 2)), True)


def words(name):
    return st.sampled_from(schema.kind_of(name).inner.names())


def a_range_or_value(name):
    """What may stand at a searchable key."""
    inner = schema.kind_of(name).inner
    if name == "network.layer_dims":
        return st.one_of(layers(), choices_of_lists, lists)
    if name == "training.loss":
        return st.just("auto")
    if hasattr(inner, "names"):
        options = st.lists(words(name), min_size=2, max_size=4, unique=True)
        return st.one_of(options.map(tuple).map(Choice), words(name))
    if name == "training.decay_interval":
        return st.integers(1, 4)
    if name == "training.epochs":
        return st.one_of(st.integers(5, 90), st.just(Int(5, 50)))
    return (
        st.one_of(ints(), wholes)
        if hasattr(inner, "high") and is_whole(inner)
        else (st.one_of(floats(), shares))
    )


def test_a_key_is_for_those_of_a_family_that_have_it():
    families = {"training.optimizer": optimizers, "training.decay": schedules}
    searched = {name.partition(".")[2] for name in schema.searchable()}
    for chooser, family in families.items():
        have = {
            (one.name, name)
            for name in family
            for one in fields(family[name])
            if one.name in searched
        }
        said = {
            (name.partition(".")[2], one)
            for name, (by, those) in NEEDS.items()
            for one in those
            if by == chooser
        }
        assert said == have


def is_whole(inner):
    return isinstance(inner.high, int)


@st.composite
def tables(draw):
    """The tables of a study file in which everything written takes effect."""
    names = draw(st.lists(st.sampled_from(schema.searchable()), unique=True))
    chosen = {name: draw(a_range_or_value(name)) for name in names}

    def reachable(name):
        chooser, values = NEEDS[name]
        now = chosen.get(chooser, schema.default(chooser))
        return set(now.options if isinstance(now, Choice) else [now]) & set(values)

    kept = {n: v for n, v in chosen.items() if n not in NEEDS or reachable(n)}
    document = {"data": {"source": "sklearn:digits"}, "network": {}, "training": {}}
    for name, value in kept.items():
        table, _, key = name.partition(".")
        is_range = isinstance(value, (Int, Float, Choice, Layers))
        document[table][key] = range_to_json(value) if is_range else value
    return kept, document


def parsed(document, overrides=None):
    plain = json.loads(json.dumps(document))
    return studyfile.parse(tomlkit.dumps(plain), Path("s.toml"), overrides)


@given(tables())
def test_what_is_written_is_what_is_searched(made):
    written, document = made
    study = parsed(document)
    ranges = {n: v for n, v in written.items() if isinstance(v, (Int, Float, Choice, Layers))}
    assert dict(study.space) == ranges
    assert all(study.fixed[name] == v for name, v in written.items() if name not in ranges)


@given(tables())
def test_a_choice_stands_before_what_depends_on_it(made):
    names = list(parsed(made[1]).space)
    for name, (chooser, _) in NEEDS.items():
        if name in names and chooser in names:
            assert names.index(chooser) < names.index(name)


@given(tables())
def test_the_defaults_lie_in_the_space_and_hold_only_what_takes_effect(made):
    study = parsed(made[1])
    params = study.defaults()
    assert all(contains(study.space[name], value) for name, value in params.items())
    config = study.config(params)
    assert all(applies(name, config) for name in config)
    assert {name for name in study.space if applies(name, config)} == set(params)


@given(tables())
def test_a_configuration_written_out_reads_back_as_itself(made):
    study = parsed(made[1])
    config = study.config(study.defaults())
    document = {"data": {"source": "sklearn:digits"}, "network": {}, "training": {}}
    for name, value in config.items():
        table, _, key = name.partition(".")
        document[table][key] = value
    again = parsed(document)
    assert not again.space
    assert again.config({}) == config


@given(tables())
def test_meaning_survives_json_and_the_order_of_keys(made):
    study = parsed(made[1])
    document = {
        table: dict(reversed(list(keys.items()))) for table, keys in reversed(made[1].items())
    }
    kept = json.loads(json.dumps(study.meaning()))
    assert studyfile.differences(kept, parsed(document).meaning()) == []


@given(tables(), st.sampled_from(["gd", "adam"]))
def test_the_resolved_text_needs_no_command_line(made, optimizer):
    study = parsed(made[1], {"training.optimizer": optimizer, "study.trials": 7})
    again = studyfile.parse(study.resolved(), Path("s.toml"))
    assert again.meaning() == study.meaning()
    assert (again.space, again.fixed, again.study) == (study.space, study.fixed, study.study)


@pytest.mark.parametrize("name", schema.searchable())
def test_every_searchable_key_takes_a_range(name):
    kind = schema.kind_of(name)
    assert isinstance(kind, Searched)
    if name == "network.layer_dims":
        options = [[8], [4, 2]]
    elif hasattr(kind.inner, "names"):
        options = list(kind.inner.names()[:2])
    else:
        options = [1, 2] if is_whole(kind.inner) else [0.1, 0.2]
    assert isinstance(kind.read({"choice": options}), Choice)
