"""Elements of a page. A plain string is text and is escaped; only what is made here is markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from hpsearch.view.format import clean


class Markup(str):
    """Text that stands in a page as it is. Made by the functions here, never of people's words."""

    __slots__ = ()


Child: TypeAlias = str | Iterable["Child"] | None
"""Markup, text, nothing, or several of them."""

_VOID = frozenset({"meta", "link", "br", "hr", "input", "img", "col"})
_SHAPES = frozenset({"path", "line", "rect"})


def tag(name: str, /, *children: Child, **attributes: object) -> Markup:
    """An element. Attributes that are None are left out, those that are True have no value.

    An underscore in an attribute's name stands for a hyphen; a last one is left out.

    >>> tag("td", "a<b", class_="right", data_from=3)
    '<td class="right" data-from="3">a&lt;b</td>'
    >>> tag("path", d="M0 0h0"), tag("option", selected=True, value='"')
    ('<path d="M0 0h0"/>', '<option selected value="&quot;"></option>')
    """
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    inside = joined(children)
    if not inside and name in _SHAPES:
        return Markup(f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{inside}</{name}>")


def joined(children: Child) -> Markup:
    """Several things one behind the other.

    >>> joined(["1 < 2", tag("br"), None])
    '1 &lt; 2<br>'
    """
    if children is None:
        return Markup()
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return Markup(escape(clean(children)))
    return Markup("".join(map(joined, children)))


def prose(text: str) -> Markup:
    """A sentence in which what stands in backticks is code.

    >>> prose("see `top`")
    'see <code>top</code>'
    """
    parts = text.split("`")
    return joined(tag("code", part) if at % 2 else part for at, part in enumerate(parts))


def verbatim(text: str) -> Markup:
    """A text with its lines, tabs and everything, as `pre` shows it and somebody copies it."""
    return Markup(escape(text.encode("utf-8", "backslashreplace").decode("utf-8")))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{escape(clean(str(value)))}"'
