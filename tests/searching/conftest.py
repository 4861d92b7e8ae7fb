"""Searches from Python, in a folder of their own."""

import numpy as np
import pytest

import hpsearch


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, with no runs in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    return tmp_path


@pytest.fixture
def rows():
    """Two classes of points that a line tells apart, (40, 3)."""
    x = np.random.default_rng(0).normal(size=(40, 3))
    return x, np.where(x[:, 0] + x[:, 1] > 0, "yes", "no")


@pytest.fixture
def quick():
    """A search that takes no longer than its process needs to start."""

    def run(*args, **more):
        return hpsearch.search(*args, **{"trials": 3, "workers": 1, **more})

    return run


SPACE = {
    "study": {"seed": 3},
    "data": {"validation": 0.3},
    "network": {"layer_dims": {"depth": [1, 2], "width": [4, 8]}},
    "training": {"epochs": 4, "learning_rate": {"float": [0.001, 0.1], "log": True}},
}
