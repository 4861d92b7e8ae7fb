"""The perceptron: learning from mistakes alone, as it began in 1958.

Long before gradients, Frank Rosenblatt's perceptron learned to tell two classes apart with a
single neuron. It answers yes, 1, if z = w·x + b is above 0, else no, 0. The answer jumps from 0
to 1, so it has no slope worth following: the chain rule gives 0 everywhere. Rosenblatt's rule
needs none:

    right answer           change nothing
    said no, was yes       w ← w + x      b ← b + 1
    said yes, was no       w ← w − x      b ← b − 1

**Why it helps.** Said no where yes was right: z was too low. After w + x and b + 1 the same row
gets (w + x)·x + b + 1 = z + x·x + 1, which is certainly higher, as x·x is never negative. All
three lines in one: w ← w + (y − ŷ) x, truth minus answer. Mind the sign: turned round, it learns
to be wrong.

**It stops by itself.** Go through the rows until a whole epoch passes without a mistake. If any
line parts the classes, that happens after a limited number of mistakes: the wider the gap, the
sooner.

**And if no line does?** Then it never settles: each row it puts right makes another wrong.
Exclusive or is the smallest example (lesson 4). That is where history stopped for years, and why
the hidden layer, the bend and the chain rule were needed: a network with all three gets it right.
"""

from __future__ import annotations

import warnings
from textwrap import fill

import numpy as np

from nncore.generated import blobs
from nncore.perceptron import NotSeparated, train_perceptron
from nncore.plain import DenseLayer, ReLU, SoftmaxLoss

CASES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def main() -> None:
    """Two clouds that a line parts; "and", step by step; exclusive or, which is beyond it."""
    for name, y in (("and", np.array([0, 0, 0, 1])), ("exclusive or", np.array([0, 1, 1, 0]))):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", NotSeparated)
            learned = train_perceptron(CASES, y, epochs=30)
        print(f"{name}: mistakes in each epoch {' '.join(map(str, learned.mistakes))}")
        if learned.converged:
            print(f"  w = {learned.weights}, b = {learned.bias}; answers {learned(CASES)}")
        for warning in said:
            print(fill(str(warning.message), 90, initial_indent="  ", subsequent_indent="  "))

    x, y = blobs()
    learned = train_perceptron(x, y)
    wrong = int(np.count_nonzero(learned(x) != y))
    print(f"\n{len(x)} points in two clouds: mistakes in each epoch", *learned.mistakes)
    print(f"  the gap is wide, so it is soon found; {wrong} of {len(x)} rows wrong at the end\n")

    hidden, relu, output, loss = DenseLayer(2, 8), ReLU(), DenseLayer(8, 2, seed=1), SoftmaxLoss()
    for _ in range(300):
        loss.forward(output.forward(relu.forward(hidden.forward(CASES))), np.array([0, 1, 1, 0]))
        hidden.backward(relu.backward(output.backward(loss.backward())))
        hidden.step(0.5)
        output.step(0.5)
    print(f"exclusive or, 8 hidden neurons and gradients: answers {loss.p.argmax(axis=1)}")
