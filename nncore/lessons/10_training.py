"""Training: many small steps downhill, and what to watch.

Everything is there now. One step: take some rows, forward, loss, backward, and move each weight
against its derivative. Training is that step, again and again.

**Mini-batches.** A gradient from 32 rows points much the same way as one from all 300, and costs
a tenth. So shuffle the rows, deal them out 32 at a time, and step after each. Once through all of
them is an *epoch*: here 300 / 32, ten steps, the last with the 12 rows that are left.

**The learning rate** is how far to step. Too small: it crawls. Too large: it jumps over the
valley and may land higher on the other side. It matters more than anything else one can set
(lesson 12).

**Adam** is gradient descent with two memories for each weight: m, the average of its latest
gradients, and v, the average of their squares. It steps by η m / √v: in a direction that has
proved itself, and about as far in flat places as in steep ones. A schedule lowers η towards the
end, first long strides, then a careful landing: *cosine* follows half a wave down to 0.

**What to watch.** The loss on rows it learns from always looks good. Keep some rows away from
training, the *validation* rows, and watch their loss: if it rises while the other falls, the
network has begun to learn rows by heart.

**In one line** `nncore.fit([2, 64, 3], x, y, x_valid, y_valid, optimizer="adam", print_cost=True)`
does all of this, and keeps the weights of the epoch with the lowest validation loss.

**Against the guesses.** Lesson 7 looked at all rows once for every guess. Forward and backward
cost about three looks, so 1,500 guesses pay for 500 epochs. See how many are needed.
"""

from __future__ import annotations

from itertools import islice

from nncore import Dataset, Recipe, Sequential, losses, optimizers, schedules, train
from nncore.generated import spiral
from nncore.weight_search import Perturb, WeightSearch

EPOCHS = 100


def main() -> None:
    """The spiral, by gradients and by guesses."""
    data = Dataset(*spiral(seed=0), *spiral(seed=1, rows=600))
    network = Sequential.from_dims((2, 64, 3), activation="relu", output="softmax")
    recipe = Recipe(
        network=network,
        loss=losses["categorical_cross_entropy"](),
        optimizer=optimizers["adam"](),
        learning_rate=0.02,
        schedule=schedules["cosine"](),
        epochs=EPOCHS,
        mini_batch_size=32,
        metrics=("accuracy",),
    )
    guesses = WeightSearch(network, recipe.loss, data, Perturb(), seed=0)

    print("                    gradients                     guesses, as many looks")
    print("epoch   train loss   val loss   val accuracy            train loss")
    for epoch in train(recipe, data, seed=0):
        guess = list(islice(guesses, 3))[-1]
        if epoch.number in (1, 2, 5, 10, 20, 50, EPOCHS):
            seen = epoch.figures
            losses_seen = f"{seen['train_cost']:.4f}     {seen['val_cost']:.4f}"
            right = f"{seen['val_accuracy']:.1%}"
            print(f"{epoch.number:>5}     {losses_seen}         {right:>6}", end="")
            print(f"                {guess.best:.4f}")
    print(f"\n{EPOCHS} epochs are {10 * EPOCHS:,} steps for {3 * EPOCHS} looks at the rows.")
