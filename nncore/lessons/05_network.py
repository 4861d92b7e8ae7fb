"""A network: layers in a row, and how many numbers it has to learn.

A `Sequential` is a list of layers, each of which takes what the one before gives. Writing one
down makes no network yet: it is a description, like a recipe without the cake. `build` makes it
real.

**Counting parameters.** A dense layer from n inputs to m neurons has n · m weights and m biases.
Activations and dropout learn nothing. For 5 → 64 → 128 → 64 → 32 → 16 → 2:

      5 ·  64 +  64  =    384
     64 · 128 + 128  =  8,320
    128 ·  64 +  64  =  8,256
     64 ·  32 +  32  =  2,080
     32 ·  16 +  16  =    528
     16 ·   2 +   2  =     34
                       ──────
                       19,602      nearly all of it between the widest layers

**Dropout** appears in the table because it does something while learning: with keep_prob 0.8 each
number is set to 0 with a chance of 0.2, and the others are divided by 0.8, which keeps the
average as it was. No neuron can then rely on one other alone. When predicting, dropout does
nothing.

**First weights** are random, or all neurons of a layer would be the same neuron for ever. Their
spread s is not free: too small and the signal fades from layer to layer, too large and it
explodes. A sum of n inputs, each times a weight, has n s² times the mean square of the inputs, and
a ReLU, which stops every other number, halves it. So n s² / 2 = 1 keeps it level: He's rule, a
spread of √(2/n).

**The forward pass** is what you know by now, layer by layer: x W + b, bend, x W + b, bend. The
two numbers at the end are called *logits*; lesson 6 makes probabilities of them.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from nncore import Sequential

DIMS = (5, 64, 128, 64, 32, 16, 2)


def main() -> None:
    """The table, and three rows on their way through."""
    network = Sequential.from_dims(DIMS, activation="relu", output="softmax", keep_prob=0.8)
    print(network.summary())
    counts = [n * m + m for n, m in pairwise(DIMS)]
    print(f"\nby hand: {' + '.join(f'{count:,}' for count in counts)} = {sum(counts):,}\n")

    rng = np.random.default_rng(0)
    net = network.build(width=5, rows=3, rng=rng)
    x = rng.normal(size=(3, 5))
    print(f"three rows in {x.shape}, probabilities out {net.predict(x).shape}:")
    for logits, shares in zip(net.logits(x), net.predict(x), strict=True):
        said = f"{shares[0]:.3f} + {shares[1]:.3f} = {shares.sum():.3f}"
        print(f"  logits {logits[0]:6.3f} {logits[1]:6.3f}   probabilities {said}")

    print("\nspread of what comes out of 20 ReLU layers of 100 neurons:")
    for rule, spread in (("too small", 0.05), ("He's √(2/n)", 0.02**0.5), ("too large", 0.3)):
        signal = rng.normal(size=(50, 100))
        for _ in range(20):
            signal = np.maximum(signal @ rng.normal(0.0, spread, (100, 100)), 0.0)
        print(f"  {rule:<12} first weights of {spread:.2f}: {signal.std():.1e}")
