"""nncore in scikit-learn's words: a classifier and a regressor.

They take part in whatever scikit-learn offers: pipelines, grid searches, cross-validation. `import
nncore` leaves scikit-learn alone; these come by `from nncore.estimators import NNClassifier`.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from nncore.arrays import Array, Targets
from nncore.fitting import NeuralNetwork


class NNClassifier(ClassifierMixin, NeuralNetwork):
    """A neural network that tells classes apart, in scikit-learn's words.

    Two classes share one sigmoid unit, more have a softmax, and several labels a row (`y` an
    indicator matrix, dense or sparse) a sigmoid unit each. Inputs should be of about unit scale:
    put a scaler before it, as in the example.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), NNClassifier((32,), random_state=0))
    >>> bool(cross_val_score(model, X, y, cv=3).mean() > 0.9)
    True

    Five networks trained together cost about as much as two or three alone, and their mean
    is a better judge of how sure it can be:

    >>> names = load_iris().target_names[y]
    >>> ensemble = NNClassifier((16,), members=5, epochs=40, random_state=0).fit(X, names)
    >>> str(ensemble.predict(X[:1])[0]), ensemble.predict_proba(X[:1]).shape
    ('setosa', (1, 3))

    Parameters
    ----------
    layer_dims : sequence of int
        Widths of the hidden layers; empty for a linear model.
    activation, initializer : str
        Of the hidden layers, and of all weights: names in `nncore.activations` and
        `nncore.initializers`.
    optimizer : str
        A name in `nncore.optimizers`. `beta1` and `beta2` are for those that have them.
    learning_rate : float
        Before any decay.
    decay : str or None
        A name in `nncore.schedules`; `decay_rate` (None: 0.01) is for those that have one,
        `decay_interval` (None: a fifth of the epochs) for 'discrete'.
    regularization : None, 'l2', 'dropout' or 'both'
        `lambd` (None: 1.0) is λ of the penalty λ/(2N) Σ‖W‖² with N training rows, `keep_prob`
        (None: 0.8) the share of a hidden layer that dropout keeps; one number, or one a layer.
    mini_batch_size : int
        Rows a step of the optimizer sees.
    epochs : int
        Passes over the training rows.
    early_stopping : bool
        Put `validation_fraction` of the rows aside (each class in its share), stop when their
        mean loss has not improved for `patience` epochs, and keep the best epoch's weights.
    members : int
        Networks trained together on the same rows, each from its own random numbers; predictions
        are the mean of theirs.
    random_state : int, RandomState or None
        An int makes `fit` repeatable to the bit.
    verbose : bool
        Print a line an epoch.

    Attributes
    ----------
    classes_ : array of shape (classes,)
        The labels, sorted; for an indicator matrix its columns' numbers.
    loss_curve_ : list of float
        Each epoch's mean penalised cost while it learned, in nats; the members' mean.
    validation_curve_ : list of float
        Each epoch's mean loss on the validation rows; empty without early stopping.
    n_iter_, best_epoch_ : int
        Epochs trained, and the one (from 1) whose weights are used.
    n_outputs_ : int
        Units in the last layer: 1 for two classes.
    network_ : nncore.Network
        The network itself.
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train from the beginning.

        Parameters
        ----------
        X : array of shape (rows, features)
        y : labels of shape (rows,), or an indicator matrix of shape (rows, labels)

        Raises
        ------
        ValueError
            The data or a parameter does not make sense; says which and why.
        Diverged
            The cost ran off to infinity; says when, and what to try.
        """
        X, y = self._rows(X, y, first=True)
        self._meet(y, None)
        ids = self._ids(y)
        self._fit(X, self._target(ids), None if ids.ndim == 2 else ids)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Go on for one epoch over these rows, from wherever training stands.

        Parameters
        ----------
        X, y : as for `fit`
        classes : every label there will be; needed at the first call, if labels are not an
            indicator matrix.
        """
        first = not hasattr(self, "_state")
        X, y = self._rows(X, y, first)
        if first:
            if classes is None and y.ndim == 1:
                raise ValueError("The first partial_fit needs to be told all classes: classes=[…].")
            self._meet(y, classes)
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"classes are {np.unique(classes)}, but at the first call they were "
                f"{self.classes_}."
            )
        self._partial_fit(X, self._target(self._ids(y)), first)
        return self

    def predict_proba(self, X: Any) -> Array:
        """Probabilities of shape (rows, classes), in the order of `classes_`.

        For labels of an indicator matrix each column is a probability of its own.
        """
        p = self._outputs(X)
        return np.hstack([1.0 - p, p]) if self._binary else p

    def predict(self, X: Any) -> Array:
        """The likeliest label of each row; or an indicator matrix of those above one half."""
        p = self.predict_proba(X)
        if self._multilabel:
            return (p > 0.5).astype(self._dtype)
        return self.classes_[p.argmax(axis=1)]

    def _meet(self, y: Array, classes: Any) -> None:
        """Learn what classes there are."""
        check_classification_targets(y)
        self._multilabel = y.ndim == 2
        if self._multilabel and type_of_target(y) != "multilabel-indicator":
            raise ValueError(
                f"y has shape {y.shape} but is not 0 and 1 throughout: several columns of "
                "classes need a classifier each (sklearn.multioutput.MultiOutputClassifier)."
            )
        self._dtype = y.dtype
        if self._multilabel:
            self.classes_ = np.arange(y.shape[1])
        else:
            self.classes_ = np.unique(y if classes is None else classes)
        if len(self.classes_) < 2 and not self._multilabel:
            raise ValueError(
                f"y holds one class only, {self.classes_.tolist()[0]!r}: nothing to tell apart."
            )
        self._binary = len(self.classes_) == 2 and not self._multilabel
        self.n_outputs_ = 1 if self._binary else len(self.classes_)
        units = self._binary or self._multilabel
        self._loss = "binary_cross_entropy" if units else "categorical_cross_entropy"

    def _ids(self, y: Array) -> Array:
        """Places in `classes_`, shape (rows,); an indicator matrix as it is."""
        if (y.ndim == 2) != self._multilabel or (y.ndim == 2 and y.shape[1] != self.n_outputs_):
            raise ValueError(f"y has shape {y.shape}, unlike the one this was first fitted to.")
        if self._multilabel:
            return y
        ids = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        known = self.classes_[ids] == y
        if not known.all():
            raise ValueError(f"y holds {y[~known].tolist()[0]!r}, which is not among the classes.")
        return ids.astype(np.int64)

    def _target(self, ids: Array) -> Targets:
        """What the loss takes."""
        if self._multilabel or self._binary:
            return ids.reshape(len(ids), -1).astype(np.float32)
        return ids

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class NNRegressor(RegressorMixin, NeuralNetwork):
    """A neural network that predicts one or several numbers, in scikit-learn's words.

    Targets are standardised within (mean 0, deviation 1 over the rows of `fit`, or of the first
    `partial_fit`) and predictions come back in the targets' own units. Inputs should be of about
    unit scale: put a scaler before it.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (500, 2))
    >>> y = 1000 * np.sin(3 * X[:, 0]) + 500 * X[:, 1] ** 2
    >>> model = NNRegressor((32,), learning_rate=0.01, epochs=60, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.98)
    True

    The parameters are those of `NNClassifier`.

    Attributes
    ----------
    loss_curve_ : list of float
        Each epoch's mean penalised cost while it learned, the mean squared error of standardised
        targets; the members' mean.
    validation_curve_ : list of float
        Each epoch's mean loss on the validation rows; empty without early stopping.
    n_iter_, best_epoch_ : int
        Epochs trained, and the one (from 1) whose weights are used.
    n_outputs_ : int
        Numbers predicted for a row.
    network_ : nncore.Network
        The network itself, which speaks in standardised targets.
    """

    _loss = "mse"

    def fit(self, X: Any, y: Any) -> Self:
        """Train from the beginning.

        Parameters
        ----------
        X : array of shape (rows, features)
        y : numbers of shape (rows,) or (rows, outputs), the latter dense or sparse

        Raises
        ------
        ValueError
            The data or a parameter does not make sense; says which and why.
        Diverged
            The cost ran off to infinity; says when, and what to try.
        """
        X, y = self._rows(X, y, first=True)
        self._meet(y)
        self._fit(X, self._target(y), None)
        return self

    def partial_fit(self, X: Any, y: Any) -> Self:
        """Go on for one epoch over these rows, from wherever training stands."""
        first = not hasattr(self, "_state")
        X, y = self._rows(X, y, first)
        if first:
            self._meet(y)
        self._partial_fit(X, self._target(y), first)
        return self

    def predict(self, X: Any) -> Array:
        """Numbers of shape (rows,) or (rows, outputs), as `y` was."""
        y = self._outputs(X) * self._scale + self._mean
        return y[:, 0] if self._flat else y

    def _rows(self, X: Any, y: Any, first: bool) -> tuple[Array, Any]:
        X, y = super()._rows(X, y, first)
        return X, y.astype(np.float64)

    def _meet(self, y: Array) -> None:
        """Learn the targets' shape and scale."""
        self._flat = y.ndim == 1
        y = y.reshape(len(y), -1)
        self.n_outputs_ = y.shape[1]
        self._mean, deviation = y.mean(axis=0), y.std(axis=0)
        self._scale = np.where(deviation > 0.0, deviation, 1.0)

    def _target(self, y: Array) -> Targets:
        """Standardised, shape (rows, outputs)."""
        if (y.ndim == 1) != self._flat or (y.ndim == 2 and y.shape[1] != self.n_outputs_):
            raise ValueError(f"y has shape {y.shape}, unlike the one this was first fitted to.")
        standard = (y.reshape(len(y), -1) - self._mean) / self._scale
        return standard.astype(np.float32)
