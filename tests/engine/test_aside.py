"""Files that are there whole or not at all."""

import pytest

from hpsearch.engine.aside import write_aside
from hpsearch.errors import RunError


def test_a_file_is_written_into_a_folder_that_is_made_for_it(tmp_path):
    write_aside(tmp_path / "models" / "a", b"one")
    write_aside(tmp_path / "models" / "a", b"two")
    assert [path.read_bytes() for path in (tmp_path / "models").iterdir()] == [b"two"]


def test_a_run_that_was_deleted_is_not_made_again(tmp_path):
    with pytest.raises(RunError, match="cannot be written"):
        write_aside(tmp_path / "run" / "checkpoints" / "a", b"one")
    assert not any(tmp_path.iterdir())
