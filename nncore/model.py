"""The plain face: `fit` a network, and ask the model that comes out.

Everything here goes over `train`, whose epochs are there for whoever wants to do otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nncore import reading
from nncore.activations import Linear, Sigmoid, Softmax
from nncore.arrays import Array
from nncore.checks import whole
from nncore.ensemble import Ensemble
from nncore.losses import Loss, losses
from nncore.metrics import metrics as known_metrics
from nncore.network import Network
from nncore.printing import printed
from nncore.recipe import Recipe
from nncore.settings import Settings
from nncore.stopping import until_stale
from nncore.training import Epoch, train


def fit(
    layer_dims: Sequence[int],
    x: Any,
    y: Any,
    x_valid: Any = None,
    y_valid: Any = None,
    *,
    seed: int = 0,
    keep_prob: float | Sequence[float] | None = None,
    learning_rate: float = 0.0075,
    lambd: float | None = None,
    regularization: str | None = None,
    activation: str = "relu",
    initializer: str = "he_normal",
    mini_batch_size: int = 32,
    optimizer: str = "gd",
    beta1: float = 0.9,
    beta2: float = 0.999,
    decay: str | None = None,
    decay_rate: float | None = None,
    decay_interval: int | None = None,
    clip_norm: float | None = None,
    epochs: int = 200,
    patience: int | None = None,
    loss: str | Loss | None = None,
    metrics: Sequence[str] | None = None,
    print_cost: bool | int = False,
) -> Model:
    """Train a network of dense layers on rows and targets.

    With validation rows the weights of the epoch with the lowest `val_cost` are kept, without
    them the last ones. Inputs should be of about unit scale: see `nncore.normalizers`.

    >>> from nncore.generated import spiral
    >>> x, y = spiral(seed=0)
    >>> x_valid, y_valid = spiral(seed=1)
    >>> settings = {"optimizer": "adam", "learning_rate": 0.02, "epochs": 60}
    >>> model = fit([2, 32, 3], x, y, x_valid, y_valid, **settings)
    >>> bool(model.evaluate(x_valid, y_valid)["accuracy"] > 0.9)
    True
    >>> model.predict(x_valid[:5]).shape, model.predict_proba(x_valid[:5]).shape
    ((5,), (5, 3))
    >>> bool(model.best.figures["val_cost"] == model.curve("val_cost").min())
    True

    Args:
        layer_dims: the whole list of widths, from the features of x to the outputs.
        x: shape (rows, features).
        y: class ids (rows,), with an output for each class; or 0 and 1, shape (rows,) with one
            output or (rows, outputs); or numbers, shape (rows,) or (rows, outputs).
        x_valid, y_valid: rows to judge by, which are not learned from.
        seed: decides weights, shuffles and masks: the same seed gives the same bits.
        regularization: None, 'l2', 'dropout' or 'both'. `lambd` (None: 1.0) is λ of the penalty
            λ/(2N) Σ‖W‖² with N training rows, `keep_prob` (None: 0.8) the share of a hidden layer
            that dropout keeps; one for all of them, or one each.
        activation, initializer: of the hidden layers and of all weights, by name.
        optimizer: by name; `beta1` and `beta2` are for those that have them.
        decay: a name in `nncore.schedules`; `decay_rate` (None: 0.01) is for those that have one,
            `decay_interval` (None: max(1, epochs // 5)) for 'discrete'.
        clip_norm: the longest gradient a step may use; None: any.
        patience: epochs without a lower `val_cost` after which training stops; None: never.
        loss: a name in `nncore.losses`, or a loss. None: cross-entropy over a softmax for class
            ids and one-hot rows, over sigmoid units for 0 and 1, else `mse`.
        metrics: what is measured beside the cost, by name. None: accuracy, or rmse and r2.
        print_cost: print some ten epochs; or every so many, for a number.

    Raises:
        LookupError: there is no such name; offers the nearest.
        ValueError: a value or the data does not make sense or would have no effect; says which,
            where, and what to do.
        Diverged: the cost ran off to infinity; says when, and what to try.
    """
    settings = Settings(
        layer_dims=layer_dims,
        activation=activation,
        initializer=initializer,
        optimizer=optimizer,
        learning_rate=learning_rate,
        beta1=beta1,
        beta2=beta2,
        decay=decay,
        decay_rate=decay_rate,
        decay_interval=decay_interval,
        regularization=regularization,
        lambd=lambd,
        keep_prob=keep_prob,
        mini_batch_size=mini_batch_size,
        epochs=epochs,
        clip_norm=clip_norm,
    )
    y = reading.targets("y", y)
    if loss is None:
        loss = reading.loss_for(y, settings.layer_dims[-1])
    elif isinstance(loss, str):
        loss = losses[loss]()
    recipe = settings.recipe(loss, reading.usual_metrics(loss, y) if metrics is None else metrics)
    return fit_recipe(
        recipe, x, y, x_valid, y_valid, seed=seed, patience=patience, print_cost=print_cost
    )


def fit_recipe(
    recipe: Recipe,
    x: Any,
    y: Any,
    x_valid: Any = None,
    y_valid: Any = None,
    *,
    seed: int = 0,
    patience: int | None = None,
    print_cost: bool | int = False,
) -> Model:
    """The same for a network of any layers: a `Recipe` says how it is made and trained.

    Raises:
        ValueError, Diverged: as `fit`; and where a setting differs from member to member.
    """
    data = reading.dataset(recipe, x, y, x_valid, y_valid)
    training = train(recipe, data, whole("seed", seed, 0))
    network = training.network
    if network.members is not None:
        raise ValueError(
            f"The recipe has settings for {network.members} members, but this fits one network: "
            "use train(), or an estimator with members."
        )
    epochs: Iterator[Epoch] = training
    judged = data.x_valid is not None
    if patience is not None:
        if not judged:
            raise ValueError(
                f"patience is {patience!r}, but there are no validation rows to judge by: give "
                "x_valid and y_valid, or leave patience out."
            )
        epochs = until_stale(epochs, "val_cost", whole("patience", patience))
    if print_cost:
        epochs = printed(epochs, recipe.epochs, print_cost)
    history: list[Epoch] = []
    lowest, best, weights = np.inf, 0, network.buffers.theta.copy()
    for epoch in epochs:
        history.append(epoch)
        cost = float(epoch.figures["val_cost"]) if judged else -epoch.number
        if cost < lowest:
            lowest, best, weights[...] = cost, epoch.number, network.buffers.theta
    network.buffers.theta[...] = weights
    if print_cost and judged:
        print(f"kept epoch {best}, whose val_cost is lowest: {lowest:.4g}")  # noqa: T201  # asked
    return Model(recipe, seed, tuple(history), best, np.ndim(y) == 1, Ensemble(network))


def load(folder: Path | str) -> Model:
    """The model that `Model.save` wrote: it predicts the same, to the bit.

    Raises:
        SavedError: it is not there, damaged, or of another format.
    """
    from nncore import saving  # only there safetensors is needed

    network, told = saving.load(folder), saving.load_words(folder)
    try:
        history = tuple(Epoch(**epoch) for epoch in told["history"])
        recipe = saving.recipe_from_json(told["recipe"])
        return Model(
            recipe, told["seed"], history, told["best_epoch"], told["flat"], Ensemble(network)
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise saving.SavedError(f"{folder} does not describe a model: {error}") from None


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A trained network, what it was trained by, and how that went."""

    recipe: Recipe
    seed: int
    history: tuple[Epoch, ...]
    """Every epoch as it was measured: costs, metrics, learning rate, gradient norm, seconds."""
    best_epoch: int
    """The epoch, from 1, whose weights these are: of the lowest `val_cost`, or the last."""
    flat: bool
    """Whether targets came, and numbers are predicted, as (rows,) instead of (rows, outputs)."""
    answers: Ensemble

    def __repr__(self) -> str:
        figures = ", ".join(f"{name} {value:.4g}" for name, value in self.best.figures.items())
        size, epochs = self.network.parameters, f"{self.best_epoch} of {len(self.history)}"
        return f"<Model of {size:,} parameters, from epoch {epochs}: {figures}>"

    @property
    def network(self) -> Network:
        """The network itself."""
        return self.answers.network

    @property
    def best(self) -> Epoch:
        """The epoch whose weights these are, as it was measured."""
        return self.history[self.best_epoch - 1]

    def curve(self, figure: str) -> Array:
        """A figure of every epoch, such as `val_cost` or `learning_rate`: shape (epochs,).

        Raises:
            LookupError: none is called so; says which there are.
        """
        rows = [{**asdict(epoch), **epoch.figures} for epoch in self.history]
        known = [name for name in rows[0] if name not in ("number", "figures")]
        if figure not in known:
            raise LookupError(f"There is no figure {figure!r}. There are {', '.join(known)}.")
        return np.array([row[figure] for row in rows])

    def summary(self) -> str:
        """A table: each layer, its output's shape, its parameters, and the total."""
        return self.network.sequential.summary(self.network.width)

    def predict(self, x: Any) -> Array:
        """Class ids (rows,), 0 and 1 for each sigmoid unit, or numbers: as the targets were.

        Args:
            x: shape (rows, features).
        """
        y = self._outputs(x)
        link = self.recipe.loss.link
        if link is Softmax:
            return y.argmax(axis=1)
        if link is Sigmoid:
            y = (y > 0.5).astype(np.int64)
        return y[:, 0] if self.flat else y

    def predict_proba(self, x: Any) -> Array:
        """Probabilities, shape (rows, outputs): of each class, or of each sigmoid unit's 1.

        Raises:
            ValueError: the model predicts numbers, which have none.
        """
        if self.recipe.loss.link is Linear:
            name = losses.name_of(self.recipe.loss)
            raise ValueError(f"Numbers have no probabilities (the loss is {name}): use predict.")
        return self._outputs(x)

    def evaluate(self, x: Any, y: Any, metrics: Sequence[str] | None = None) -> dict[str, float]:
        """`cost`, the mean loss without penalty and dropout, and each metric.

        Args:
            metrics: by name; None: those of the recipe.
        """
        loss = self.recipe.loss
        names = self.recipe.metrics if metrics is None else metrics
        x = reading.rows("x", x, self.network.width)
        y = reading.fitting("y", reading.targets("y", y), loss, len(x), self.network.outputs)
        reading.measurable(loss, y, replace(self.recipe, metrics=tuple(names)).metrics)
        z = self.answers.logits(x)
        figures = {name: known_metrics[name]()(z, y) for name in names}
        return {"cost": loss.mean(z, y), **figures}  # last: it spends z

    def save(self, folder: Path | str) -> None:
        """Write it into `folder`, which `load` reads: weights as safetensors, all else as JSON."""
        from nncore import saving  # only there safetensors is needed

        saving.save(self.network, folder)
        told = {
            "recipe": saving.recipe_to_json(self.recipe),
            "seed": int(self.seed),
            "flat": self.flat,
            "best_epoch": self.best_epoch,
            "history": [asdict(epoch) for epoch in self.history],
        }
        saving.save_words(told, folder)

    def _outputs(self, x: Any) -> Array:
        """What the network says, shape (rows, outputs), float64."""
        return self.answers(reading.rows("x", x, self.network.width))
