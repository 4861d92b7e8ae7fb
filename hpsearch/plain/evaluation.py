"""`hpsearch evaluate`: a model's figures on standard output, at most 80 columns wide."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from os import environ

from hpsearch.data.table import counted
from hpsearch.models.evaluation import Evaluation
from hpsearch.models.pictures import Picture
from hpsearch.plain.terminal import Terminal, terminal
from hpsearch.study.confusion import Confusion
from hpsearch.view.format import ASCII, aligned, cells, clean, cut, figure
from hpsearch.view.thumbnails import gallery

WIDTH = 80
MOST_CLASSES = 30
"""Classes told one by one; of more, the worst."""
MOST_SLIPS = 10
"""Confusions named where the whole matrix is too wide."""
_NAME = 16
"""Cells of a class's name."""


def as_text(evaluation: Evaluation, out: Terminal | None = None) -> None:
    """Print the figures as tables."""
    out = out or terminal()
    for line in lines(evaluation):
        out.say(out.writable(clean(line)))
    if evaluation.pictures:
        out.say("")
        _draw(evaluation.pictures, out)


def as_json(evaluation: Evaluation, out: Terminal | None = None) -> None:
    """Print one object: see `Evaluation.to_json`."""
    (out or terminal()).say(json.dumps(evaluation.to_json(), indent=2, allow_nan=False))


def lines(evaluation: Evaluation) -> Iterator[str]:
    """What is printed."""
    left = evaluation.without_target
    apart = f"; {left:,} without a target left out" if left else ""
    yield f"{evaluation.model} on {evaluation.data}: {counted(evaluation.rows, 'row')}{apart}"
    of = _of(evaluation)
    yield from _named(evaluation.figures, of)
    if evaluation.each:
        names = list(next(iter(evaluation.each.values())))[:5]
        rows = [
            [target, *(figure(figures[name]) for name in names)]
            for target, figures in evaluation.each.items()
        ]
        yield ""
        yield from _table(["target", *names], rows)
    for confusion in evaluation.confusions:
        yield ""
        yield from _confusion(confusion)
        if len(confusion.classes) > 2:
            yield ""
            yield from _by_class(confusion)
    if evaluation.calibration:
        yield ""
        rows = [
            [
                *(f"{one.low:.1f}–{one.high:.1f}", f"{one.predictions:,}"),
                *(f"{one.confidence:.3f}", f"{one.right:.3f}"),
            ]
            for one in evaluation.calibration
        ]
        yield from _table(["confidence", "predictions", "mean", "right"], rows)


def _draw(pictures: Sequence[Picture], out: Terminal) -> None:
    """Images in rows, each above its true and its predicted class; half blocks on a terminal."""
    signs = out.glyphs
    arrow = "->" if signs is ASCII else "→"
    wrong = {None: "", True: f" {signs.complete}", False: f" {signs.failed}"}
    named = [
        (one.image, clean(f"{one.true} {arrow} {one.predicted}{wrong[one.right]}"))
        for one in pictures
    ]
    out.say(out.fit(f"{len(named):,} of the images: true {arrow} predicted"))
    # without colours all half blocks look alike
    colour = out.is_tty and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    drawn = gallery(named, out.width, signs, colour)
    if not colour:
        for line in drawn:
            out.say(out.writable("".join(text for text, _ in line)).rstrip())
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out.stream, highlight=False, markup=False)
    for line in drawn:
        inked = [(out.writable(text), "" if ink == "plain" else ink) for text, ink in line]
        console.print(Text.assemble(*inked), soft_wrap=True)


def _of(evaluation: Evaluation) -> str:
    """Whose precision, recall and f1 are told."""
    if evaluation.task == "binary":
        return f"of {evaluation.confusions[0].classes[1]!r}"
    return "mean over labels" if evaluation.task == "multilabel" else "mean over classes"


def _named(figures: Mapping[str, float | None], of: str) -> Iterator[str]:
    told = {name: figure(value) for name, value in figures.items()}
    wide, right = max(map(len, told)), max(map(len, told.values()))
    for name, value in told.items():
        whose = f"  {of}" if name in ("precision", "recall", "f1") else ""
        yield f"  {name:<{wide}}  {value:>{right}}{whose}"


def _confusion(confusion: Confusion) -> Iterator[str]:
    names = [cut(name, _NAME, "…") for name in confusion.classes]
    rows = [
        [name, *(f"{n:,}" for n in counts)]
        for name, counts in zip(names, confusion.counts, strict=True)
    ]
    whole = list(_table([f"{confusion.target}: true ↓ said →", *names], rows))
    if max(map(cells, whole)) <= WIDTH:
        yield from whole
        return
    slips = sorted(
        (
            (n, true, said)
            for true, counts in enumerate(confusion.counts)
            for said, n in enumerate(counts)
            if n and true != said
        ),
        key=lambda slip: (-slip[0], slip[1:]),
    )
    if not slips:
        yield f"{confusion.target}: no row was taken for another class."
        return
    rows = [[names[true], names[said], f"{n:,}"] for n, true, said in slips[:MOST_SLIPS]]
    yield from _table([f"{confusion.target}: true", "said", "rows"], rows, words=2)
    if (left := len(slips) - MOST_SLIPS) > 0:
        yield f"  … {left:,} more, in --format json"


def _by_class(confusion: Confusion) -> Iterator[str]:
    told = confusion.by_class()
    if len(told) > MOST_CLASSES:
        told = sorted(told, key=lambda one: 2.0 if one.f1 is None else one.f1)
    rows = [
        [
            *(cut(one.name, 2 * _NAME, "…"), f"{one.rows:,}"),
            *(figure(one.precision), figure(one.recall), figure(one.f1)),
        ]
        for one in told[:MOST_CLASSES]
    ]
    yield from _table(["class", "rows", "precision", "recall", "f1"], rows)
    if (left := len(told) - MOST_CLASSES) > 0:
        yield f"  … {left:,} better ones, in --format json"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> Iterator[str]:
    """Columns under their names; the first `words` to the left, figures to the right."""
    for line in aligned([header, *rows], words):
        yield f"  {line}".rstrip()
