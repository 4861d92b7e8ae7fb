"""One neuron: multiply, add up, add the bias.

A neuron takes some numbers in and gives one number out. Each input has a *weight*, which says how
much this input matters, and whether it speaks for (+) or against (−). The neuron multiplies each
input by its weight and adds the products up. Then it adds a number of its own, the *bias*: what
it would say if every input were 0. Should we go for a walk?

                          input   weight   product
    hours of sunshine       2       0.5      1.0
    millimetres of rain     3      −1.0     −3.0
    friends who join in     1       4.0      4.0
    bias                                     1.0
                                      sum    3.0     3 is above 0: we go

In letters: z = w₁x₁ + w₂x₂ + w₃x₃ + b.

**From the loop to the dot product.** "Multiply pairwise and add up" is needed so often that it
has a name, the *dot product*, and a sign, `@`. The loop and the `@` mean the same; but Python's
loop looks at one pair at a time, and NumPy hands the whole job to the processor at once.

**What a weight means.** Raise input i by 1 and z rises by wᵢ, whatever the other inputs are. Turn
it round, and it is how a neuron will learn: raise *weight* i by 1 and z rises by xᵢ.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from nncore.plain import Neuron

INPUTS = [2.0, 3.0, 1.0]
WEIGHTS = [0.5, -1.0, 4.0]
BIAS = 1.0


def main() -> None:
    """A loop, a dot product, and a neuron: three ways to say one thing."""
    z = 0.0
    for weight, value in zip(WEIGHTS, INPUTS, strict=True):
        z += weight * value
        print(f"  {weight:4.1f} × {value:.1f} = {weight * value:4.1f}    sum so far {z:4.1f}")
    z += BIAS
    print(f"  with the bias of {BIAS}:     sum {z:11.1f}\n")

    dot = float(np.array(WEIGHTS) @ np.array(INPUTS)) + BIAS
    print(f"as a loop         {z}")
    print(f"as a dot product  {dot}")
    print(f"as a Neuron       {Neuron(WEIGHTS, BIAS)(INPUTS)}\n")

    wetter = Neuron(WEIGHTS, BIAS)([2.0, 4.0, 1.0])
    print(f"One millimetre more of rain, whose weight is −1: {z} becomes {wetter}.\n")

    many = np.random.default_rng(0).normal(size=(2, 10_000))
    lists = many.tolist()
    looped = seconds(lambda: Neuron(lists[0], 0.0)(lists[1]))
    dotted = seconds(lambda: many[0] @ many[1])
    print(f"With 10,000 inputs the loop takes {1e6 * looped:.0f} µs,", end=" ")
    print(f"the dot product {1e6 * dotted:.0f} µs.")


def seconds(work: Callable[[], object]) -> float:
    """The shortest of twenty tries."""
    times = []
    for _ in range(20):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return min(times)
