"""Learning by luck: two naive searches for good weights, and why they stop short.

Learning means: find weights with a low loss. What if we simply guess?

**Draw anew.** Draw all weights at random, measure the loss, keep them if they are the best so
far. Again. And again. Nothing is learned from one guess for the next, so guess 1,000 is as blind
as guess 1, and a new best becomes rarer the better the best is.

**Perturb.** Take the best weights so far and nudge all of them a little, at random. Better? Keep
the new ones. Worse? Go back. This builds on what was found, so it gets much further.

Try both on three upright bands of points, which are easy, and on a spiral of three arms, which is
not. The network is 2 → 64 → 3 in both: 2·64 + 64 + 64·3 + 3 = 387 numbers to find.

**Why both stop short.** Imagine standing on a hillside in fog. One direction leads straight down;
a guess is a step in a random direction. On a map, with two directions to choose from, a random
step has on average 0.64 of its length along the slope, up or down. But 387 weights are 387
directions, and all but a sliver of the step goes *sideways*: about 0.8/√n of it lies along the
slope. A real network of 19,602 numbers keeps 0.006. And half of the guesses lead up anyway.

Accuracy here is argmax against the class, as in lesson 6. There is a way to *know* the direction
that leads down, for all weights at once and for the price of about three guesses. The next lesson
finds it for one neuron.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from nncore import Dataset, Sequential, losses
from nncore.generated import generators
from nncore.weight_search import WeightSearch, strategies

GUESSES = 1500


def main() -> None:
    """Both strategies on both sets, and how much of a random step goes downhill."""
    network = Sequential.from_dims((2, 64, 3), activation="relu", output="softmax")
    print(f"after {GUESSES} guesses:             loss   accuracy   better ones in each third")
    for data in ("bands", "spiral"):
        x, y = generators[data]()
        for name in strategies:
            loss = losses["categorical_cross_entropy"]()
            search = WeightSearch(network, loss, Dataset(x, y), strategies[name](), seed=0)
            kept = [guess.kept for guess in islice(search, GUESSES)]
            right = np.mean(search.network.logits(x).argmax(axis=1) == y)
            thirds = np.reshape(kept, (3, -1)).sum(axis=1)
            said = f"{search.best:.3f}     {right:6.1%}     {' '.join(f'{n:4d}' for n in thirds)}"
            print(f"  {data:<8} {name:<18} {said}")
    print("  guessing at random among three classes would be right 33.3% of the time\n")

    rng = np.random.default_rng(0)
    print("share of a random step that lies along the slope:")
    for n in (2, 10, 100, 387, 19_602):
        steps = rng.normal(size=(400, n))
        along = np.abs(steps[:, 0]) / np.linalg.norm(steps, axis=1)
        print(f"  {n:>6,} weights: {along.mean():.3f}")
