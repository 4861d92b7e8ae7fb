"""A searcher asked for trials of a made-up space, until there are no more."""

import json
from contextlib import suppress

from hpsearch.engine.searcher import Searcher, SpaceExhausted
from hpsearch.study.space import parameters
from tests.engine.made_up import study

FEATURES, OUTPUTS = 8, 3


def size(config):
    return parameters(config["network.layer_dims"], FEATURES, OUTPUTS)


def key(params):
    return json.dumps(dict(sorted(params.items())))


def searching(space, limit=None, sampler="random", **options):
    fixed = {} if limit is None else {"network.max_parameters": limit}
    of = study(space=space, fixed=fixed, sampler=sampler, **options)
    return Searcher(of, "minimize", size)


def all_of(search):
    """Every trial until the space is exhausted."""
    asked = []
    with suppress(SpaceExhausted):
        while len(asked) < 999:
            asked.append(search.ask())
            search.tell(asked[-1].number, "complete", 1.0)
    return asked
