"""How figures, states and other people's words are written.

Nothing here knows a terminal: text goes in, text comes out, and its width is counted in cells.
"""

from __future__ import annotations

import math
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from hpsearch.study.space import Value
from hpsearch.view.spark import ASCII_BARS, BARS


@dataclass(frozen=True)
class Glyphs:
    """The signs of one character set. Each is one cell wide."""

    complete: str
    pruned: str
    diverged: str
    failed: str
    running: str
    waiting: str
    best: str
    nothing: str
    """In place of a figure there is none of."""
    more: str
    """Where text was cut."""
    bars: str
    """Of a spark line, from low to high."""

    about: str = "±"
    """Before a standard error; two cells in ASCII."""

    def state(self, state: str) -> str:
        """A trial's state as glyph and letter: never by colour alone."""
        return f"{getattr(self, state, '?')}{state[:1]}"


UNICODE = Glyphs("✓", "◌", "!", "✗", "●", "…", "★", "–", "…", BARS)
ASCII = Glyphs("+", "-", "!", "x", "o", ".", "*", "-", "~", ASCII_BARS, "+-")


def glyphs(encoding: str | None) -> Glyphs:
    """The signs that text of that encoding can hold."""
    return UNICODE if (encoding or "").lower().replace("-", "").startswith("utf") else ASCII


def scored(value: float | None, error: float | None, glyphs: Glyphs = UNICODE) -> str:
    """A figure with its standard error behind it, where it has one, to the same digit.

    >>> scored(0.02341, 0.0012), scored(0.98, None), scored(5.25, 0.00004)
    ('0.0234 ±0.0012', '0.9800', '5.2500 ±4e-05')
    """
    shown = figure(value, glyphs.nothing)
    if value is None or error is None or not math.isfinite(error):
        return shown
    digits = len(shown.partition(".")[2])
    rounded = f"{error:.1e}" if "e" in shown else f"{error:.{digits}f}"
    if error and not float(rounded):
        rounded = f"{error:.0e}"
    return f"{shown} {glyphs.about}{rounded}"


def figure(value: float | None, nothing: str = "–") -> str:
    """A cost or a metric, in at most ten cells and with four digits that matter.

    >>> figure(0.02341), figure(1.0), figure(31.416), figure(0.000123), figure(None)
    ('0.0234', '1.0000', '31.4160', '1.23e-04', '–')
    """
    if value is None or not math.isfinite(value):
        return nothing
    size = abs(value)
    if size != 0 and (size < 1e-3 or size >= 99_999.95):
        return f"{value:.2e}"
    return f"{value:.4f}" if size < 100 else f"{value:.1f}"


def signed(difference: float) -> str:
    """A difference with its sign, in at most eight cells.

    >>> signed(0.0131), signed(-12.5), signed(4711.0), signed(2.7e-05), signed(0.0)
    ('+0.0131', '-12.5000', '+4711.0', '+2.7e-05', '+0.0000')
    """
    size = abs(difference)
    if size != 0 and (size < 1e-3 or size >= 9_999.95):
        return f"{difference:+.1e}"
    return f"{difference:+.4f}" if size < 99.99995 else f"{difference:+.1f}"


def parameter(value: Value | None, nothing: str = "–") -> str:
    """One drawn value; layers as 128-64.

    >>> parameter(0.00473), parameter((128, 64)), parameter(True), parameter(32), parameter(0.85)
    ('4.7e-03', '128-64', 'true', '32', '0.85')
    """
    if value is None:
        return nothing
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "-".join(parameter(part) for part in value) or "none"
    if isinstance(value, float):
        size = abs(value)
        return f"{value:.1e}" if size != 0 and (size < 0.01 or size >= 1e4) else f"{value:.3g}"
    return clean(str(value))


def duration(seconds: float | None, nothing: str = "–") -> str:
    """A length of time in at most seven cells.

    >>> duration(0.42), duration(34.4), duration(761), duration(11100), duration(180000)
    ('0.4s', '34s', '12m41s', '3h05m', '2d02h')
    """
    if seconds is None or not math.isfinite(seconds):
        return nothing
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"{whole // 86400}d{whole % 86400 // 3600:02}h"


def clock(at: float) -> str:
    """The time of day at which something was, here.

    Args:
        at: Unix seconds.
    """
    return time.strftime("%H:%M:%S", time.localtime(at))


def amount(size: int) -> str:
    """Bytes, by the unit that leaves a short number; thousands, as disks are sold.

    >>> amount(0), amount(999), amount(1234), amount(45_600_000)
    ('0 B', '999 B', '1.2 kB', '45.6 MB')
    """
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB")):
        if size >= 1000**power:
            return f"{size / 1000**power:.1f} {unit}"
    return f"{size} B"


def clean(text: str) -> str:
    """Somebody's words, safe to show: what could move the cursor, hide or reorder is spelt out.

    Square brackets stay: no view of ours reads markup in text.

    >>> clean("red[b]\\x1b[31m")
    'red[b]\\\\x1b[31m'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _safe(c) else _spelt(ord(c)) for c in text)


def cells(text: str) -> int:
    """How many cells of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def cut(text: str, width: int, more: str = "…") -> str:
    """`text` in at most `width` cells, ending in `more` where some is left out."""
    if cells(text) <= width:
        return text
    room = width - cells(more)
    if room < 0:
        return ""
    taken = 0
    for at, character in enumerate(text):
        taken += _cell(character)
        if taken > room:
            return text[:at] + more
    return text


def pad(text: str, width: int, right: bool = False) -> str:
    """`text` filled with blanks to `width` cells, from the left where it belongs to the right."""
    blanks = " " * max(0, width - cells(text))
    return blanks + text if right else text + blanks


def aligned(rows: Sequence[Sequence[str]], words: int) -> list[str]:
    """Rows of cells as lines of columns, two blanks apart.

    Args:
        words: so many of the first columns stand to the left, the others, of figures, to the right.

    >>> aligned([("worker", "trials"), ("w0", "12")], 1)
    ['worker  trials', 'w0          12']
    """
    wide = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(pad(cell, wide[at], right=at >= words) for at, cell in enumerate(row))
        for row in rows
    ]


def _cell(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):  # marks upon the character before
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _safe(character: str) -> bool:
    # Variation selectors are printable, but change the width of what they follow.
    return character.isprintable() and not "\ufe00" <= character <= "\ufe0f"


def _spelt(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
