"""Why a network needs something that bends.

Layers can follow each other: what one says, the next takes in. But two layers and nothing between
them are no more than one. With single numbers:

    2 · (3x + 1) + 4  =  6x + 6          a line of a line is a line

and with matrices it is the same sum: (x W₁ + b₁) W₂ + b₂ = x (W₁W₂) + (b₁W₂ + b₂). A hundred
layers would still draw one straight line.

**What a line cannot do.** Exclusive or says yes to (0,1) and (1,0), and no to (0,0) and (1,1). A
neuron w₁x₁ + w₂x₂ + b above 0 for the first two: add both, and w₁ + w₂ + 2b is above 0. At or
below 0 for the other two: add both, and w₁ + w₂ + 2b is at or below 0. It cannot be both.

**What a bend can do.** The simplest bend is ReLU, max(z, 0): what is positive passes, the rest is
0. Two neurons with a ReLU, and a third that listens to them, and exclusive or is solved:

    h₁ = relu(x₁ + x₂)    h₂ = relu(x₁ + x₂ − 1)    z = h₁ − 2h₂

**Any shape, out of bends.** Each ReLU adds one corner to a curve, where its bias says. The slope
of x² between 0, 1, 2, 3, 4 is 1, 3, 5, 7: start with slope 1 and add 2 at each corner.

    relu(x) + 2 relu(x−1) + 2 relu(x−2) + 2 relu(x−3)

meets x² at every whole number. More neurons, more corners, a closer fit; learning will decide
where the corners go.
"""

from __future__ import annotations

import numpy as np

CASES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def relu(z: np.ndarray) -> np.ndarray:
    """max(z, 0)."""
    return np.maximum(z, 0.0)


def main() -> None:
    """Two layers that are one, exclusive or, and a curve made of corners."""
    rng = np.random.default_rng(0)
    x, w1, b1 = rng.normal(size=(5, 3)), rng.normal(size=(3, 8)), rng.normal(size=8)
    w2, b2 = rng.normal(size=(8, 2)), rng.normal(size=2)
    two = (x @ w1 + b1) @ w2 + b2
    one = x @ (w1 @ w2) + (b1 @ w2 + b2)
    bent = relu(x @ w1 + b1) @ w2 + b2
    print(f"two layers, nothing between, differ from one layer by {gap(two, one)}")
    print(f"two layers with a ReLU between differ from it by {gap(bent, one)}\n")

    print("exclusive or:   x      h₁  h₂   h₁ − 2h₂")
    h = relu(CASES @ np.array([[1.0, 1.0], [1.0, 1.0]]) + np.array([0.0, -1.0]))
    z = h @ np.array([1.0, -2.0])
    for case, units, answer in zip(CASES, h, z, strict=True):
        print(f"              {case}   {units[0]:.0f}   {units[1]:.0f}      {answer:.0f}")

    knots = np.array([0.0, 1.0, 2.0, 3.0])
    print("\nx² out of four ReLUs:")
    for at in (0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0):
        made = float(relu(at - knots) @ np.array([1.0, 2.0, 2.0, 2.0]))
        print(f"  x = {at}   made {made:5.2f}   x² {at * at:5.2f}")


def gap(a: np.ndarray, b: np.ndarray) -> str:
    """The largest difference, 0 where it is rounding alone."""
    return f"{np.abs(a - b).max().round(9):.2g}"
