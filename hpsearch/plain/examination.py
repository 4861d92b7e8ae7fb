"""`hpsearch examine`: what a trial's networks get wrong, in words or JSON on standard output."""

from __future__ import annotations

import json

from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.study.examination import Examination
from hpsearch.view.examined import examined_lines
from hpsearch.view.format import cut, pad


def as_text(examination: Examination, out: Terminal | None = None) -> None:
    """Print it as tables, and images in shades."""
    out = out or terminal()
    out.say(out.fit(f"{examination.study} #{examination.trial}"))
    for line in examined_lines(examination, out.width, out.glyphs, colour=False):
        out.say(out.fit("".join(text for text, _ in line)).rstrip())
    if examination.layers:
        out.say(" layer           weight norm  dead units")
    for layer in examination.layers:
        dead = out.glyphs.nothing if layer.dead is None else f"{100 * layer.dead:.1f} %"
        out.say(f" {pad(cut(layer.name, 14), 14)} {layer.weight_norm:12.4f}  {dead:>10}")


def as_json(examination: Examination, out: Terminal | None = None) -> None:
    """Print one object: see `Examination.to_json`."""
    (out or terminal()).say(json.dumps(examination.to_json(), indent=2, allow_nan=False))
