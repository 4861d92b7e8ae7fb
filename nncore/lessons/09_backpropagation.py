"""Backpropagation: the chain rule for a layer, then for layer after layer.

**A layer** says z = x W + b. Suppose the layer after it has told us dz, how the loss changes with
each number in z, shape (rows, neurons). We need three things, and lesson 8 has them all already:

    weight:  dz/dw was the input x. W[i, j] meets input i in every row: add the rows up.
             dW[i, j] = Σᵣ x[r, i] · dz[r, j]      all at once:  dW = xᵀ dz
    bias:    dz/db was 1.                                        db = Σᵣ dz[r]
    input:   x[r, i] feeds every neuron j, with the weight W[i, j]: add the neurons up.
             dx[r, i] = Σⱼ dz[r, j] · W[i, j]      all at once:  dx = dz Wᵀ

Check the shapes: (inputs, rows) @ (rows, neurons) is (inputs, neurons), as W is. There is no
other way to fit them together; many people remember the formulas by that alone.

**Layer after layer.** dx is the dy of the layer before. So run forward, keeping what each layer
saw; then walk back from the loss, each layer handing its dx to the one before it. A ReLU lets dy
through where its z was positive. It begins where softmax and loss are one: −log p[class] is
log(Σₖ exp zₖ) − z[class], whose slope in zₖ is exp zₖ / Σ = pₖ, less 1 at the class. That is p −
target, by how much each probability is too high; and of a mean, dz = (p − target) / rows.

**Trust, but check.** A wrong gradient often still learns, only badly. So turn every weight by a
hair ε both ways, in float64, and compare: ‖numeric − exact‖ / (‖numeric‖ + ‖exact‖) is at most
1e-7 if all is right. A wrong sign, even for the biases of one layer alone, shows at once.

**Perturbation against gradient.** Turning every weight gives the gradient too. But it takes two
forward passes *for each weight*; backpropagation takes one forward and one backward pass, worth
about three, for *all* of them. For 19,602 weights that is 39,204 passes against three.
"""

from __future__ import annotations

import numpy as np

from nncore import Sequential, gradient_check, losses
from nncore.generated import bands
from nncore.plain import DenseLayer, ReLU, SoftmaxLoss


def main() -> None:
    """One layer by hand; a network against turning every weight; the fast one too."""
    layer = DenseLayer(2, 1)
    layer.W = np.array([[0.5], [-1.0]])
    layer.forward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    dx = layer.backward(np.array([[1.0], [10.0]]))
    print("x = [1 2], [3 4]   dz = [1], [10]   W = 0.5, −1")
    print(f"  dW = 1·1 + 3·10, 2·1 + 4·10 = {layer.dW[:, 0]}   db = 1 + 10 = {layer.db[0]}")
    print(f"  dx = dz Wᵀ = {dx[0]}, {dx[1]}\n")

    x, y = bands(rows=30)
    hidden, relu, output, loss = DenseLayer(2, 16), ReLU(), DenseLayer(16, 3, seed=1), SoftmaxLoss()

    def cost() -> float:
        return loss.forward(output.forward(relu.forward(hidden.forward(x))), y)

    cost()
    hidden.backward(relu.backward(output.backward(loss.backward())))
    exact = np.concatenate([g.ravel() for g in (hidden.dW, hidden.db, output.dW, output.db)])
    tried = []
    for weights in (hidden.W, hidden.b, output.W, output.b):
        for place in np.ndindex(weights.shape):
            middle, ends = weights[place], []
            for turned in (middle + 1e-5, middle - 1e-5):
                weights[place] = turned
                ends.append(cost())
            weights[place] = middle
            tried.append((ends[0] - ends[1]) / 2e-5)
    print(f"2 → 16 → 3: {len(tried)} weights turned both ways, {2 * len(tried)} forward passes;")
    print(f"  backpropagation, with one forward and one backward: error {apart(exact, tried):.0e}")
    exact[32:48] *= -1.0
    print(f"  with the sign of hidden.db wrong: error {apart(exact, tried):.2f}\n")

    network = Sequential.from_dims((2, 64, 3), activation="tanh", output="softmax")
    check = gradient_check(network, losses["categorical_cross_entropy"](), x, y)
    print(f"the fast network 2 → 64 → 3: {check.compared} derivatives, error {check.error:.0e}")


def apart(exact: np.ndarray, tried: list[float]) -> float:
    """‖tried − exact‖ / (‖tried‖ + ‖exact‖)."""
    lengths = np.linalg.norm(exact) + np.linalg.norm(tried)
    return float(np.linalg.norm(exact - tried) / lengths)
