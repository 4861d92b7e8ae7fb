"""Every configuration of a space that has an end."""

from __future__ import annotations

from itertools import pairwise, product

from hpsearch.study.space import (
    Choice,
    Config,
    Float,
    Int,
    Layers,
    Params,
    Range,
    Space,
    Value,
    applies,
    step_of,
    steps,
)

LIMIT = 100_000
"""More points than anyone will run; listing them would only cost memory."""


class Endless(Exception):
    """A space that has no end, or one too far away: the key that makes it so, and the way out."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key, self.sentence = key, sentence


def grid(space: Space, fixed: Config) -> list[Params]:
    """Every configuration of a finite space, once each.

    Raises:
        Endless: a range has no end of values, or the grid more than LIMIT points.
    """
    points: list[dict[str, Value]] = [{}]
    for name, range_ in space.items():
        values = _values(name, range_)
        grown: list[dict[str, Value]] = []
        for point in points:
            here = applies(name, {**fixed, **point})
            grown += [{**point, name: value} for value in values] if here else [point]
            if len(grown) > LIMIT:
                sentence = f'the grid has more than {LIMIT:,} points; use "random".'
                raise Endless("study.sampler", sentence)
        points = grown
    return list[Params](points)


def _values(name: str, range_: Range) -> list[Value]:
    match range_:
        case Choice(options):
            return list(options)
        case Int(low, high, _, step) if (high - low) // step < LIMIT:
            return list(range(low, high + 1, step))
        case Float(step=float()) if steps(range_) < LIMIT:
            return [step_of(range_, number) for number in range(steps(range_) + 1)]
        case Layers():
            return _layers(name, range_)
        case Float(step=None):
            raise Endless(name, "a grid needs a choice, whole numbers, or a float with a step.")
    raise Endless(name, 'too many values for a grid; use a "choice".')


def _layers(name: str, range_: Layers) -> list[Value]:
    (low, high), (narrow, wide) = range_.depth, range_.width
    widths = range(narrow, wide + 1)
    if range_.shape == "constant":
        return [(width,) * depth for depth in range(low, high + 1) for width in widths]
    if sum(len(widths) ** depth for depth in range(low, high + 1)) > LIMIT:
        raise Endless(name, 'too many layer lists for a grid; use a "choice".')
    lists = (found for depth in range(low, high + 1) for found in product(widths, repeat=depth))
    if range_.shape == "free":
        return list(lists)
    return [found for found in lists if all(one >= other for one, other in pairwise(found))]
