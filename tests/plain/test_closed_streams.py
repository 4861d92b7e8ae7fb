"""Commands whose standard streams were closed by whoever started them."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_mistake_and_no_file_takes_its_number(tmp_path, closed):
    words = f'"{sys.executable}" -m hpsearch ls --runs "{tmp_path}" {closed}'
    done = subprocess.run(["sh", "-c", words], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    assert ("No runs" in done.stdout) == (closed == "2>&-")
