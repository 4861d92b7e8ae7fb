"""What the two estimators share: parameters, fitting, and asking the network.

The only modules here that import scikit-learn are this one and `nncore.estimators`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from nncore.arrays import Array, Targets
from nncore.checks import number, whole
from nncore.dataset import Dataset
from nncore.ensemble import Ensemble
from nncore.epochs import Epoch, TrainingState
from nncore.losses import losses
from nncore.network import Network
from nncore.recipe import Recipe
from nncore.settings import Settings
from nncore.stopping import until_stale
from nncore.training import Training, train

NAMES = tuple(one.name for one in fields(Settings) if one.name != "clip_norm")
"""The parameters that are an estimator's and a recipe's alike."""


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
        decay_interval: int | None = None,
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
        self.decay_interval = decay_interval
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
        whole("members", self.members)
        return None if self.members == 1 else self.members

    def _split(self, X: Array, target: Targets, strata: Array | None) -> Dataset:
        """Training and validation rows."""
        if not 0.0 < number("validation_fraction", self.validation_fraction) < 1.0:
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
        if isinstance(self.layer_dims, str) or not isinstance(self.layer_dims, Iterable):
            raise ValueError(
                f"layer_dims is {self.layer_dims!r}; it is the widths of the hidden layers, such as"
                " (64,)."
            )
        outputs: int = self.n_outputs_  # type: ignore[attr-defined]  # the subclass has set it
        own = {name: getattr(self, name) for name in NAMES}
        own["layer_dims"] = (features, *self.layer_dims, outputs)
        return Settings(**own).recipe(losses[self._loss]())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
