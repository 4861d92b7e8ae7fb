"""What the two estimators share: parameters, fitting, and asking the network.

The only modules here that import scikit-learn are this one and `nncore.estimators`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from threading import Lock
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from nncore.arrays import Array, Targets
from nncore.dataset import Dataset
from nncore.losses import losses
from nncore.network import Network, Sequential
from nncore.optimizers import optimizers
from nncore.schedules import Schedule, schedules
from nncore.training import Epoch, Recipe, Training, TrainingState, train, until_stale

REGULARIZATIONS = (None, "none", "l2", "dropout", "both")


class NeuralNetwork(BaseEstimator):
    """What the classifier and the regressor share: all but the targets."""

    _loss: str
    _state: TrainingState
    """Weights and moments as they are used; `partial_fit` goes on from here."""
    _seed: int

    def __init__(
        self,
        layer_dims: Sequence[int] = (100,),
        activation: str = "relu",
        optimizer: str = "adam",
        learning_rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        decay: str | None = None,
        decay_rate: float | None = None,
        regularization: str | None = None,
        lambd: float | None = None,
        keep_prob: float | Sequence[float] | None = None,
        mini_batch_size: int = 32,
        epochs: int = 200,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        initializer: str = "he_normal",
        members: int = 1,
        random_state: int | np.random.RandomState | None = None,
        verbose: bool = False,
    ) -> None:
        self.layer_dims = layer_dims
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.decay = decay
        self.decay_rate = decay_rate
        self.regularization = regularization
        self.lambd = lambd
        self.keep_prob = keep_prob
        self.mini_batch_size = mini_batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.initializer = initializer
        self.members = members
        self.random_state = random_state
        self.verbose = verbose

    @property
    def network_(self) -> Network:
        """The trained network; with `members` above 1 all of them, along its leading axis."""
        check_is_fitted(self)
        return self._ensemble.network

    def _rows(self, X: Any, y: Any, first: bool) -> tuple[Array, Any]:
        """Checked rows and their targets, as dense arrays."""
        X, y = validate_data(self, X, y, reset=first, multi_output=True, dtype=np.float32)
        y = y.toarray() if issparse(y) else y
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _fit(self, X: Array, target: Targets, strata: Array | None) -> None:
        """Train from the beginning.

        Args:
            strata: classes (rows,) of which the validation rows keep the shares; None: any rows.
        """
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        recipe, members = self._recipe(X.shape[1]), self._members()
        data = self._split(X, target, strata) if self.early_stopping else Dataset(X, target)
        training = train(recipe, data, self._seed, members)
        self._begin_curves()
        best: TrainingState | None = None
        epochs = until_stale(training, "val_cost", self.patience) if self.early_stopping else None
        for epoch in epochs or training:
            if self._note(epoch) and self.early_stopping:
                best = training.state()
        self._end(training, best)

    def _partial_fit(self, X: Array, target: Targets, first: bool) -> None:
        """One more epoch, over these rows."""
        if self.early_stopping:
            raise ValueError(
                "partial_fit sees no validation rows, so early_stopping would do nothing: set "
                "it to False, or call fit."
            )
        if first:
            self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
            self._begin_curves()
        recipe = self._recipe(X.shape[1])
        recipe = replace(recipe, epochs=self.n_iter_ + 1, schedule_epochs=recipe.epochs)
        training = train(recipe, Dataset(X, target), self._seed, self._members())
        if not first:
            training.restore(self._state)
        if not training.learning_rate > 0.0:
            raise ValueError(
                f"After {training.epoch} epochs decay {self.decay!r} has come to a learning rate "
                f"of 0, so partial_fit would do nothing: raise epochs, which is {self.epochs}."
            )
        self._note(next(training))
        self._end(training, None)

    def _begin_curves(self) -> None:
        self.loss_curve_: list[float] = []
        self.validation_curve_: list[float] = []
        self.n_iter_ = self.best_epoch_ = 0

    def _note(self, epoch: Epoch) -> bool:
        """Add an epoch to the curves; whether it is the best by the validation rows."""
        self.n_iter_ = epoch.number
        self.loss_curve_.append(float(np.mean(epoch.cost)))
        said = f"epoch {epoch.number}: cost {self.loss_curve_[-1]:.6g}"
        best = False
        if "val_cost" in epoch.figures:
            cost = float(np.mean(epoch.figures["val_cost"]))
            best = cost < min(self.validation_curve_, default=np.inf)
            self.validation_curve_.append(cost)
            said += f", on validation rows {cost:.6g}"
        if best or not self.validation_curve_:
            self.best_epoch_ = epoch.number
        if self.verbose:
            print(said)  # noqa: T201  # what `verbose` asks for
        return best

    def _end(self, training: Training, best: TrainingState | None) -> None:
        """Keep the last weights, or the best."""
        if best is not None:
            training.restore(best)
        self._state = training.state()
        self._ensemble = Ensemble(training.network)

    def _outputs(self, X: Any) -> Array:
        """What the network says, shape (rows, outputs), float64; the members' mean."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float32)
        return self._ensemble(X)

    def _members(self) -> int | None:
        if self.members < 1:
            raise ValueError(f"members is {self.members}; it is 1 (one network) or more.")
        return None if self.members == 1 else self.members

    def _split(self, X: Array, target: Targets, strata: Array | None) -> Dataset:
        """Training and validation rows."""
        if not 0.0 < self.validation_fraction < 1.0:
            raise ValueError(
                f"validation_fraction is {self.validation_fraction:g}; it lies between 0 and 1."
            )
        learnt, judged = train_test_split(
            np.arange(len(X)),
            test_size=self.validation_fraction,
            random_state=self._seed,
            stratify=strata,
        )
        return Dataset(X[learnt], target[learnt], X[judged], target[judged])

    def _recipe(self, features: int) -> Recipe:
        """What the parameters say, for a network of that many features."""
        lambd, keep_prob = self._regularization()
        loss = losses[self._loss]()
        outputs: int = self.n_outputs_  # type: ignore[attr-defined]  # the subclass has set it
        return Recipe(
            Sequential.from_dims(
                [features, *self.layer_dims, outputs],
                activation=self.activation,
                output=loss.link(),
                initializer=self.initializer,
                keep_prob=keep_prob,
            ),
            loss,
            self._made(optimizers, self.optimizer, ("beta1", "beta2")),
            learning_rate=self.learning_rate,
            schedule=self._schedule(),
            epochs=self.epochs,
            mini_batch_size=self.mini_batch_size,
            lambd=lambd,
        )

    def _regularization(self) -> tuple[float, float | Sequence[float] | None]:
        """λ of the penalty, and keep_prob; refuses what would have no effect."""
        kind = self.regularization
        if kind not in REGULARIZATIONS:
            raise ValueError(f"regularization is {kind!r}; it is None, 'l2', 'dropout' or 'both'.")
        l2, dropout = kind in ("l2", "both"), kind in ("dropout", "both")
        if self.lambd is not None and not (l2 and self.lambd):
            raise ValueError(
                f"lambd is {self.lambd:g} with regularization {kind!r}, so it would do nothing: "
                "choose 'l2' or 'both' and a lambd above 0, or leave both out."
            )
        if self.keep_prob is not None and not dropout:
            raise ValueError(
                f"keep_prob is {self.keep_prob} with regularization {kind!r}, so it would do "
                "nothing: choose 'dropout' or 'both', or leave keep_prob out."
            )
        if dropout and not len(self.layer_dims):
            raise ValueError("Dropout does nothing without hidden layers: layer_dims is empty.")
        lambd = 1.0 if self.lambd is None else self.lambd
        keep_prob = 0.8 if self.keep_prob is None else self.keep_prob
        return lambd if l2 else 0.0, keep_prob if dropout else None

    def _schedule(self) -> Schedule:
        kind = self.decay or "none"
        if self.decay_rate is None:
            return schedules[kind]()
        if "decay_rate" not in _settings(schedules[kind]):
            raise ValueError(
                f"decay_rate is {self.decay_rate:g}, but decay is {self.decay!r}, which has none: "
                "choose 'continuous', 'discrete' or 'exponential', or leave decay_rate out."
            )
        return self._made(schedules, kind, ("decay_rate",))

    def _made(self, registry: Any, name: str, settings: tuple[str, ...]) -> Any:
        """A member of a registry, with those of the parameters that it has."""
        kind = registry[name]
        known = _settings(kind)
        return kind(**{name: getattr(self, name) for name in settings if name in known})

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _settings(kind: Any) -> set[str]:
    """The names of what a registered dataclass can be told."""
    return {field.name for field in fields(kind)}


class Ensemble:
    """A trained network or several, to be asked from any thread, pickled and copied."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._one_at_a_time = Lock()  # the network writes into memory of its own

    def __call__(self, x: Array) -> Array:
        """Predictions of shape (rows, outputs), float64; the mean over members."""
        with self._one_at_a_time:
            z = self.network.logits(x)
        z = z.astype(np.float64)  # in float32 the probabilities of a row would sum to 1 ± 1e-7
        y = np.empty_like(z)
        with np.errstate(over="ignore", under="ignore"):
            self.network.sequential.output.f(z, y)
        return y if self.network.members is None else y.mean(axis=0)

    def __reduce__(self) -> Any:
        net = self.network
        return again, (net.sequential, net.width, net.members, net.buffers.theta)


def again(sequential: Sequential, width: int, members: int | None, theta: Array) -> Ensemble:
    """The ensemble that was pickled. A network is many views of one vector, so only that went."""
    network = sequential.build(width, 1, np.random.default_rng(0), members)
    network.buffers.theta[...] = theta
    return Ensemble(network)
