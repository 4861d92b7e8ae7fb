"""A file read some rows at a time is the file read at once."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
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
from hpsearch.data.slices import frames
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
    np.savez(tmp_path / "new.npz", area=np.arange(300.0), rooms=np.arange(300))
    with pytest.raises(DataError, match=r"new\.npz"):  # read at once, as what it is
        next(pieces(encoder, tmp_path / "new.npz", at_once=100))


CELLS = st.fixed_dictionaries(
    {"town": st.sampled_from(["Ulm", "Bonn", " Köln ", "", "N/A", "Rom", None])},
    optional={
        "area": st.sampled_from([1.5, 22, None, -3e2, 7]),
        "rooms": st.sampled_from([1, 2, None]),
        "lift": st.sampled_from([True, False, None]),
    },
)


@given(rows=st.lists(CELLS, min_size=1, max_size=40), blank=st.sampled_from(["", "\n", "\r\n\n "]))
def test_json_lines_come_in_pieces_as_they_do_at_once(encoder, tmp_path_factory, rows, blank):
    full = {"town": "Ulm", "area": 1.5, "rooms": 1, "lift": True}
    path = tmp_path_factory.mktemp("new") / "new.jsonl"
    text = "\n".join(json.dumps(row) for row in [full, *rows])
    path.write_bytes(b"\xef\xbb\xbf" + (text + blank).encode())
    x, notes = encode(encoder, read_like(encoder, path), path.name)
    _, inputs, said, _ = in_pieces(encoder, path)
    assert inputs == x.tolist()
    assert said == notes


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"town": "Ulm", "area": "many"}', "'many'"),
        ("[1, 2]", r"row 501 holds a list"),
        ("", "row 501, character 1: the line is empty"),
        ('{"town": "Ulm", "area": {"m2": 1}}', r"rows \d+ to \d+: column 'area' holds records"),
        ('{"town": "U\x00lm"}', "NUL byte below row"),
    ],
)
def test_a_wrong_line_far_down_is_named_by_its_row(encoder, tmp_path, row, said):
    path = tmp_path / "new.jsonl"
    lines = ['{"town": "Ulm", "area": 1.5, "rooms": 2, "lift": true}'] * 900
    lines[500] = row
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match=said):
        in_pieces(encoder, path, 900)


@given(rows=st.integers(0, 200), groups=st.sampled_from([1, 7, 1000]))
def test_parquet_comes_in_slices_whatever_its_row_groups(tmp_path_factory, rows, groups):
    path = tmp_path_factory.mktemp("new") / "new.parquet"
    made = pl.DataFrame(
        {"town": [("Ulm", None, "Rom")[at % 3] for at in range(rows)], "area": np.arange(rows) / 7},
        schema={"town": pl.String, "area": pl.Float64},
    )
    made.write_parquet(path, row_group_size=groups)
    found = list(frames(path, 300))
    assert len(found) >= rows // 50
    assert pl.concat([made.clear(), *found]).equals(made)


def test_a_large_parquet_file_comes_in_many_pieces_and_a_damaged_one_not_at_all(encoder, tmp_path):
    path = tmp_path / "new.parquet"
    made = pl.DataFrame({"town": ["Ulm"] * 3000, "area": np.arange(3000.0), "rooms": 1})
    made.write_parquet(path)
    told = []
    found = list(pieces(encoder, path, tell=told.append, at_once=4000))
    assert len(found) > 10
    x = encode(encoder, read_like(encoder, path), path.name)[0]
    assert encode(encoder, pl.concat(found))[0].tolist() == x.tolist()
    assert told == [
        "new.parquet: 3,000 rows × 3 columns, read in pieces; what is said of its cells is of the"
        " first of them."
    ]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + whole[-len(whole) // 3 :])
    with pytest.raises(DataError, match=r"new\.parquet is"):
        list(pieces(encoder, path, at_once=4000))


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
        (b"\x89PNG\r\n\x1a\n", "stdin.png"),
        (b"\xff\xd8\xff\xe0", "stdin.jpg"),
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
