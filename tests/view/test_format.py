"""Figures, durations, states and other people's words, as text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.study.events import FINISHED
from hpsearch.view.format import (
    ASCII,
    UNICODE,
    cells,
    clean,
    cut,
    duration,
    figure,
    glyphs,
    pad,
    parameter,
)

STATES = ("waiting", "running", *FINISHED)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_figure_fits_ten_cells_and_keeps_its_first_digits(value):
    text = figure(value)
    assert len(text) <= 10
    if math.isfinite(value) and abs(value) > 1e308:
        assert text[-4:] == "+308"  # what is rounded up may be beyond a float
    elif math.isfinite(value):
        assert float(text) == pytest.approx(value, rel=0.06, abs=1e-307)
    else:
        assert text == "–"


@given(st.floats(min_value=1e-99, max_value=1e5))
def test_a_figure_of_ordinary_size_fits_nine_cells(value):
    assert len(figure(value)) <= 9


@given(st.floats(min_value=-10, max_value=8.64e9))
def test_a_duration_fits_seven_cells_up_to_a_thousand_days(seconds):
    assert len(duration(min(seconds, 999 * 86400.0))) <= 7


@given(st.floats(min_value=0, max_value=1e8), st.floats(min_value=0, max_value=1e8))
def test_longer_never_reads_shorter(one, other):
    def read(text):
        units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
        total, number = 0.0, ""
        for character in text:
            if character in units:
                total += float(number) * units[character]
                number = ""
            else:
                number += character
        return total

    shorter, longer = sorted((one, other))
    assert read(duration(shorter)) <= read(duration(longer))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0s"), (9.97, "10s"), (59.7, "1m00s"), (3599.6, "1h00m"), (-3, "0.0s"), (None, "–")],
)
def test_durations_turn_over_where_they_should(seconds, text):
    assert duration(seconds) == text


@given(st.text())
def test_cleaned_text_moves_no_cursor_and_hides_nothing(text):
    shown = clean(text)
    assert shown.isprintable()
    assert not set(shown) & set("\x1b\r\n\t\b\x7f\x9b\u202e\u200b\u2066\ufeff")
    assert clean(shown) == shown
    shown.encode()  # no halves of characters


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb", "a\\x0ab"),
        ("\u202egnp", "\\u202egnp"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("für 猫", "für 猫"),
    ],
)
def test_words_are_shown_as_what_they_are(given_, shown):
    assert clean(given_) == shown


@given(st.text(), st.integers(0, 30))
def test_cut_text_fits_and_is_untouched_where_it_did(text, width):
    shown = cut(text, width)
    assert cells(shown) <= width
    assert (shown == text) == (cells(text) <= width)


@given(st.text(), st.integers(0, 30), st.booleans())
def test_padded_text_is_as_wide_as_asked(text, width, right):
    assert cells(pad(text, width, right)) == max(width, cells(text))


@pytest.mark.parametrize("signs", [UNICODE, ASCII])
def test_every_state_has_a_sign_of_one_cell_and_a_letter(signs):
    shown = [signs.state(state) for state in STATES]
    assert len(set(shown)) == len(STATES)
    assert {cells(text) for text in shown} == {2}


def test_ascii_signs_are_ascii():
    assert "".join(vars(ASCII).values()).isascii()


@pytest.mark.parametrize(
    ("encoding", "signs"),
    [("utf-8", UNICODE), ("UTF8", UNICODE), ("ascii", ASCII), ("latin-1", ASCII), (None, ASCII)],
)
def test_the_signs_fit_the_encoding(encoding, signs):
    assert glyphs(encoding) is signs


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((), "none"),
        ((64,), "64"),
        ((0.5, 0.75), "0.5-0.75"),
        (False, "false"),
        (1e-4, "1.0e-04"),
        (0.0, "0"),
        (123456.0, "1.2e+05"),
        ("re\x07lu", "re\\x07lu"),
        (None, "–"),
    ],
)
def test_drawn_values_read_like_the_study_file(value, text):
    assert parameter(value) == text
