"""Layers that keep to a number of parameters.

`bounded` cuts off a range what can never fit, before anything is drawn; `narrowed` mends a draw
that is too large all the same, as two wide layers may be where each of them alone fits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace

from hpsearch.study.space import Choice, Dims, Layers, Range, Value

Fits = Callable[[Dims], bool]
"""Whether a network with these hidden layers keeps to the limit."""

_STEPS = 1024
"""How finely layers are narrowed."""


def bounded(range_: Range, fits: Fits) -> Range:
    """The part of a layers range, or of a choice of layers, out of which something may fit.

    A range of which nothing fits is given back as it is.

    >>> bounded(Layers((1, 3), (10, 100)), lambda dims: sum(dims) <= 25)
    Layers(depth=(1, 2), width=(10, 25), log=False, shape='free')
    """
    match range_:
        case Choice(options):
            fitting = tuple(dims for dims in _lists(options) if fits(dims))
            return Choice(fitting) if fitting else range_
        case Layers((fewest, most), (narrow, wide)):
            depths = [depth for depth in range(fewest, most + 1) if fits((narrow,) * depth)]
            if not depths:
                return range_
            width = max(_widest(range_, layers, fits) for layers in _alone(range_))
            return replace(range_, depth=(fewest, max(depths)), width=(narrow, min(wide, width)))
        case _:
            return range_


def narrowed(range_: Range, dims: Dims, fits: Fits) -> Dims | None:
    """The layers of a range nearest to `dims` that fit; None where none do.

    Layers are taken away while even the narrowest would be too many; then all are narrowed by the
    same share of what they are above the narrowest. A choice gives its largest that fits.
    """
    match range_:
        case Choice(options):
            return max(filter(fits, _lists(options)), key=sum, default=None)
        case Layers((fewest, _), (narrow, _)):
            depth = len(dims)
            while depth > fewest and not fits((narrow,) * depth):
                depth -= 1
            kept = dims[:depth]

            def at(step: int) -> Dims:
                return tuple(narrow + (width - narrow) * step // _STEPS for width in kept)

            steps = bisect_right(range(_STEPS + 1), False, key=lambda step: not fits(at(step)))
            return at(steps - 1) if steps else None
        case _:
            return dims if fits(dims) else None


def _alone(range_: Layers) -> Iterator[Callable[[int], Dims]]:
    """Ways to have one layer of a width among narrow ones; one of them has the fewest parameters.

    That need not have the fewest layers: between two narrow ones a wide layer may have less weights
    than it has between many features and many outputs.
    """
    (fewest, most), narrow = range_.depth, range_.width[0]
    if range_.shape == "constant":
        yield lambda width: (width,) * fewest
        return
    for depth in range(fewest, min(most, fewest + 2) + 1):
        for place in range(1 if range_.shape == "funnel" else depth):
            before, after = (narrow,) * place, (narrow,) * (depth - place - 1)
            yield lambda width, before=before, after=after: (*before, width, *after)


def _widest(range_: Layers, layers: Callable[[int], Dims], fits: Fits) -> int:
    low, high = range_.width
    fitting = bisect_right(range(low, high + 1), False, key=lambda width: not fits(layers(width)))
    return low + fitting - 1


def _lists(options: tuple[Value, ...]) -> Iterator[Dims]:
    for option in options:
        if isinstance(option, tuple):
            yield tuple(map(int, option))
