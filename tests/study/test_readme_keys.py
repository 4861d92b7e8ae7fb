"""The README's table of keys is the schema's."""

import re
from pathlib import Path

from hpsearch.study import schema

README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^\| `([a-z_]+\.[a-z0-9_]+)` \| ([^|]*) \| ([^|]*) \|", re.MULTILINE)


def rows():
    return {key: (kind, default) for key, kind, default in ROW.findall(README.read_text("utf-8"))}


def test_every_key_stands_in_the_readme_and_no_other():
    assert list(rows()) == list(schema.names())


def test_the_readme_marks_what_may_be_a_range():
    marked = [key for key, (kind, _) in rows().items() if kind.endswith("*")]
    assert marked == list(schema.searchable())


def test_the_readme_tells_the_defaults():
    for key, (_, told) in rows().items():
        default = schema.default(key)
        if default is None:
            continue
        written = str(list(default)) if isinstance(default, tuple) else str(default)
        written = written.lower() if isinstance(default, bool) else written
        assert told == f"`{written}`", key
