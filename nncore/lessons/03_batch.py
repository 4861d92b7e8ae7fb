"""A batch: many rows at once, and how NumPy stretches small arrays to fit large ones.

One row of inputs is one example: one day. Four days are a *batch*, an array of shape (4 rows, 3
inputs). The formula of the layer does not change at all:

    X @ W + b        (4, 3) @ (3, 2) + (2,)  →  (4, 2)        a row of answers for each day

**Broadcasting.** X @ W has shape (4, 2) and b has shape (2,): how can they be added? NumPy writes
the shapes one under the other, *from the right*. Two sizes fit if they are equal, or if one of
them is 1 or missing: then that array is stretched, as if it were repeated.

    (4, 2)                          (4, 3)                       (4, 3)
       (2,)  fits: b goes to           (4,)  does not fit:       (4, 1)  fits: each row gets
             every row                       3 is not 4                  a number of its own

**keepdims.** Say we want to take each row's mean off the row. The mean over axis 1 has shape
(4,), and as the middle column shows that does not fit; with `keepdims=True` the axis stays as a
1, and it does. Worse than an error is none: if X happens to be *square*, (3, 3) − (3,) fits, and
silently takes the mean of row j off *column* j. So: whenever you sum, average or take a maximum
over an axis and then go on with the original array, write keepdims=True. Softmax, in lesson 6,
does this twice.
"""

from __future__ import annotations

import numpy as np

X = np.array([[2.0, 3.0, 1.0], [5.0, 0.0, 0.0], [0.0, 6.0, 2.0], [1.0, 1.0, 0.0]])
W = np.array([[0.5, 1.0], [-1.0, 0.0], [4.0, -2.0]])
B = np.array([1.0, 0.5])


def main() -> None:
    """Four days at once; then what goes wrong without keepdims."""
    looped = np.array([x @ W + B for x in X])
    z = X @ W + B
    print("row  inputs       answers")
    for i, (x, answer) in enumerate(zip(X, z, strict=True)):
        print(f"{i:>3}  {x}   {answer[0]:4.1f} {answer[1]:4.1f}")
    print(f"A loop over the rows says the same: {np.array_equal(looped, z)}\n")

    products = X @ W
    print(f"broadcasting: {products.shape} + {B.shape} → {z.shape}")

    print(f"means of the rows: shape {X.mean(axis=1).shape}", end=", ")
    print(f"with keepdims {X.mean(axis=1, keepdims=True).shape}")
    try:
        print(X - X.mean(axis=1))
    except ValueError:
        print("  (4, 3) − (4,)    an error, luckily")
    print(f"  (4, 3) − (4, 1)  row 0 becomes {(X - X.mean(axis=1, keepdims=True))[0]}\n")

    square = X[:3]
    wrong, right = square - square.mean(axis=1), square - square.mean(axis=1, keepdims=True)
    print("Square, the trap. Each row minus its mean must add up to 0:")
    print(f"  (3, 3) − (3,)    rows add up to {wrong.sum(axis=1).round(1)}: wrong, without a word")
    print(f"  (3, 3) − (3, 1)  rows add up to {right.sum(axis=1).round(1) + 0.0}")
