"""Colours by meaning, for dark and for light backgrounds.

Okabe & Ito 2008 (https://jfly.uni-koeln.de/color/), which people with any colour vision can tell
apart, in an order in which neighbours differ in lightness. No sign says anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping

INKS = (
    "plain",
    "dim",
    "faint",
    "bold",
    "title",
    "accent",
    "best",
    "running",
    "complete",
    "pruned",
    "diverged",
    "failed",
    "waiting",
    "warning",
    "top",
    "track",
    "name",
    *(f"line{at}" for at in range(7)),
)
"""What text may be written in. line0 … line6 are curves, top is the one under the cursor."""

DARK: Mapping[str, str] = {
    "plain": "#d8dce2",
    "dim": "#8b929c",
    "faint": "#565d67",
    "bold": "bold #f2f4f7",
    "title": "bold #f2f4f7",
    "accent": "bold #e9a63a",
    "best": "bold #41c38a",
    "running": "#63b9ec",
    "complete": "#d8dce2",
    "pruned": "#8b929c",
    "diverged": "#e8793a",
    "failed": "#e8793a",
    "waiting": "#8b929c",
    "warning": "bold #f0c94a",
    "top": "bold #ffffff",
    "track": "#3a434e",
    "name": "bold #16181c on #c9d1da",
    "line0": "#56b4e9",
    "line1": "#e69f00",
    "line2": "#1fb58b",
    "line3": "#f0e442",
    "line4": "#cc79a7",
    "line5": "#e8793a",
    "line6": "#7f9cf5",
}
LIGHT: Mapping[str, str] = {
    "plain": "#22262b",
    "dim": "#666d77",
    "faint": "#a9afb8",
    "bold": "bold #000000",
    "title": "bold #000000",
    "accent": "bold #a45f00",
    "best": "bold #00734f",
    "running": "#0068a8",
    "complete": "#22262b",
    "pruned": "#666d77",
    "diverged": "#b84a00",
    "failed": "#b84a00",
    "waiting": "#666d77",
    "warning": "bold #8a6500",
    "top": "bold #000000",
    "track": "#c3cad2",
    "name": "bold #ffffff on #3c4650",
    "line0": "#0072b2",
    "line1": "#b87700",
    "line2": "#00805c",
    "line3": "#8f8500",
    "line4": "#a8487e",
    "line5": "#b84a00",
    "line6": "#4357c7",
}
"""A colour, or bold and a colour, for each ink."""

LINES = 7
"""How many curves have a colour of their own."""


def line_ink(slot: int) -> str:
    """The ink of the curve in that slot.

    >>> line_ink(0), line_ink(8)
    ('line0', 'line1')
    """
    return f"line{slot % LINES}"
