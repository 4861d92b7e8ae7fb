"""What is tried holds for any space: in range, within the limit, never twice, and all of it."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hpsearch.engine.candidates import Candidates
from hpsearch.engine.grid import Endless, grid
from hpsearch.engine.searcher import SpaceExhausted
from hpsearch.study.bounding import bounded, narrowed
from hpsearch.study.space import (
    Choice,
    Float,
    Int,
    Layers,
    applies,
    contains,
    nearest,
    parameters,
)
from tests.engine.asking import FEATURES, OUTPUTS, all_of, key, searching, size
from tests.engine.made_up import whole_study

shapes = st.sampled_from(["free", "funnel", "constant"])


@st.composite
def layers(draw, deepest=4, widest=300):
    depth = tuple(sorted(draw(st.tuples(st.integers(1, deepest), st.integers(1, deepest)))))
    width = tuple(sorted(draw(st.tuples(st.integers(1, widest), st.integers(1, widest)))))
    assume(depth[0] < depth[1] or width[0] < width[1])
    return Layers(depth, width, draw(st.booleans()), draw(shapes))


lists = st.lists(st.integers(1, 60), min_size=1, max_size=4).map(tuple)
lists_of_layers = st.lists(lists, min_size=2, max_size=5, unique=True).map(tuple).map(Choice)
any_layers = st.one_of(layers(), lists_of_layers)


@st.composite
def spaces(draw, of_layers=any_layers):
    """Layers, and some of everything else; each after what it depends on."""
    steps = draw(st.integers(1, 5))
    rest = {
        "training.optimizer": Choice(("gd", "momentum", "adam")),
        "training.beta1": Float(0.8, 0.8 + 0.03 * steps, False, 0.03),
        "training.beta2": Float(0.9, 0.99),
        "training.learning_rate": Float(1e-4, 1e-1, log=True),
        "training.mini_batch_size": Int(16, 16 * steps + 16, False, 16),
    }
    kept = draw(st.sets(st.sampled_from(sorted(rest))))
    space = {name: rest[name] for name in rest if name in kept}
    return {**space, "network.layer_dims": draw(of_layers)}


def limit_of(space, share):
    """A limit between the smallest network and a middling one."""
    range_ = space["network.layer_dims"]
    if isinstance(range_, Choice):
        sizes = sorted(parameters(dims, FEATURES, OUTPUTS) for dims in range_.options)
        return sizes[int(share * (len(sizes) - 1))]
    small = parameters((range_.width[0],) * range_.depth[0], FEATURES, OUTPUTS)
    large = parameters((range_.width[1],) * range_.depth[1], FEATURES, OUTPUTS)
    return small + int((large - small) * share**3)


@settings(max_examples=40, deadline=None)
@given(spaces(), st.floats(0, 1), st.integers(0, 99), st.sampled_from(["random", "tpe", "qmc"]))
def test_whatever_is_drawn_is_in_its_range_within_the_limit_and_new(space, share, seed, sampler):
    limit = limit_of(space, share)
    search = searching(space, limit, sampler, seed=seed)
    keys = set()
    for _ in range(12):
        try:
            trial = search.ask()
        except SpaceExhausted:
            break
        assert size(trial.params) <= limit
        assert {n for n in space if applies(n, trial.params)} == set(trial.params)
        assert all(contains(space[name], value) for name, value in trial.params.items())
        keys.add(key(trial.params))
        search.tell(trial.number, "complete", float(size(trial.params)))
    assert len(keys) == trial.number + 1


small = layers(deepest=2, widest=4)


@settings(max_examples=25, deadline=None)
@given(spaces(small), st.floats(0, 1), st.sampled_from(["grid", "random"]), st.booleans())
def test_a_space_that_has_an_end_is_run_to_it_and_no_further(space, share, sampler, first):
    for name in ("training.beta2", "training.learning_rate"):
        space.pop(name, None)
    limit = limit_of(space, share)
    points = grid(space, {"training.epochs": 20})
    assume(len(points) < 80)
    fitting = {key(point) for point in points if size(point) <= limit}
    asked = all_of(searching(space, limit, sampler, defaults_first=first))
    assert [trial.number for trial in asked] == list(range(len(fitting)))
    assert {key(trial.params) for trial in asked} == fitting


@given(any_layers, st.floats(0, 1))
def test_what_is_cut_off_a_range_could_never_fit(range_, share):
    limit = limit_of({"network.layer_dims": range_}, share)

    def fits(dims):
        return parameters(dims, FEATURES, OUTPUTS) <= limit

    rest = bounded(range_, fits)
    if isinstance(range_, Choice):
        assert rest.options == tuple(dims for dims in range_.options if fits(dims))
        return
    narrow, wide = range_.width
    depths = list(range(range_.depth[0], range_.depth[1] + 1))
    assert rest.depth == (depths[0], max(depth for depth in depths if fits((narrow,) * depth)))
    one_wider = [
        (narrow,) * place + (rest.width[1] + 1,) + (narrow,) * (depth - place - 1)
        for depth in depths
        for place in range(depth)
    ]
    assert rest.width[1] == wide or not any(map(fits, one_wider)) or range_.shape != "free"


@given(any_layers, lists, st.floats(0, 1))
def test_narrowed_layers_fit_and_stay_in_the_range(range_, dims, share):
    limit = limit_of({"network.layer_dims": range_}, share)

    def fits(dims):
        return parameters(dims, FEATURES, OUTPUTS) <= limit

    given_ = nearest(range_, dims)
    found = narrowed(range_, given_, fits)
    assert found is not None
    assert fits(found)
    assert contains(range_, found)
    if fits(given_) and isinstance(range_, Layers):
        assert found == given_


def test_a_limit_far_below_the_space_still_leaves_a_search():
    space = {
        "training.learning_rate": Float(1e-4, 1e-1, log=True),
        "network.layer_dims": Layers((1, 4), (4, 4096)),
    }
    search = searching(space, 2000, "random")
    sizes = [size(search.ask().params) for _ in range(40)]
    assert max(sizes) <= 2000
    assert min(sizes) < 1000  # not all at the limit
    assert len(set(sizes)) > 20


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_layers_that_hardly_ever_fit_together_are_narrowed(sampler):
    space = {"network.layer_dims": Layers((4, 4), (1, 4096))}
    search = searching(space, 2000, sampler, defaults_first=False)
    asked = [search.ask().params for _ in range(10)]
    sizes = [size(params) for params in asked]
    assert max(sizes) <= 2000
    # What was narrowed is what the sampler is shown.
    told = search.memory(9)["params"]
    widths = [told[f"network.layer_dims.{layer}"] for layer in range(4)]
    assert tuple(widths) == asked[9]["network.layer_dims"]


def test_the_defaults_are_narrowed_to_the_limit():
    space = {"network.layer_dims": Layers((1, 2), (4, 128)), "training.beta2": Float(0.9, 0.99)}
    first = searching(space, 300).ask().params["network.layer_dims"]
    assert len(first) == 1
    assert 250 < parameters(first, FEATURES, OUTPUTS) <= 300


@pytest.mark.parametrize("kind", ["sobol", "halton"])
def test_qmc_spreads_evenly_over_every_range_also_over_those_that_seldom_take_effect(kind):
    space = {
        "training.optimizer": Choice(("gd", "adam")),
        "training.learning_rate": Float(1e-4, 1e-1, log=True),
        "training.beta2": Float(0.9, 0.99),
    }
    options = {"qmc_type": kind}
    search = searching(space, None, "qmc", defaults_first=False, sampler_options=options)
    asked = [search.ask().params for _ in range(64)]
    rates = sorted(math.log10(params["training.learning_rate"]) for params in asked)
    assert max(b - a for a, b in pairwise(rates)) < 3 / 16  # at random about three times as far
    assert 28 <= sum(params["training.optimizer"] == "gd" for params in asked) <= 36
    betas = sorted(params["training.beta2"] for params in asked if "training.beta2" in params)
    assert max(b - a for a, b in pairwise(betas)) < 0.09 / 6


def test_no_limit_leaves_the_space_as_it_is():
    of = whole_study("layer_dims = { depth = [1, 3], width = [16, 256] }")
    assert Candidates(of, size).space == of.space


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_every_step_of_a_float_range_is_reached_and_the_last_is_the_end(sampler):
    space = {"training.learning_rate": Float(0.1, 0.8, step=0.7 / 3)}
    search = searching(space, sampler=sampler, defaults_first=False)
    asked = []
    for _ in range(4):
        trial = search.ask()
        asked.append(trial.params["training.learning_rate"])
        search.tell(trial.number, "complete", 1.0)
    assert sorted(asked) == [0.1, 0.1 + 0.7 / 3, 0.1 + 2 * (0.7 / 3), 0.8]


def test_a_grid_without_an_end_is_refused_when_it_is_made():
    with pytest.raises(Endless, match=r"training\.beta2: a grid needs a choice"):
        searching({"training.beta2": Float(0.9, 0.99)}, sampler="grid")
    with pytest.raises(Endless, match="too many layer lists for a grid"):
        searching({"network.layer_dims": Layers((1, 3), (1, 400))}, sampler="grid")
    many = {f"training.x{i}": Int(1, 20) for i in range(5)}
    with pytest.raises(Endless, match="the grid has more than 100,000 points"):
        grid(many, {})


def test_a_constant_shape_is_countable_however_wide():
    space = {"network.layer_dims": Layers((1, 3), (1, 400), shape="constant")}
    assert len(grid(space, {})) == 1200
