"""Made-up studies on a stage."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.dashboard.theatre import Stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("NO_COLOR", "SSH_CONNECTION", "TEXTUAL_THEME", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # where copies of trials are left
    time.tzset()
    stage = Stage(tmp_path / "runs" / "digits")
    yield stage
    stage.close()
    monkeypatch.undo()
    time.tzset()
