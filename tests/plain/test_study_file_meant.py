"""Which study file a person means."""

import pytest

from hpsearch.cli.studies import study_file
from hpsearch.errors import UsageError


def test_a_name_means_the_study_file_of_that_name(tmp_path):
    (tmp_path / "kunden.toml").touch()
    (tmp_path / "kunden").mkdir()
    assert study_file(tmp_path / "kunden") == tmp_path / "kunden.toml"
    assert study_file(tmp_path / "kunden.toml") == tmp_path / "kunden.toml"


@pytest.mark.parametrize("name", ["kundne", "kundne.toml"])
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(tmp_path, name):
    (tmp_path / "kunden.toml").touch()
    with pytest.raises(UsageError, match=r"There is no study file .*Did you mean .*kunden\.toml"):
        study_file(tmp_path / name)


@pytest.mark.parametrize("name", ["some.csv", "some.CSV", "some.parquet", "some.csv.gz"])
def test_data_is_answered_with_the_command_that_writes_a_study_for_it(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(UsageError, match=r"is data[\s\S]*hpsearch init .* --target COLUMN"):
        study_file(tmp_path / name)


def test_a_bundled_study_is_offered_by_its_name(tmp_path):
    with pytest.raises(UsageError, match="--example digits"):
        study_file(tmp_path / "digits")


def test_where_no_name_is_near_those_that_are_there_are_listed_or_how_to_write_one(tmp_path):
    with pytest.raises(UsageError, match=r"init data\.csv --target COLUMN` writes one"):
        study_file(tmp_path / "xyz.toml")
    (tmp_path / "kunden.toml").touch()
    with pytest.raises(UsageError, match=r"There are: .*kunden\.toml\.$"):
        study_file(tmp_path / "xyz.toml")
