"""Is the gradient right? Every derivative against centred differences.

In float64 with ε = 1e-5: at 1e-7 the difference of two costs drowns in rounding, and a correct
gradient then shows an error of 2e-6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncore.activations import Activation
from nncore.arrays import Array, Targets
from nncore.checks import positive, whole
from nncore.dataset import Dataset
from nncore.losses import Loss
from nncore.members import Setting
from nncore.network import Network
from nncore.objective import Objective
from nncore.sequential import Sequential


@dataclass(frozen=True)
class GradientCheck:
    """What a gradient check found."""

    error: float
    """‖numeric − g‖ / (‖numeric‖ + ‖g‖) over the derivatives compared; at most 1e-7 when right."""
    compared: int
    """Derivatives compared."""
    stepped_around: int
    """Derivatives left out because ±ε crosses a kink (of a ReLU, say), where there is none."""


def gradient_check(
    network: Sequential,
    loss: Loss,
    x: Array,
    y: Targets,
    *,
    lambd: Setting = 0.0,
    seed: int = 0,
    members: int | None = None,
    epsilon: float = 1e-5,
    sample: int | None = None,
    weights: Array | None = None,
) -> GradientCheck:
    """Compare the gradient of a whole batch with (cost(θ + ε) − cost(θ − ε)) / 2ε, one θ at a time.

    Dropout is on, with the same mask every time. Biases start at random values instead of zeros,
    so that theirs are checked where they matter.

    >>> from nncore.losses import MeanSquaredError
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(6, 4)), rng.normal(size=(6, 2))
    >>> shape = Sequential.from_dims([4, 5, 2], activation="tanh")
    >>> found = gradient_check(shape, MeanSquaredError(), x, y, lambd=0.5)
    >>> found.error < 1e-7, found.compared
    (True, 37)

    Args:
        x: shape (rows, width), best of unit variance.
        weights: of the rows, as a `Dataset` has them.
        sample: check that many parameters, drawn by `seed`, of a large network; None: all.

    Raises:
        ValueError: the data, epsilon or sample makes no sense; says how.
    """
    Dataset(np.asarray(x), np.asarray(y))  # which says what is wrong with them
    positive("epsilon", epsilon)
    if sample is not None:
        whole("sample", sample)
    rng = np.random.default_rng(seed)
    net = network.ending_in(loss.link).build(
        x.shape[1], len(x), rng, members, masks=_masks(seed, members), dtype=np.float64
    )
    theta = net.buffers.theta
    biases = ~net.buffers.decays
    theta[..., biases] = rng.normal(0.0, 0.1, theta[..., biases].shape)
    x = np.broadcast_to(np.asarray(x, np.float64), (*net.lead, *x.shape))
    target = _target(loss, y, net)
    batch = [x, target]
    if weights is not None:
        weights = np.asarray(weights, np.float64).reshape(x.shape[-2], -1)
        batch.append(np.broadcast_to(weights, (*net.lead, *weights.shape)))
    probe = _Probe(net, loss, Objective(net, loss, lambd, x.shape[-2]), batch)

    probe.cost()
    exact = net.buffers.grad.reshape(-1).copy()
    every = np.arange(theta.size)
    chosen = every if sample is None or sample >= theta.size else rng.choice(every, sample, False)
    numeric, smooth = np.zeros(len(chosen)), np.ones(len(chosen), bool)
    flat = theta.reshape(-1)
    for i, place in enumerate(chosen):
        at = flat[place]
        flat[place] = at + epsilon
        up, above = probe.cost(), probe.sides()
        flat[place] = at - epsilon
        down, below = probe.cost(), probe.sides()
        flat[place] = at
        numeric[i] = (up - down) / (2.0 * epsilon)
        smooth[i] = above == below
    numeric, exact = numeric[smooth], exact[chosen][smooth]
    size = np.linalg.norm(numeric) + np.linalg.norm(exact)
    error = float(np.linalg.norm(numeric - exact) / size) if size else 0.0
    return GradientCheck(error, int(smooth.sum()), int((~smooth).sum()))


class _Probe:
    """The cost at the parameters as they stand, and on which side of every kink it was taken."""

    def __init__(
        self, net: Network, loss: Loss, objective: Objective, batch: Sequence[Array]
    ) -> None:
        self._net, self._loss, self._objective = net, loss, objective
        self._batch = batch
        self._x, self._target = batch[:2]
        self._masks: list[Any] = [mask.state for mask in net.masks]

    def cost(self) -> float:
        """The members' costs together: none depends on another's parameters."""
        for mask, state in zip(self._net.masks, self._masks, strict=True):
            mask.state = state  # the same mask each time
        return float(self._objective.gradient(*self._batch).sum()) / self._x.shape[-2]

    def sides(self) -> bytes:
        """For every kink, which numbers lie above it."""
        views = self._net.at(self._x.shape[-2])
        inputs = [self._x, *views.ys]
        sides = [
            np.packbits(z > kink).tobytes()
            for stage, z in zip(self._net.sequential.body, inputs, strict=False)
            if isinstance(stage, Activation)
            for kink in stage.kinks
        ]
        d = views.output - self._target
        sides += [np.packbits(d > kink).tobytes() for kink in self._loss.kinks]
        return b"".join(sides)


def _masks(seed: int, members: int | None) -> list[np.random.BitGenerator]:
    return [np.random.SFC64([seed, member]) for member in range(members or 1)]


def _target(loss: Loss, y: Targets, net: Network) -> Array:
    y = loss.targets(np.asarray(y), net.outputs)
    target = np.eye(net.outputs)[y] if y.ndim == 1 else y.astype(np.float64)
    return np.ascontiguousarray(np.broadcast_to(target, (*net.lead, *target.shape)))
