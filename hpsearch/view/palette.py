"""Colours by meaning, for dark and for light backgrounds.

Okabe & Ito 2008 (https://jfly.uni-koeln.de/color/), which people with any colour vision can tell
apart, in an order in which neighbours differ in lightness. No sign says anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    "block-complete": "#ffffff on #1f6fb2",
    "edge-complete": "#1f6fb2",
    "block-pruned": "#ffffff on #6b7280",
    "edge-pruned": "#6b7280",
    "block-diverged": "#ffffff on #c2560c",
    "edge-diverged": "#c2560c",
    "block-failed": "#ffffff on #c2560c",
    "edge-failed": "#c2560c",
    "block-running": "#10202c on #63b9ec",
    "edge-running": "#63b9ec",
    "block-waiting": "#ffffff on #6b7280",
    "edge-waiting": "#6b7280",
    "line0": "#56b4e9",
    "line1": "#e69f00",
    "line2": "#1fb58b",
    "line3": "#f0e442",
    "line4": "#cc79a7",
    "line5": "#e8793a",
    "line6": "#7f9cf5",
    "right1": "#c9d1da on #1b2a38",
    "right2": "#d8e4ee on #1d4264",
    "right3": "#ffffff on #1f5a8f",
    "right4": "#ffffff on #1f6fb2",
    "wrong1": "#f0d0b8 on #3a2618",
    "wrong2": "#f6dcc8 on #6b3a12",
    "wrong3": "#ffffff on #9a4a10",
    "wrong4": "#ffffff on #c2560c",
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
    "block-complete": "#ffffff on #2a79bb",
    "edge-complete": "#2a79bb",
    "block-pruned": "#16181c on #9aa1ab",
    "edge-pruned": "#9aa1ab",
    "block-diverged": "#ffffff on #bd5a0e",
    "edge-diverged": "#bd5a0e",
    "block-failed": "#ffffff on #bd5a0e",
    "edge-failed": "#bd5a0e",
    "block-running": "#10202c on #5aaee0",
    "edge-running": "#5aaee0",
    "block-waiting": "#16181c on #9aa1ab",
    "edge-waiting": "#9aa1ab",
    "line0": "#0072b2",
    "line1": "#b87700",
    "line2": "#00805c",
    "line3": "#8f8500",
    "line4": "#a8487e",
    "line5": "#b84a00",
    "line6": "#4357c7",
    "right1": "#22262b on #e3edf6",
    "right2": "#22262b on #bcd7ee",
    "right3": "#10202c on #8bbbe2",
    "right4": "#ffffff on #2a79bb",
    "wrong1": "#22262b on #fbe6d6",
    "wrong2": "#22262b on #f4c39c",
    "wrong3": "#2c1406 on #e8955a",
    "wrong4": "#ffffff on #c2560c",
}
"""A colour for each ink, bold or on another colour where it says so. line0 … line6 are curves, top
is the one under the cursor; blocks and their edges are trials on a timeline; right1 … right4 and
wrong1 … wrong4 are shares of a class in a confusion matrix, from few to all."""

LINES = 7
"""How many curves have a colour of their own."""


def line_ink(slot: int) -> str:
    """The ink of the curve in that slot.

    >>> line_ink(0), line_ink(8)
    ('line0', 'line1')
    """
    return f"line{slot % LINES}"
