"""Confusion, wrong rows and residuals as lines, at any width."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.study.confusion import Confusion
from hpsearch.study.examination import (
    QUANTILES,
    Examination,
    FarRow,
    LayerState,
    Residuals,
    WrongRow,
)
from hpsearch.view.examined import examined_lines
from hpsearch.view.format import ASCII, UNICODE, cells
from hpsearch.view.heat import confusion_lines
from hpsearch.view.thumbnails import gallery

EMPTY = Examination("s", 3, "multiclass", "val_cost", 0.5, {}, True, 0, 1, "all at once")


def matrix(*rows, names=None):
    names = names or [f"c{at}" for at in range(len(rows))]
    return Confusion("kind", tuple(names), tuple(map(tuple, rows)))


def text(lines):
    return ["".join(part for part, _ in line) for line in lines]


def square(size):
    row = st.lists(st.integers(0, 10**6), min_size=size, max_size=size)
    return st.lists(row, min_size=size, max_size=size)


@given(st.integers(1, 7).flatmap(square))
def test_precision_and_recall_are_shares_of_columns_and_rows(rows):
    confusion = matrix(*rows)
    for at, one in enumerate(confusion.by_class()):
        are, called = sum(rows[at]), sum(row[at] for row in rows)
        assert one.recall == (rows[at][at] / are if are else None)
        assert one.precision == (rows[at][at] / called if called else None)
    assert confusion.wrong == sum(slip.rows for slip in confusion.slips())


@given(
    st.integers(1, 60),
    st.integers(0, 200),
    st.integers(0, 10**7),
    st.sampled_from([UNICODE, ASCII]),
)
def test_a_matrix_never_fails_and_says_every_class_where_it_fits(size, width, most, signs):
    rows = [[most if a == b else (a * b) % 3 for b in range(size)] for a in range(size)]
    lines = text(confusion_lines(matrix(*rows), width, signs))
    assert lines
    assert signs is UNICODE or all(line.isascii() for line in lines)
    if width >= 5 * size + len(str(most)) * size + 40:
        assert all(cells(line) <= width for line in lines)
        assert all(any(f"c{at} " in line for line in lines) for at in range(size))


def test_counts_stand_below_the_names_of_what_was_said():
    lines = text(confusion_lines(matrix([90, 10], [0, 7], names=["cat", "dog"]), 80, UNICODE))
    where = lines[0].index("dog") + 3
    assert lines[1][:where].endswith("10")
    assert lines[2][:where].endswith("7")
    assert "90.0" in lines[1]
    assert "100.0" in lines[2]
    assert "41" in lines[3]  # of 17 called dogs, 7 are
    assert any("cat → dog" in line for line in lines)


def test_shades_take_the_place_of_counts_and_words_that_of_shades():
    size = 20
    rows = [[50 if a == b else int(b == a + 1) for b in range(size)] for a in range(size)]
    wide, middle, narrow = (
        text(confusion_lines(matrix(*rows), width, UNICODE)) for width in (160, 80, 30)
    )
    assert "50" in wide[1]
    assert "█" in middle[1]
    assert "c0 → c1" in narrow[1]


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("signs", [UNICODE, ASCII])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 8), (16, 11)])
def test_images_stand_beside_each_other_and_none_is_cut(size, signs, colour):
    height, width = size
    image = tuple(tuple((17 * a * b) % 256 for b in range(width)) for a in range(height))
    lines = gallery([(image, "a -> b")] * 5, 60, signs, colour)
    shown = text(lines)
    assert all(cells(line) <= 61 for line in shown)
    assert " ".join(shown).count("a -> b") == 5
    assert signs is UNICODE or all(line.isascii() for line in shown)


def test_an_image_has_two_pixels_a_cell_the_upper_one_in_front():
    ((_, first, *_), *_) = gallery([(((255, 0), (0, 255)), "")], 20, UNICODE)
    assert first == ("▀", "#ffffff on #000000")


def test_odd_rows_end_in_a_dark_half():
    lines = gallery([(((255,), (255,), (255,)), "")], 20, UNICODE)
    assert lines[1][1] == ("▀", "#ffffff on #000000")


WRONG = WrongRow(17, "kind", "cat", "dog[b]", 0.93, {"size": "3", "name": "\x1b[31m"}, None)
FAR = FarRow(9, "price", 100.0, 250.0, {"rooms": "3"})


@pytest.mark.parametrize("width", [0, 1, 20, 40, 80, 120])
def test_an_examination_is_shown_at_any_width(width):
    every = dataclasses.replace(
        EMPTY,
        figures={"val_cost": 0.5, "standard_error": 0.01, "val_accuracy": 0.75},
        agrees=False,
        confusions=(matrix([3, 1], [0, 0]), matrix([0])),
        wrong=(WRONG, dataclasses.replace(WRONG, image=((1, 2), (3, 4)))),
        residuals=(Residuals("price", tuple(range(len(QUANTILES)))),),
        far=(FAR,),
        layers=(LayerState("output", 1.0, None),),
    )
    assert examined_lines(every, width, UNICODE)
    assert examined_lines(EMPTY, width, ASCII)


def test_a_heading_counts_what_is_wrong_and_says_where_the_leaderboard_differs():
    one = dataclasses.replace(
        EMPTY, rows=4, confusions=(matrix([3, 1], [0, 0]),), figures={"val_cost": 0.25}
    )
    lines = text(examined_lines(one, 80, UNICODE))
    assert lines[1] == " 1 of 4 validation rows wrong, all at once"
    assert "leaderboard" not in " ".join(lines)
    lines = text(examined_lines(dataclasses.replace(one, agrees=False), 80, UNICODE))
    assert "the leaderboard says 0.5000" in lines[2]


def test_wrong_rows_are_told_with_their_cells_and_nobody_elses_escapes():
    (line,) = [
        line
        for line in text(examined_lines(dataclasses.replace(EMPTY, wrong=(WRONG,)), 80, UNICODE))
        if "17" in line
    ]
    assert "cat → dog[b]" in line
    assert "0.93" in line
    assert "size 3" in line
    assert "\x1b" not in line


def test_rows_far_off_are_told_in_the_units_of_the_target():
    (line,) = [
        line
        for line in text(examined_lines(dataclasses.replace(EMPTY, far=(FAR,)), 80, UNICODE))
        if "100" in line
    ]
    assert line.split() == ["9", "100", "250", "150", "rooms", "3"]
