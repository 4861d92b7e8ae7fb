"""The examples in docstrings do what they say."""

import doctest
import importlib
import pkgutil

import pytest

import hpsearch
import nncore


def modules():
    for package in (hpsearch, nncore):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield found.name


@pytest.mark.parametrize("name", list(modules()))
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
