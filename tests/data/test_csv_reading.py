"""CSV in, strictly: what is guessed, what is refused, and where a file breaks."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.data.readers import csv as reader
from hpsearch.data.readers import read
from hpsearch.data.table import Dialect
from hpsearch.errors import DataError


def written(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_encoding_and_line_ends_are_guessed(
    tmp_path: Path, separator: str, encoding: str, end: str
) -> None:
    text = end.join(separator.join(row) for row in (["größe", "n"], ["weiß", "1"], ["", "2"]))
    table = read(written(tmp_path, (text + end).encode(encoding)))
    assert table.frame.rows() == [("weiß", "1"), (None, "2")]
    assert table.frame.columns == ["größe", "n"]
    assert table.dialect.separator == separator
    assert "guessed" in table.notes[0]


def test_a_decimal_comma_is_guessed_but_not_between_commas(tmp_path: Path) -> None:
    semicolons = read(written(tmp_path, "a;b\n1,5;2\n2,25;3\n"))
    assert semicolons.dialect.decimal == ","
    thousands = read(written(tmp_path, 'a,b\n"1,500",2\n"2,250",3\n'))
    assert thousands.dialect.decimal == "."


def test_words_for_nothing_are_counted_and_said(tmp_path: Path) -> None:
    table = read(written(tmp_path, "a,b\nN/A,1\n?,2\nN/A,\n"))
    assert table.frame["a"].null_count() == 3
    assert "'N/A' (2), '?' (1)" in table.notes[1]


def test_null_values_given_replace_the_usual_words(tmp_path: Path) -> None:
    table = read(written(tmp_path, "a,b\nNA,1\nnix,2\n,3\n"), Dialect(null_values=("nix",)))
    assert table.frame["a"].to_list() == ["NA", None, None]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["empty"]),
        ("\n\n", ["empty"]),
        ("a,b", ["row 1", "no row follows"]),
        ("a,b\n1,2\n3\n", ["row 3", "1 cell,", "2"]),
        ("a,b\n1,2\n4,5,6\n", ["row 3", "3 cells", "column 3"]),
        ('a,b\n1,"2"\n4,5,6\n', ["row 3", "3 cells"]),
        ("a,b,a\n1,2,3\n", ["row 1", "columns 1 and 3", "'a'"]),
        (",a\n0,1\n", ["row 1", "column 1", "index=False"]),
        ("a,,b\n0,1,2\n", ["row 1", "column 2", "no name"]),
        ('a,b\n1,2\n1,"x\n2,3\n', ["row 3", "column 2", "never closed"]),
        ('a,b\n"1\n1",2\n1,"x"y\n', ["row 3", "column 2", "after a closing quote"]),
        ('a,b,c\n"1","2"x,"3"\n', ["row 2", "column 2", "after a closing quote"]),
        ('a,b\n1,"2\n3,"x"\n', ["row 2", "column 2", "that its line does not close"]),
        ("a,b\n1,x\0y\n", ["row 2", "column 2", "NUL"]),
        (b"a,b\n1,\x81\n", ["row 2", "column 2", "0x81"]),
        ("a,b\n1,äöü\n2,".encode() + b"\xff\n", ["row 3", "column 2", "0xff", "utf-8"]),
        ("sep=;\na;b\n1;2\n", ["row 1", "delete it"]),
    ],
)
def test_a_broken_file_is_refused_with_the_place(
    tmp_path: Path, content: str | bytes, words: list[str]
) -> None:
    with pytest.raises(DataError) as caught:
        read(written(tmp_path, content, "broken.csv"))
    for word in ["broken.csv", *words]:
        assert word in str(caught.value)


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    table = read(written(tmp_path, 'a,b\n"1,\n""2""",x\n\n3,4\n'))
    assert table.frame.rows() == [('1,\n"2"', "x"), (None, None), ("3", "4")]


def test_blank_lines_inside_keep_their_place_and_those_at_the_end_go(tmp_path: Path) -> None:
    table = read(written(tmp_path, "a,b\n1,2\n\n  \n3,4\n\n\n"))
    assert table.frame.rows() == [("1", "2"), (None, None), (None, None), ("3", "4")]


def test_a_file_that_is_not_there_offers_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, "a\n1\n", "houses.csv")
    with pytest.raises(DataError, match=r"Did you mean 'houses\.csv'"):
        read(tmp_path / "house.csv")
    with pytest.raises(DataError, match="no folder"):
        read(tmp_path / "nowhere" / "house.csv")
    with pytest.raises(DataError, match=r"Known: .*\.csv, .*\.npz, "):
        read(tmp_path / "house.docx")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="not a file of data"):
        read(tmp_path / "folder.csv")


@pytest.mark.parametrize("encoding", ["utf-99", "rot13", "idna", "undefined"])
def test_an_encoding_that_does_not_serve_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(DataError, match="encoding"):
        read(written(tmp_path, "a,b\n1,ä\n"), Dialect(encoding=encoding))


@pytest.mark.parametrize("separator", ["", "ab", '"', "\n"])
def test_a_separator_is_one_character(tmp_path: Path, separator: str) -> None:
    with pytest.raises(DataError, match="one character"):
        read(written(tmp_path, "a,b\n1,2\n"), Dialect(separator=separator))


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(written(tmp_path, "\x1b[31m,\x1b[31m\n1,2\n"))
    assert "\x1b" not in str(caught.value)


_cells = st.text(st.characters(blacklist_characters='",\r\n\0', codec="utf-8"), max_size=5)


@given(st.lists(st.lists(_cells, min_size=3, max_size=3), min_size=1, max_size=8))
def test_both_ways_in_give_the_same_frame(rows: list[list[str]]) -> None:
    body = "\n".join(",".join(row) for row in rows)
    plain = reader._read_plain(f"a,b,c\n{body}", ",", "t")
    quoted = reader._read_quoted(f"a,b,c\n{body}", ",", "t")
    expected = list(csv.reader(io.StringIO(body, newline="")))
    for frame in (plain, quoted):
        stripped = [tuple((cell or "").strip() for cell in row) for row in frame.rows()]
        assert stripped == [tuple(cell.strip() for cell in row) for row in expected]


def test_a_mark_that_is_no_mark_stays_in_its_cell(tmp_path: Path) -> None:
    frame = reader._read_plain("a,b\n\ufeffx,1\n,2", ",", "t")
    assert frame.rows() == [("\ufeffx", "1"), (None, "2")]


_quoted = st.builds('"{}"'.format, st.text('ab, ;"\n\t', max_size=4))
_any_cells = st.one_of(st.text("ab 1", max_size=3), _quoted)


@given(st.lists(st.lists(_any_cells, min_size=2, max_size=2), min_size=1, max_size=5))
def test_quotes_taken_off_and_rows_taken_apart_give_the_same_frame(rows: list[list[str]]) -> None:
    text = ("a,b\n" + "\n".join(",".join(row) for row in rows)).rstrip("\r\n")
    try:
        simply = reader._read_simply_quoted(text, ",", "t")
        slowly = reader._read_quoted(text, ",", "t")
    except DataError:
        with pytest.raises(DataError):
            reader._read_quoted(text, ",", "t")
        return
    if simply is not None:
        assert [tuple((cell or "").strip() for cell in row) for row in simply.rows()] == [
            tuple((cell or "").strip() for cell in row) for row in slowly.rows()
        ]


def test_simple_quotes_are_taken_off() -> None:
    frame = reader._read_simply_quoted('a,b\n"1,5",x\n"",""\n', ",", "t")
    assert frame is not None
    assert frame.rows() == [("1,5", "x"), (None, None)]
