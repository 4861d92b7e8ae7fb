"""The loss: how wrong is it, in one number?

To make a network better we must first be able to say how bad it is.

**From logits to probabilities.** Three classes, three logits z. Softmax makes all of them
positive with exp, then divides by their sum, so that they add up to 1. With z = (ln 2, 0, 0):

    exp: 2, 1, 1      sum: 4      p = (0.50, 0.25, 0.25)

Adding the same number to all three z changes nothing, so we first take the largest off its row:
exp(1000) is too large for a computer, exp(0) is not. Both sums run over a row: keepdims, lesson
3.

**The loss of a row** is −log p[class], with the class that is true. If the network was sure, p =
1, it is 0; at p = ½ it is 0.69; at p = 0.001 it is 6.9, and there is no end to how much it costs
to be sure and wrong. Why the logarithm? The chance the network gives to all the true classes
together is the *product* of the rows' p; the logarithm turns the product into a sum, and a sum
can be pushed down one row at a time.

**Two ways to write the truth.** *Sparse*: the class's number, 2. *One-hot*: a row with a 1 in
that place, (0, 0, 1). Sparse picks p[2]; one-hot multiplies and adds, −Σₖ tₖ log pₖ, in which all
products but one are 0. The same loss.

**Accuracy** asks less: is the largest output (its place is its *argmax*) in the right place? It
is what people want to know, but a network cannot learn from it: turn a weight a little, and
accuracy nearly always stays exactly as it was, so it does not say which way is better. The loss
does.
"""

from __future__ import annotations

import numpy as np

from nncore.plain import SoftmaxLoss, one_hot, softmax

SHARES = np.array([[0.50, 0.25, 0.25], [0.10, 0.10, 0.80], [0.60, 0.30, 0.10]])
CLASSES = np.array([0, 2, 1])


def main() -> None:
    """Three rows: their probabilities, losses and accuracy; then a network that is more sure."""
    z = np.log(4.0 * SHARES)
    p = softmax(z)
    print("row   probabilities    class   p[class]   −log p[class]")
    for i, row in enumerate(p):
        share = row[CLASSES[i]]
        said = " ".join(f"{value:.2f}" for value in row)
        print(f"  {i}   {said}     {CLASSES[i]}       {share:.2f}        {-np.log(share):.3f}")

    sparse = -np.log(p[np.arange(3), CLASSES]).mean()
    targets = one_hot(CLASSES, 3)
    hot = -(targets * np.log(p)).sum(axis=1).mean()
    print(f"\none-hot: {' '.join(str(row.astype(int)) for row in targets)}")
    print(f"mean loss, sparse  {sparse:.4f}")
    print(f"mean loss, one-hot {hot:.4f}")
    print(f"as a SoftmaxLoss   {SoftmaxLoss().forward(z, CLASSES):.4f}\n")

    print("accuracy by argmax, and the loss, when all logits are multiplied:")
    for factor in (1.0, 1.1, 5.0):
        said = softmax(factor * z).argmax(axis=1)
        loss = SoftmaxLoss().forward(factor * z, CLASSES)
        print(f"  × {factor}   says {said}   accuracy {np.mean(said == CLASSES):.3f}", end="   ")
        print(f"loss {loss:.4f}")
    print("The answers stay the same. Being more sure pays where they are right, rows 0 and 1, and")
    print("costs where one is wrong, row 2: at first less than it pays, and in the end far more.\n")

    print(f"z = 1000, 0, 0 without a crash: {softmax(np.array([[1000.0, 0.0, 0.0]]))[0]}")
