"""The whole page."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from hpsearch import __version__
from hpsearch.report import best, leaderboard, mistakes, progress, reproduce, searched, theme
from hpsearch.report.markup import Child, Markup, joined, tag
from hpsearch.report.material import Material
from hpsearch.view.format import duration

_SECTIONS: tuple[tuple[str, str, Callable[[Material], Child]], ...] = (
    ("leaderboard", "Leaderboard", leaderboard.leaderboard),
    ("best-so-far", "Progress", progress.best_so_far),
    ("curves", "Curves", progress.curves),
    ("importance", "Importance", searched.importance),
    ("slices", "Slices", searched.slices),
    ("parallel", "Parallel coordinates", searched.parallel),
    ("mistakes", "Mistakes", mistakes.mistakes),
    ("network", "Network", best.layers),
    ("configuration", "Configuration", best.configuration),
    ("failures", "Failures", best.failures),
    ("timeline", "Timeline", progress.timeline),
    ("reproduce", "Reproduce", reproduce.reproduce),
    ("data", "Data", lambda material: reproduce.notes(material.study)),
)
"""Each with its name in addresses, its heading and what draws it; one that has nothing to show is
left out."""


def page(material: Material, step: Callable[[str], None] = lambda _: None) -> str:
    """The report as HTML, the same for the same study.

    Args:
        material: the study.
        step: hears what is drawn next.
    """
    name = material.status.name
    parts = []
    for anchor, title, draw in _SECTIONS:
        step(title.lower())
        inside = joined(draw(material))
        if inside:
            parts.append((anchor, title, inside))
    links = [tag("a", title, href=f"#{anchor}") for anchor, title, _ in parts]
    body = tag(
        "body",
        _header(material),
        tag("nav", tag("div", links), aria_label="Contents"),
        tag(
            "main",
            tag("section", best.summary(material), best.values(material), id="summary"),
            [
                tag("section", tag("h2", title), inside, id=anchor)
                for anchor, title, inside in parts
            ],
        ),
        tag("footer", tag("p", f"Made by hpsearch {__version__}, {_as_of(material)}")),
        tag("script", theme.script()),
    )
    return f"<!doctype html>\n{tag('html', _head(name), body, lang='en')}\n"


def _head(name: str) -> Markup:
    """What may be loaded: nothing. Only our own script runs, whatever a study's names say."""
    known = b64encode(sha256(theme.script().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{known}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=f"hpsearch {__version__}"),
        tag("title", f"{name}: hpsearch report"),
        tag("style", theme.style()),
    )


def _header(material: Material) -> Markup:
    stands, study = material.status, material.study
    state = {"gone": "gone: its engine ended without a word"}.get(stands.state, stands.state)
    told = [f"{stands.counts.finished:,} of {stands.counts.asked:,} trials"]
    if stands.seconds:
        told.append(f"in {duration(stands.seconds)}")
    if study.task:
        told.append(f"· {study.task}")
    told.append(f"· ranked by {study.metric}")
    return tag(
        "header",
        tag("p", "hpsearch report", class_="over"),
        tag("h1", stands.name),
        tag("p", tag("span", state, class_=f"state {stands.state}"), " ", " ".join(told)),
        _switch(),
    )


def _switch() -> Markup:
    """Light, dark, or as the system says: it needs no JavaScript."""
    choices = [
        tag("label", tag("input", type="radio", name="theme", id=f"theme-{word}",
                         checked=word == "auto"), tag("span", word))
        for word in ("auto", "light", "dark")
    ]  # fmt: skip
    return tag("fieldset", tag("legend", "Theme"), choices, class_="switch")


def _as_of(material: Material) -> str:
    beat = material.study.beat
    if not beat:
        return "from what its store says."
    return time.strftime("from its store as of %Y-%m-%d %H:%M UTC.", time.gmtime(beat))
