"""The script of a trial, and the rows it learns from: together they are what retrain does."""

import contextlib
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from hpsearch.export.formats.python import _network
from hpsearch.models.retraining import prepare
from hpsearch.study import studyfile
from nncore import Recipe, Sequential, losses
from tests.export.conftest import IRIS, made_run
from tests.models.conftest import write_table

TABLE = 'path = "t.csv"\nfeatures = ["town", "area", "rooms"]\ntarget = '
DATA = {
    "multiclass": IRIS,
    "binary": 'source = "sklearn:breast_cancer"\nclass_weight = "balanced"',
    "regression": 'source = "sklearn:diabetes"',
    "words and gaps": TABLE + '["price", "rent"]',
    "labels": TABLE + '["warm", "wet"]\nclass_weight = "balanced"',
    "words alone": TABLE.replace(', "area", "rooms"', "") + '"grade"',
}


@pytest.mark.parametrize("data", DATA)
def test_the_script_trains_what_retrain_trains(typed, tmp_path, data):
    write_table(tmp_path / "t.csv")
    made_run(tmp_path, DATA[data], trials=8)
    assert "flowers --to arrays" in typed("export", "flowers", "--to", "python")[1]
    assert typed("export", "flowers", "--to", "arrays", "-o", "a.npz")[0] == 0
    assert typed("export", "flowers")[0] == 0
    model = prepare(studyfile.read(tmp_path / "best.toml")).run()
    said = subprocess.run(
        [sys.executable, "-W", "error", "best.py", "a.npz"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    told = dict(line.rsplit(" ", 1) for line in said.stdout.splitlines()[-3:])
    mine = model.metrics["test"]
    for name in set(told) & set(mine):
        assert float(told[name]) == pytest.approx(mine[name], rel=1e-5)
    assert set(told) & set(mine)


@pytest.mark.parametrize("keeps", [[0.8, None], [None, 0.7], [0.6, 0.6], [None, None]])
def test_a_script_has_dropout_behind_the_layers_that_have_it(keeps):
    network = Sequential.from_dims([4, 8, 6, 3], keep_prob=keeps)
    said = _network(Recipe(network, losses["mse"]()), 4)
    written = f"Sequential.from_dims({said['dims']}, {said['dropout'].strip()})"
    assert eval(written, {"Sequential": Sequential}) == network  # noqa: S307  # what the script runs


def test_a_trial_whose_parameters_were_lost_is_said_to_be_damaged(typed, run, tmp_path):
    with contextlib.closing(sqlite3.connect(run.path / "study.db")) as database, database:
        database.execute("UPDATE trial SET params = '{}'")
    code, _, said = typed("export", "flowers", "--to", "python")
    assert code == 1
    assert "damaged: trial 14 has no network.layer_dims." in said


def test_a_script_without_its_arrays_says_what_they_are(typed, run, tmp_path):
    assert typed("export", "flowers", "--to", "python")[0] == 0
    said = subprocess.run([sys.executable, "best.py"], cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 1
    assert "hpsearch export flowers --to arrays" in said.stderr
    assert "Traceback" not in said.stderr


def test_arrays_of_other_data_than_the_trials_saw_are_refused(typed, tmp_path):
    write_table(tmp_path / "t.csv")
    made_run(tmp_path, DATA["labels"], trials=1)
    write_table(tmp_path / "t.csv", seed=1)
    code, _, err = typed("export", "flowers", "--to", "arrays")
    assert (code, "t.csv is not what flowers was searched on" in err) == (1, True)
    assert not (tmp_path / "arrays.npz").exists()


def test_arrays_of_bytes_stay_bytes(typed, tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (60, 4, 4), np.uint8), rng.integers(0, 2, 60)
    np.savez(tmp_path / "b.npz", x=x, y=y)
    made_run(tmp_path, 'path = "b.npz"', trials=1)
    assert typed("export", "flowers", "--to", "arrays", "-o", "a.npz")[0] == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert arrays["x"].dtype == arrays["x_test"].dtype == np.uint8
        assert int(arrays["numbers"]) == 16
        rows = np.concatenate([arrays["x"], arrays["x_test"]])
    assert sorted(map(bytes, rows)) == sorted(map(bytes, x.reshape(60, 16)))
