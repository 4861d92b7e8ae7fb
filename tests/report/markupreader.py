"""A page as a strict reader sees it: every element closed, and what each says."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "input", "img", "col"}


@dataclass
class Element:
    """One element."""

    name: str
    attributes: dict[str, str | None]
    inside: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says itself and what its parts say."""
        return "".join(self.words) + "".join(part.text for part in self.inside)

    def every(self, name: str | None = None, kind: str | None = None):
        """Elements inside of that name and class, in order."""
        for part in self.inside:
            kinds = (part.attributes.get("class") or "").split()
            if name in (None, part.name) and (kind is None or kind in kinds):
                yield part
            yield from part.every(name, kind)

    def at(self, anchor: str) -> Element:
        """The element of that id."""
        return next(part for part in self.every() if part.attributes.get("id") == anchor)

    def ids(self) -> list[str]:
        """Every id."""
        return [e.attributes["id"] or "" for e in self.every() if "id" in e.attributes]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].inside.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1].name == tag, f"</{tag}> closes {self.open[-1].name}"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].words.append(data)


def read(text: str) -> Element:
    """The page, or a piece of one.

    Raises:
        AssertionError: an element is not closed, or something else is.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"{reader.open[-1].name} is not closed"
    return reader.open[0]
