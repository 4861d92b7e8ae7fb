"""A file read some rows at a time is the file read at once."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch import data as tables
from hpsearch.data.encoder import Encoder
from hpsearch.data.matching import Matching, encode, read_like
from hpsearch.data.pieces import pieces, texts
from hpsearch.data.piped import kept
from hpsearch.data.readers import csv as reader
from hpsearch.errors import DataError
from hpsearch.study import studyfile

HEADER = "town,area,rooms,lift"
TRAINED = [
    f"{town},{at}.5,{at % 4 or ''},{('yes', 'no')[at % 2]},{at * 10}"
    for at, town in enumerate(["Ulm", "Bonn", "Köln"] * 20)
]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Encoder:
    place = tmp_path_factory.mktemp("pieces")
    (place / "t.csv").write_text("\n".join([f"{HEADER},price", *TRAINED]))
    text = '[data]\npath = "t.csv"\ntarget = "price"\n'
    data = tables.load(studyfile.parse(text, place / "t.toml").data)
    return data.final("standard").encoder


def in_pieces(encoder: Encoder, path: Path, at_once: int = 60, text: tuple[str, ...] = ()):
    """The cells of all pieces, their inputs, what was said of them, and how many there were."""
    matching, frames, inputs = Matching(encoder, path.name), [], []
    for frame in pieces(encoder, path, text=text, at_once=at_once):
        frames.append(frame)
        inputs += matching.encode(frame).tolist()
    return pl.concat(frames, how="vertical_relaxed"), inputs, matching.notes, len(frames)


ROW = st.tuples(
    st.sampled_from(["Ulm", "Bonn", " Köln ", "", "N/A", "Rom", '"Bad\nAibling, Süd"', '"Ulm"']),
    st.sampled_from(["1.5", " 22 ", "", "NaN", "-3e2", '"7"', "1000000"]),
    st.sampled_from(["1", "2", "", "?"]),
    st.sampled_from(["yes", "NO", ""]),
).map(",".join)


@given(rows=st.lists(st.one_of(ROW, ROW, ROW, st.just("")), min_size=1, max_size=40))
def test_pieces_hold_what_the_whole_file_does(encoder, tmp_path_factory, rows):
    if not any(rows):
        return
    path = tmp_path_factory.mktemp("new") / "new.csv"
    path.write_bytes("\n".join([HEADER, *rows]).encode())
    whole = read_like(encoder, path)
    x, notes = encode(encoder, whole, path.name)
    frame, inputs, said, _ = in_pieces(encoder, path)
    assert inputs == x.tolist()
    assert said == notes
    as_text = in_pieces(encoder, path, text=("town", "area", "rooms", "lift"))[0]
    assert as_text.cast(pl.String).equals(whole.cast(pl.String))
    assert frame.columns == whole.columns


def test_a_large_file_comes_in_many_pieces_with_numbers_as_numbers(encoder, tmp_path):
    path = tmp_path / "new.csv"
    lines = [f"Ulm,{at}.25,{at % 5},yes" for at in range(300)]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([HEADER, *lines, "", ""]).encode())
    frames = list(pieces(encoder, path, at_once=500))
    assert len(frames) > 5
    assert sum(frame.height for frame in frames) == 300
    assert frames[-1]["area"].dtype == pl.Float64
    assert frames[-1]["area"][-1] == 299.25
    kept_as_text = list(pieces(encoder, path, text=["area"], at_once=500))
    assert kept_as_text[-1]["area"][-1] == "299.25"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Ulm,many,2,yes", "row 502, column 'area': 'many'"),
        ("Ulm,1e400,2,yes", "row 502, column 'area': '1e400' is too large"),
        ("Ulm,3,2", "row 502 has 3 cells, but the header has 4"),
        ("Ulm,3,2,maybe", "row 502, column 'lift': 'maybe'"),
        ('"Ulm" x,3,2,yes', "row 502, column 1 has text after a closing quote"),
        ("Ulm,3\0,2,yes", "NUL byte below row"),
    ],
)
def test_a_mistake_far_down_is_named_by_its_row(encoder, tmp_path, row, said):
    path = tmp_path / "new.csv"
    lines = [f"Ulm,{at}.25,{at % 5},yes" for at in range(900)]
    lines[500] = row
    path.write_text("\n".join([HEADER, *lines]))
    with pytest.raises(DataError, match=said):
        in_pieces(encoder, path, 700)


def test_a_quote_that_never_ends_is_named_and_not_cut(encoder, tmp_path):
    path = tmp_path / "new.csv"
    lines = [f"Ulm,{at}.25,{at % 5},yes" for at in range(100)]
    lines[40] = 'Ulm,3,"2,yes'
    path.write_text("\n".join([HEADER, *lines]))
    with pytest.raises(DataError, match="row 42, column 3"):
        in_pieces(encoder, path, 300)


def test_what_is_written_otherwise_is_said_once_and_what_is_noticed_at_the_end(encoder, tmp_path):
    path = tmp_path / "new.csv"
    lines = [f"Ulm;{at},25 EUR;{at % 5};N/A" for at in range(300)]
    path.write_text("\n".join([HEADER.replace(",", ";"), *lines]))
    said, told = [], []
    frames = list(pieces(encoder, path, said.append, told.append, at_once=400))
    assert len(frames) > 5
    assert len([sentence for sentence in said if "'EUR'" in sentence]) == 1
    assert told[0].startswith("new.csv: 300 rows × 4 columns, read in pieces")
    assert not any("data." in sentence for sentence in told)
    assert [cell for frame in frames for cell in frame["area"]][-1] == "299.25"


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_rows_are_all_there_whatever_ends_them(encoder, tmp_path, end):
    path = tmp_path / "new.csv"
    path.write_bytes(f"{end.join([HEADER, *['Ulm,1.5,2,yes'] * 40])}\n".encode())
    assert in_pieces(encoder, path)[0].height == 40


def test_other_encodings_and_formats_come_in_one_piece(encoder, tmp_path):
    lines = [f"Köln,{at}.25,{at % 5},yes" for at in range(300)]
    text = "\n".join([HEADER, *lines])
    for encoding in ("cp1252", "utf-16", "utf-16-le"):
        (tmp_path / "new.csv").write_bytes(text.encode(encoding))
        (frame,) = pieces(encoder, tmp_path / "new.csv", at_once=100)
        assert frame["town"].unique().to_list() == ["Köln"]
    frame.write_parquet(tmp_path / "new.parquet")
    (again,) = pieces(encoder, tmp_path / "new.parquet", at_once=100)
    assert again.equals(frame)


@pytest.mark.parametrize("at_once", [1, 3, 7, 20, 1000])
def test_texts_are_the_header_with_whole_rows_however_little_is_read(at_once):
    content = 'a,"b\nc"\n\n1,"x\ny"\n\n\n2,3\n4,"\n"\n\n'
    found = list(texts(io.BytesIO(content.encode()), at_once))
    assert all(text.startswith('a,"b\nc"\n') for text in found)
    assert "".join(text.removeprefix('a,"b\nc"\n') for text in found).rstrip() == (
        content.removeprefix('a,"b\nc"\n').rstrip()
    )
    assert all(text.count('"') % 2 == 0 for text in found)


def test_widths_are_seen_at_once():
    for body, wide in [
        ("1,2\n3,4", True),
        ("1,2\n3", False),
        ("1\n2,3,4", False),  # as many separators as there should be
        ("1,2\n\n3,4", False),
    ]:
        assert reader._all_as_wide(body.encode(), ",", 2) is wide


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a,b\n1,2\n", "stdin.csv"),
        (b'\n {"a": 1}\n', "stdin.jsonl"),
        (b"PAR1....", "stdin.parquet"),
        (b"PK\x03\x04", "stdin.npz"),
    ],
)
def test_what_is_piped_is_called_by_what_it_looks_like(content, name):
    with kept(io.BytesIO(content)) as path:
        assert path.name == name
        assert path.read_bytes() == content
    assert not path.exists()


def test_an_empty_pipe_is_a_sentence():
    with pytest.raises(DataError, match="stdin is empty"), kept(io.BytesIO(b" \n")):
        pass
