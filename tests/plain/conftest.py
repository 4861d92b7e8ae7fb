"""A made-up study that has begun."""

import pytest

from tests.view.madeup import BEGIN, MadeUp


@pytest.fixture
def made(tmp_path):
    made = MadeUp(tmp_path / "digits", beat=BEGIN)
    yield made
    made.close()
