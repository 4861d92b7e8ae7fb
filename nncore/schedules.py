"""Learning-rate schedules: a factor on the base rate for each epoch.

Always computed from the base rate. From the last epoch's rate it would compound: with a decay
rate of 1 the tenth epoch would learn at 2e-9 of what was asked.

>>> discrete = schedules["discrete"](decay_rate=1.0, decay_interval=2)
>>> [round(discrete(epoch, 6), 2) for epoch in range(6)]
[1.0, 1.0, 0.5, 0.5, 0.33, 0.33]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, pi
from typing import Protocol

from nncore.checks import number, whole
from nncore.registry import Registry


class Schedule(Protocol):
    """What to multiply the base rate by."""

    def __call__(self, epoch: int, epochs: int) -> float:
        """The factor in `epoch`, counted from 0, of `epochs` in all."""
        ...


schedules: Registry[type[Schedule]] = Registry("schedule")


@schedules("none")
@dataclass(frozen=True)
class Constant:
    """Always 1."""

    def __call__(self, epoch: int, epochs: int) -> float:
        return 1.0


@schedules("continuous")
@dataclass(frozen=True)
class Continuous:
    """1 / (1 + decay_rate · epoch)."""

    decay_rate: float = 0.01

    def __post_init__(self) -> None:
        _positive("continuous", self.decay_rate)

    def __call__(self, epoch: int, epochs: int) -> float:
        return 1.0 / (1.0 + self.decay_rate * epoch)


@schedules("discrete")
@dataclass(frozen=True)
class Discrete:
    """1 / (1 + decay_rate · ⌊epoch / decay_interval⌋): the continuous one in steps."""

    decay_rate: float = 0.01
    decay_interval: int | None = None
    """Epochs a step lasts. None: a fifth of all, at least 1."""

    def __post_init__(self) -> None:
        _positive("discrete", self.decay_rate)
        if self.decay_interval is not None:
            whole("discrete: decay_interval", self.decay_interval)

    def __call__(self, epoch: int, epochs: int) -> float:
        interval = self.decay_interval or max(1, epochs // 5)
        return 1.0 / (1.0 + self.decay_rate * (epoch // interval))


@schedules("exponential")
@dataclass(frozen=True)
class Exponential:
    """exp(−decay_rate · epoch)."""

    decay_rate: float = 0.01

    def __post_init__(self) -> None:
        _positive("exponential", self.decay_rate)

    def __call__(self, epoch: int, epochs: int) -> float:
        return exp(-self.decay_rate * epoch)


@schedules("cosine")
@dataclass(frozen=True)
class Cosine:
    """From 1 down to `floor` along half a cosine.

    Loshchilov & Hutter 2017, "SGDR", eq. 5. https://arxiv.org/abs/1608.03983
    """

    floor: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= number("cosine: floor", self.floor) < 1.0:
            raise ValueError(f"cosine: floor is {self.floor:g}; it lies in [0, 1).")

    def __call__(self, epoch: int, epochs: int) -> float:
        share = min(epoch / max(1, epochs), 1.0)
        return self.floor + (1.0 - self.floor) * (1.0 + cos(pi * share)) / 2.0


@schedules("warmup")
@dataclass(frozen=True)
class WarmUp:
    """Rises evenly over the first epochs to what `then` says, and follows it from there.

    Epoch i of the `warmup` learns at (i + 1) / (warmup + 1) of `then`.
    """

    warmup: int = 5
    then: Schedule = Constant()

    def __post_init__(self) -> None:
        whole("warmup: its epochs", self.warmup)
        if isinstance(self.then, type) or not callable(self.then):
            raise ValueError(
                f"warmup: then is {self.then!r}; it is a schedule: schedules['cosine']()."
            )

    def __call__(self, epoch: int, epochs: int) -> float:
        rise = min((epoch + 1) / (self.warmup + 1), 1.0)
        return rise * self.then(epoch, epochs)


def _positive(name: str, decay_rate: float) -> None:
    if not 0.0 < number(f"{name}: decay_rate", decay_rate) < float("inf"):
        raise ValueError(
            f"{name}: decay_rate is {decay_rate:g}; it is above 0. For no decay choose none."
        )
