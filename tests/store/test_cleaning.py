"""hpsearch clean: what can be made again goes, and nothing else."""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app
from hpsearch.store.cleaning import litter
from hpsearch.store.folder import RunFolder
from hpsearch.store.writer import Store
from hpsearch.study.events import Trial
from hpsearch.system import Lock

STAYS = {
    "study.toml",
    "study.db",
    "logs/trial-00000.log",
    "checkpoints/trial-00001.safetensors",  # it waits
    "models/trial-00000.safetensors",
    "inbox/1.json",
    "models/mine.safetensors",
}
GOES = {
    "data/abc/x.npy": 1000,
    "data/abc/y.npy": 10,
    "tmp/joblib/scratch": 7,
    "checkpoints/trial-00000.safetensors": 500,
    "checkpoints/trial-00077.safetensors": 50,
    "checkpoints/trial-00001.new": 3,
    "models/trial-00003.new": 4,
    "study.new": 5,
    "inbox/.2.json": 6,
}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "runs" / "small"
    for name in [*STAYS, *GOES]:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        if name != "study.db":
            (path / name).write_bytes(b"x" * GOES.get(name, 9))
    store = Store(path / "study.db")
    store.set(name="small", metric="val_cost", direction="minimize", trials=2)
    for number in (0, 1):
        store.asked(Trial(number, {"training.learning_rate": 0.1}, 1), {}, 5, 9)
    store.finished(0, "complete", 0, 1.0, "", None)
    store.close()
    return RunFolder(path)


def run(folder, *options):
    return CliRunner().invoke(
        app, ["clean", "small", "--runs", str(folder.path.parent), *options], catch_exceptions=True
    )


def there(folder):
    inside = {str(p.relative_to(folder.path)) for p in folder.path.rglob("*") if p.is_file()}
    return {name for name in inside if not name.startswith(("study.db-", "lock"))}


def test_what_can_be_made_again_goes_and_the_rest_stays(folder):
    done = run(folder)
    assert done.exit_code == 0, done.output
    assert there(folder) == STAYS
    assert "1.0 kB  prepared data\n" in done.output
    assert " 7 B  scratch of workers\n" in done.output
    assert " 550 B  checkpoints of finished trials\n" in done.output
    assert " 18 B  half-written files\n" in done.output
    assert done.output.endswith(f"small: {sum(GOES.values()) / 1000:.1f} kB freed.\n")
    assert run(folder).output == "small: 0 B freed.\n"


def test_a_dry_run_says_the_same_and_touches_nothing(folder):
    before = there(folder)
    said = run(folder, "--dry-run").output
    assert "nothing is removed" in said
    assert there(folder) == before
    assert run(folder).output.splitlines()[:-1] == said.splitlines()[:-1]


def test_weights_go_where_they_are_asked_to(folder):
    assert " 9 B  weights of the best trials\n" in run(folder, "--weights").output
    assert there(folder) == STAYS - {"models/trial-00000.safetensors"}


def test_a_study_that_runs_is_left_alone(folder):
    before = there(folder)
    lock = Lock(folder.lock)
    lock.acquire()
    try:
        refused = run(folder)
    finally:
        lock.release()
    assert "is in use by process" in str(refused.exception)
    assert there(folder) == before


def test_no_link_leads_out_of_the_folder(folder, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "trial-00009.safetensors").write_text("precious")
    (mine / "x.new").write_text("precious")
    (folder.data / "link").symlink_to(mine)
    (folder.data / "abc" / "inner").symlink_to(mine)
    (folder.checkpoints / "trial-00005.safetensors").symlink_to(mine / "x.new")
    (folder.path / "tmp" / "joblib" / "scratch").unlink()
    os.rmdir(folder.path / "tmp" / "joblib")
    os.rmdir(folder.path / "tmp")
    (folder.path / "tmp").symlink_to(mine)
    assert run(folder).exit_code == 0
    assert sorted(path.name for path in mine.iterdir()) == ["trial-00009.safetensors", "x.new"]


def test_an_empty_run_has_nothing_to_clean(tmp_path):
    assert litter(RunFolder(tmp_path), [], weights=True) == []
