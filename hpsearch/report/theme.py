"""The page's looks: the palette of all views as CSS variables, for light, dark and paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hpsearch.report.markup import Markup
from hpsearch.view import palette

_HERE = Path(__file__).parent

_LIGHT = {"page": "#ffffff", "card": "#f6f7f9", "edge": "#e2e5ea"}
_DARK = {"page": "#14171b", "card": "#1c2026", "edge": "#2e343c"}


def style() -> Markup:
    """The style sheet."""
    light = _variables(palette.LIGHT, _LIGHT, "light")
    dark = _variables(palette.DARK, _DARK, "dark")
    themes = (
        f":root{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not(:has(#theme-light:checked)){{{dark}}}}}"
        f"@media screen{{:root:has(#theme-dark:checked){{{dark}}}}}"
    )
    return Markup(themes + (_HERE / "report.css").read_text(encoding="utf-8"))


def script() -> Markup:
    """What sorts tables and copies texts; the page tells all that it has without."""
    return Markup((_HERE / "report.js").read_text(encoding="utf-8"))


def _variables(inks: Mapping[str, str], room: Mapping[str, str], scheme: str) -> str:
    """Each ink as `--name`, and the ground it stands on, if it has one, as `--name-on`."""
    found = dict(room)
    for name, ink in inks.items():
        colour, _, ground = ink.removeprefix("bold ").partition(" on ")
        found[name] = colour
        if ground:
            found[f"{name}-on"] = ground
    return f"color-scheme:{scheme};" + "".join(f"--{k}:{v};" for k, v in found.items())
