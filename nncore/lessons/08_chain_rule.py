"""The chain rule: which way to turn each weight of one neuron.

One neuron with a ReLU looks at one example, x = (2, 3), and should say t = 3. Its weights are
(1, −0.5), its bias 0.5. Forward, one step at a time:

    z = 1·2 − 0.5·3 + 0.5 = 1        y = relu(z) = 1        L = (y − t)² = (1 − 3)² = 4

The loss is 4. If we turned w₁ up by a hair, would L rise or fall, and how fast? That number is
the *derivative* dL/dw₁. w₁ does not touch L directly: it moves z, z moves y, y moves L. Like
cogwheels in a row: if the first turns the second twice as fast, and the second turns the third
three times as fast, then the first turns the third six times as fast. Speeds multiply: the
**chain rule**.

    dL/dy = 2 (y − t) = −4          raise y, and L falls four times as fast
    dy/dz = 1                       z is positive, so the ReLU passes it on (else 0)
    dz/dw = x = (2, 3)              lesson 1: raise weight i by 1 and z rises by xᵢ
    dz/db = 1

Multiply backwards, from the loss to the weights; each product is used by the next:

    dL/dz = −4 · 1 = −4
    dL/dw = −4 · (2, 3) = (−8, −12)         dL/db = −4 · 1 = −4

All the derivatives together are the **gradient**. It points uphill, so step the other way: weight
← weight − learning rate × derivative. With a rate of 0.01, w becomes (1.08, −0.38) and b 0.54;
then z = 2·1.08 − 3·0.38 + 0.54 = 1.56 and L = 1.44² = 2.07. From 4 to 2.07 in one step, not by
luck.

**Check it** by turning each weight by a hair h both ways: (L(w + h) − L(w − h)) / 2h.
"""

from __future__ import annotations

X, TARGET = (2.0, 3.0), 3.0
START = (1.0, -0.5, 0.5)


def loss(w1: float, w2: float, b: float) -> float:
    """(y − t)² of the one example."""
    y = max(w1 * X[0] + w2 * X[1] + b, 0.0)
    return (y - TARGET) ** 2


def gradient(w1: float, w2: float, b: float) -> tuple[float, float, float]:
    """dL/dw₁, dL/dw₂, dL/db, by the chain rule."""
    z = w1 * X[0] + w2 * X[1] + b
    y = max(z, 0.0)
    dy = 2.0 * (y - TARGET)
    dz = dy * (1.0 if z > 0.0 else 0.0)
    return dz * X[0], dz * X[1], dz


def main() -> None:
    """The gradient, by the chain rule and by trying; then steps downhill."""
    w, h = list(START), 1e-5
    print("            chain rule   by trying")
    for i, (name, exact) in enumerate(zip(("w₁", "w₂", "b "), gradient(*w), strict=True)):
        up, down = list(w), list(w)
        up[i], down[i] = w[i] + h, w[i] - h
        tried = (loss(*up) - loss(*down)) / (2 * h)
        print(f"  dL/d{name}   {exact:10.4f}   {tried:9.4f}")

    print("\nstep      w₁      w₂       b   loss")
    for step in range(9):
        if step in (0, 1, 2, 4, 8):
            print(f"{step:>4}  {w[0]:6.3f}  {w[1]:6.3f}  {w[2]:6.3f}   {loss(*w):.4f}")
        w = [value - 0.01 * slope for value, slope in zip(w, gradient(*w), strict=True)]
    print("Each step takes 28 % off the error y − t: 2 · rate · (2² + 3² + 1²) = 0.28.")
