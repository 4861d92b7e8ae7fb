"""`--help` says of each option what stands behind it in words, and not in a library's types."""

import re

import pytest
from typer.testing import CliRunner

from hpsearch.cli import MODULES
from hpsearch.cli.every import app


@pytest.mark.parametrize("command", MODULES)
def test_what_an_option_takes_is_named_and_not_its_type(command):
    said = CliRunner().invoke(app, [command, "--help"]).output
    assert f"Usage: hpsearch {command}" in said
    assert not re.findall(r"<(?:str|path|int|float)[^>]*>", said)
    (usage,) = re.findall(r"Usage: hpsearch [a-z]+ \[OPTIONS\](.*)", said)
    assert usage == usage.upper()
    assert max(map(len, said.splitlines())) <= 80


def test_each_command_fits_its_line_in_the_list_of_all():
    said = CliRunner().invoke(app, ["--help"]).output
    assert all(name in said for name in MODULES)
    assert not re.findall(r"[a-z,]\.\.\.$", said, re.MULTILINE)
