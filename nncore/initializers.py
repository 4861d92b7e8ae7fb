"""First values for weights.

fan_in is how many numbers a unit takes in, fan_out how many units it feeds. All draw from the
generator they are given and nothing else, so the same seed gives the same network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nncore.arrays import Shape
from nncore.checks import positive
from nncore.registry import Registry


class Initializer(Protocol):
    """Draws the first values of one parameter."""

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        """Values for weights of `shape` (fan_in, fan_out)."""
        ...


initializers: Registry[type[Initializer]] = Registry("initializer")


@initializers("he_normal")
@dataclass(frozen=True)
class HeNormal:
    """Normal with variance 2 / fan_in, for layers followed by a ReLU.

    He et al. 2015, "Delving Deep into Rectifiers", eq. 10. https://arxiv.org/abs/1502.01852
    """

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        return rng.normal(0.0, (2.0 / shape[0]) ** 0.5, shape)


@initializers("he_uniform")
@dataclass(frozen=True)
class HeUniform:
    """Uniform in ±√(6 / fan_in), which has He's variance of 2 / fan_in."""

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        bound = (6.0 / shape[0]) ** 0.5
        return rng.uniform(-bound, bound, shape)


@initializers("xavier_normal")
@dataclass(frozen=True)
class XavierNormal:
    """Normal with variance 2 / (fan_in + fan_out), for tanh and sigmoid.

    Glorot & Bengio 2010, eq. 12. https://proceedings.mlr.press/v9/glorot10a.html
    """

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        return rng.normal(0.0, (2.0 / (shape[0] + shape[1])) ** 0.5, shape)


@initializers("xavier_uniform")
@dataclass(frozen=True)
class XavierUniform:
    """Uniform in ±√(6 / (fan_in + fan_out)). Glorot & Bengio 2010, eq. 16."""

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        bound = (6.0 / (shape[0] + shape[1])) ** 0.5
        return rng.uniform(-bound, bound, shape)


@initializers("lecun_normal")
@dataclass(frozen=True)
class LecunNormal:
    """Normal with variance 1 / fan_in, which keeps the variance of a linear layer.

    LeCun et al. 1998, "Efficient BackProp", section 4.6.
    """

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        return rng.normal(0.0, (1.0 / shape[0]) ** 0.5, shape)


@initializers("scaled_normal")
@dataclass(frozen=True)
class ScaledNormal:
    """Normal with one standard deviation for every layer, whatever its fans.

    The first thing one tries; deep networks of it start with vanishing activations.
    """

    scale: float = 0.01

    def __post_init__(self) -> None:
        positive("scaled_normal: scale", self.scale)

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        return rng.normal(0.0, self.scale, shape)


@initializers("zeros")
@dataclass(frozen=True)
class Zeros:
    """All zeros: for biases. As weights it keeps every unit of a layer the same for ever."""

    def __call__(self, rng: np.random.Generator, shape: Shape) -> npt.ArrayLike:
        return np.zeros(shape)
