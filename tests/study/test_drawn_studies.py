"""Study files drawn from the schema: sound ones read and are kept, broken ones name the place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpsearch.errors import StudyFileError
from hpsearch.study import schema, studyfile
from tests.study import broken, drawn, promises, written

FOUND = sorted((Path(__file__).parent / "found").glob("*.toml"))
steady = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
"""`python -m tests.chaos.fuzz` draws thousands."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("drawn") / "drawn.toml"


@steady
@given(written.files(drawn.documents()), st.booleans())
def test_a_sound_file_reads_is_kept_and_can_be_trained(path, made, mark):
    path.write_bytes(b"\xef\xbb\xbf" * mark + made.text.encode())
    promises.hold(studyfile.read(path))


@steady
@given(broken.files())
def test_a_file_broken_in_one_place_names_key_and_line(path, made):
    refused(path, made)


@steady
@given(broken.texts())
def test_a_text_that_is_no_toml_names_a_line(path, made):
    refused(path, made)


def refused(path, made):
    path.write_bytes(made.text.encode(errors="replace"))
    with pytest.raises(StudyFileError) as caught:
        studyfile.read(path)
    said = str(caught.value)
    assert made.answered(said, studyfile.Places(path).file), said


@steady
@given(written.files(drawn.documents()), drawn.documents(), st.data())
def test_a_command_line_s_values_are_kept_with_the_file_or_refused(path, made, other, data):
    tables = [(table, other.get(table, {})) for table in schema.TABLES]
    every = {f"{table}.{key}": value for table, keys in tables for key, value in keys.items()}
    names = data.draw(st.sets(st.sampled_from(sorted(every)), max_size=4)) if every else ()
    path.write_bytes(made.text.encode())
    try:
        study = studyfile.read(path, {name: every[name] for name in names})
    except StudyFileError as error:
        said = str(error)
    else:
        said = ""
        promises.hold(study)
    assert all(line.isprintable() for line in said.splitlines())


def test_every_key_can_be_drawn():
    assert not any(drawn.value(schema.kind_of(name)).is_empty for name in schema.names())


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_what_was_once_refused_or_misread_is_sound(file):
    promises.hold(studyfile.read(file))
