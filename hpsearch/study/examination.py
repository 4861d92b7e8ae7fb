"""What a trial's networks do on the rows it was judged by: what commands tell and views draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from hpsearch.study.confusion import Confusion

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Of a regression's residuals."""


@dataclass(frozen=True)
class LayerState:
    """One layer's weights after training; means over the networks of a trial."""

    name: str
    """As in the table of a trial's network: `hidden 1`, …, `output`."""
    weight_norm: float
    """Of its weights, without biases: the root of the sum of squares."""
    dead: float | None
    """Share of units that no validation row turns on; None where it is not relu."""


@dataclass(frozen=True)
class WrongRow:
    """A row whose class, or one of whose labels, was taken for another."""

    row: int
    """As the file counts."""
    target: str
    true: str
    predicted: str
    probability: float
    """That the network gave to what it took it for."""
    cells: Mapping[str, str]
    """Some of its columns, as they were read."""
    image: tuple[tuple[int, ...], ...] | None
    """Brightness of its pixels from 0 to 255, small enough to be drawn; None: it is no image."""


@dataclass(frozen=True)
class FarRow:
    """A row whose value was missed by much."""

    row: int
    """As the file counts."""
    target: str
    true: float
    predicted: float
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Residuals:
    """How far predictions of a target are off: predicted minus true, in the target's units."""

    target: str
    quantiles: tuple[float, ...]
    """At QUANTILES."""


@dataclass(frozen=True)
class Examination:
    """A trial's networks of its best epoch, on its validation rows."""

    study: str
    trial: int
    task: str
    metric: str
    value: float | None
    """What the leaderboard says."""
    figures: Mapping[str, float]
    """The same and further ones, found out anew."""
    agrees: bool
    """Whether both say the same of the metric, as far as it is one of validation rows."""
    rows: int
    networks: int
    judged: str
    """Which rows which network was judged by, in words."""
    layers: tuple[LayerState, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    """One for each target of a classification."""
    wrong: tuple[WrongRow, ...] = ()
    """Some of the rows that were taken for something else, the surest first."""
    residuals: tuple[Residuals, ...] = ()
    """One for each target of a regression."""
    far: tuple[FarRow, ...] = ()
    """Some of the rows that were missed by most, these first."""

    def to_json(self) -> dict[str, Any]:
        """The fields by name; confusions with what follows from them."""
        told = asdict(self)
        told["confusions"] = [
            {
                **asdict(one),
                "by_class": [asdict(each) for each in one.by_class()],
                "slips": [asdict(slip) for slip in one.slips()],
            }
            for one in self.confusions
        ]
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `to_json` gave.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        known = {field.name: told[field.name] for field in fields(cls)}
        parts = {
            "layers": lambda one: LayerState(**one),
            "confusions": Confusion.from_json,
            "wrong": lambda one: WrongRow(**{**one, "image": _image(one["image"])}),
            "residuals": lambda one: Residuals(one["target"], tuple(one["quantiles"])),
            "far": lambda one: FarRow(**one),
        }
        for name, made in parts.items():
            known[name] = tuple(made(one) for one in known[name])
        return cls(**known)


def _image(rows: Any) -> tuple[tuple[int, ...], ...] | None:
    return None if rows is None else tuple(tuple(int(n) for n in row) for row in rows)
