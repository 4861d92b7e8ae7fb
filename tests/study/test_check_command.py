"""`hpsearch check`: what a person reads before the first run."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app
from hpsearch.errors import DataError, StudyFileError

DIGITS = Path(__file__).parents[2] / "studies" / "digits.toml"


def check(*words):
    return CliRunner().invoke(app, ["check", *map(str, words)])


@pytest.fixture(scope="module")
def digits():
    done = check(DIGITS, "--set", "training.epochs=9")
    assert done.exit_code == 0, done.output
    return done.output


def test_every_range_and_every_fixed_value_has_its_line(digits):
    lines = [line.split() for line in digits.splitlines()]
    named = {words[0] for words in lines if words}
    assert {"network.layer_dims", "training.beta2", "training.lambd", "data.normalize"} <= named
    assert ["training.epochs", "9"] in lines
    assert "0.9 to 0.9999; only with optimizer adam" in digits


def test_sources_splits_and_columns_are_named(digits):
    assert "reads     sklearn:digits, which comes with its library: no file" in digits
    assert "1,078 for training, 359 for validation, 360 for testing" in digits
    assert len(re.findall(r"^  pixel_\d_\d +number +0 empty +scaled$", digits, re.M)) == 64


def test_both_corners_have_parameters_bytes_and_seconds(digits):
    assert re.search(r"smallest  64-64-10: 4,810 parameters, 18.8 KiB, about .* an epoch", digits)
    assert re.search(r"largest   64-256-256-10: 85,002 parameters, .* KiB, about .* an", digits)


def test_a_table_is_told_column_by_column(tmp_path):
    rows = [f"{i},{'ab'[i % 2]},{i * 7 % 5}.5,2020-01-{i % 28 + 1:02}" for i in range(200)]
    (tmp_path / "t.csv").write_text("\n".join(["price,town,area,day", *rows]))
    study = tmp_path / "t.toml"
    study.write_text('[data]\npath = "t.csv"\ntarget = "price"\ndrop = ["town"]\n')
    done = check(study)
    assert done.exit_code == 0, done.output
    assert f"reads     {tmp_path / 't.csv'}, and nothing from the network" in done.output
    assert re.search(r"^  price +target ", done.output, re.M)
    assert re.search(r"^  town +left out +0 empty +the study file leaves it out", done.output, re.M)
    assert re.search(r"^  day +left out ", done.output, re.M)


def test_a_study_without_ranges_says_so(tmp_path):
    study = tmp_path / "s.toml"
    study.write_text('[data]\nsource = "sklearn:iris"\n[network]\nlayer_dims = [5]\n')
    output = check(study).output
    assert "searched  nothing" in output
    assert "network   4-5-3: 43 parameters, 172 bytes" in output


def test_what_is_wrong_ends_it_with_code_2(tmp_path):
    study = tmp_path / "s.toml"
    study.write_text('[data]\nsource = "sklearn:iriss"\n')
    assert isinstance(check(study).exception, DataError)
    assert isinstance(check(study, "--set", "training.epochs=0").exception, StudyFileError)
    assert (DataError.code, StudyFileError.code) == (2, 2)
    study.write_text('[study]\nmetric = "val_mae"\n[data]\nsource = "sklearn:iris"\n')
    assert "does not fit a multiclass task" in str(check(study).exception)


def test_it_ends_with_the_command_that_runs_what_was_checked(digits):
    assert digits.splitlines()[-1].split()[:3] == ["next", "hpsearch", "run"]
    assert "digits.toml --set training.epochs=9" in digits.splitlines()[-1]


def test_a_set_without_a_value_is_refused():
    assert "write KEY=VALUE" in str(check(DIGITS, "--set", "training.epochs").exception)


def test_a_file_that_is_not_there_is_said_with_the_line_and_what_is_there(tmp_path):
    study = tmp_path / "t.toml"
    study.write_text('[data]\npath = "gone.csv"\ntarget = "y"\n')
    (tmp_path / "mine.parquet").touch()
    done = check(study)
    said = str(done.exception)
    assert ":2: data.path: there is no file" in said
    assert f"'{tmp_path / 'gone.csv'}'" in said
    assert "In its folder: 'mine.parquet'." in said
    assert done.output == ""


def test_a_folder_that_is_not_there_is_said_with_what_the_file_says_of_it(tmp_path):
    path = tmp_path / "mnist.toml"
    path.write_text((DIGITS.parent / "mnist.toml").read_text())
    with pytest.raises(DataError) as caught:
        raise check(path).exception
    assert f"There is no folder '{tmp_path / 'mnist'}'" in str(caught.value)
    assert "mnist.toml begins with:" in str(caught.value)
    assert "train-images-idx3-ubyte.gz" in str(caught.value)
