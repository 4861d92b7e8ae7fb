"""A small search: which learning rate?

Weights are learned. But who chooses the learning rate, the number of neurons, the batch size?
They stand above the weights and so are called *hyperparameters*. There is no gradient for them;
one tries values and compares. In five words: propose, train, measure, compare, repeat.

**Spread the tries by factors, not by sums.** From 0.001 to 0.002 matters as much as from 0.1 to
0.2. Ten rates evenly between 0.001 and 1 would put nine above 0.1. So multiply: 0.001, 0.0032,
0.01, … (each times √10) gives every size its share of tries. Then look closer round the best.

**Three kinds of rows.** Weights are fitted to the *training* rows. Rates are compared on
*validation* rows, which no weight has seen. But whoever picks the best of many has picked a
little luck as well, so the honest figure comes from *test* rows, read once, at the very end.

**One seed is one throw of the dice.** Two rates that differ by less than two seeds do have not
been told apart. Below, the better rates are trained under three seeds, and the range is shown.

**A try that diverges is a result**, not a crash: the rate was too large, its loss is infinite.

A real search does the same with many values at once, in parallel, without losing anything. Here
it is a study file with a range where a number would be:

    [training]
    learning_rate = { float = [1e-3, 1.0], log = true }
"""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np

from nncore import Dataset, Diverged, Recipe, Sequential, losses, optimizers, schedules, train
from nncore.generated import function

RECIPE = Recipe(
    network=Sequential.from_dims((3, 32, 16, 1), activation="tanh", initializer="xavier_normal"),
    loss=losses["mse"](),
    optimizer=optimizers["gd"](),
    schedule=schedules["cosine"](),
    epochs=20,
)


def main() -> None:
    """Coarse, then fine, then the test rows once."""
    data = Dataset(*function(seed=0, rows=500), *function(seed=1, rows=1000))
    print(
        "y = sin(3x₁) + x₂² cos(3x₃), plain gradient descent, 20 epochs\n   rate   validation loss"
    )
    coarse = {rate: loss(rate, data, 0) for rate in 10.0 ** np.arange(-3.0, 0.1, 0.5)}
    for rate, cost in coarse.items():
        print(f"{rate:>7.4f}   " + ("diverged" if cost == inf else f"{cost:.4f}  {bar(cost)}"))

    best = min(coarse, key=coarse.__getitem__)
    print(f"\ncloser, round {best:.4f}, three seeds each")
    middle: dict[float, float] = {}
    for rate in best * 10.0 ** np.array([-0.25, -0.125, 0.0, 0.125, 0.25]):
        low, middle[rate], high = sorted(loss(rate, data, seed) for seed in range(3))
        seen = "" if high == inf else f"{middle[rate]:.4f}  {bar(middle[rate])}"
        print(f"{rate:>7.4f}   " + (f"{seen} from {low:.4f} to {high:.4f}" if seen else "diverged"))

    rate = min(middle, key=middle.__getitem__)
    test = Dataset(data.x, data.y, *function(seed=2, rows=1000))
    print(f"\nchosen: {rate:.4f}; loss on test rows, read once: {loss(rate, test, 0):.4f}")


def loss(rate: float, data: Dataset, seed: int) -> float:
    """The validation loss after the last epoch; infinite if training diverged."""
    try:
        *_, last = train(replace(RECIPE, learning_rate=float(rate)), data, seed)
    except Diverged:
        return inf
    return float(last.figures["val_cost"])


def bar(cost: float) -> str:
    """A mark for each hundredth."""
    return "▪" * round(100 * cost)
