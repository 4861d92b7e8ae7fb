"""From inked text, as `view` gives it, to what Textual puts on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.theme import Theme

from hpsearch.view.format import cells, cut
from hpsearch.view.inked import Line, Span, width_of
from hpsearch.view.palette import DARK, LIGHT

THEMES = (
    Theme(
        "hpsearch-dark",
        primary="#56b4e9",
        secondary="#3a6ea5",
        accent="#e9a63a",
        warning="#f0c94a",
        error="#e8793a",
        success="#41c38a",
        foreground="#d8dce2",
        background="#16181c",
        surface="#16181c",
        panel="#222b35",
        dark=True,
        variables={"cursor-row": "#17477a", "rule": "#323a44"},
    ),
    Theme(
        "hpsearch-light",
        primary="#0072b2",
        secondary="#7fb2d9",
        accent="#a45f00",
        warning="#8a6500",
        error="#b84a00",
        success="#00734f",
        foreground="#22262b",
        background="#fbfbfa",
        surface="#fbfbfa",
        panel="#e7ecf1",
        dark=False,
        variables={"cursor-row": "#c5def5", "rule": "#cfd5dc"},
    ),
)
"""Our own two; every theme of Textual's works, too."""

CURSOR = {True: "#17477a", False: "#c5def5"}
"""Behind the row under the cursor, for dark and light themes."""


@lru_cache(maxsize=4096)
def style(ink: str, dark: bool = True) -> Style:
    """An ink as Rich knows it; "on" and a colour after it are kept, as in "plain on #204060"."""
    name, _, behind = ink.partition(" on ")
    colours: Mapping[str, str] = DARK if dark else LIGHT
    wanted = colours.get(name, name)
    return Style.parse(f"{wanted} on {behind}" if behind else wanted)


def strip(line: Iterable[Span], width: int, dark: bool = True, behind: str = "") -> Strip:
    """A line of exactly `width` cells.

    Args:
        behind: a background for the whole line.
    """
    segments: list[Segment] = []
    room = width
    for text, ink in line:
        if room <= 0:
            break
        shown = text if cells(text) <= room else cut(text, room, "")
        room -= cells(shown)
        segments.append(Segment(shown, style(ink, dark)))
    if room > 0:
        segments.append(Segment(" " * room))
    made = Strip(segments, width)
    return made.apply_style(Style.parse(f"on {behind}")) if behind else made


_LIKE = str.maketrans("–—×→…↓↑←·Δ‖│┃─░█", "--x>~v^<-d||:-.#")


def plain_signs(line: Iterable[Span]) -> Line:
    """The same line, of the same width, in ASCII."""
    return [(text if text.isascii() else _ascii(text), ink) for text, ink in line]


def _ascii(text: str) -> str:
    """What has no likeness becomes as many question marks as it is wide."""
    liked = text.translate(_LIKE)
    return "".join(sign if sign.isascii() else "?" * cells(sign) for sign in liked)


def shortened(line: Line, width: int, more: str) -> Line:
    """The line in at most `width` cells, ending in `more` where some is left out."""
    if width_of(line) <= width:
        return line
    kept: Line = []
    room = width - cells(more)
    for text, ink in line:
        kept.append((cut(text, room, ""), ink))
        room -= cells(text)
        if room < 0:
            return [*kept, (more, ink)] if width >= cells(more) else []
    return kept
