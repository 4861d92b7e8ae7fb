"""A search as an estimator of scikit-learn: a classifier and a regressor.

`import hpsearch` leaves scikit-learn alone; these come when `hpsearch.HPSearchClassifier` is asked
for.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from hpsearch.data.table import NOTHING
from hpsearch.searching.fitting import EstimatorError, SearchEstimator


class HPSearchClassifier(ClassifierMixin, SearchEstimator):
    """A neural network that tells classes apart, its hyperparameters searched in `fit`.

    Scaling, categories and empty cells are looked after within: X may be a frame with columns of
    words, and needs no scaler before it.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = HPSearchClassifier(trials=5, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True

    Parameters
    ----------
    study : mapping, str or path, default=None
        What is searched, as `hpsearch.search` takes it: ranges and values by name, such as
        {"lr": {"float": [1e-4, 0.1], "log": True}, "epochs": 30}, or a study file's text or path,
        without its data. What it does not say has its default; None searches a default space.
    trials : int, default=20
        Configurations that are tried.
    timeout : float or str, default=None
        A budget beside `trials`: seconds, or "10m".
    workers : int, default=1
        Trials that train at once. With one, the search is made in this process and repeats to the
        bit; more are processes of their own, which take a second or two to start.
    metric : str, default="val_cost"
        What trials are ranked by, such as "val_accuracy", "val_f1" or "val_roc_auc".
    random_state : int, RandomState or None
        Of search, split and training. An int makes `fit` with one worker repeatable to the bit.
    verbose : bool, default=False
        Print a line a trial.

    Attributes
    ----------
    classes_ : array of shape (classes,)
        The labels, sorted; for an indicator matrix its columns' numbers.
    best_params_ : dict
        What was drawn for the best trial, by the study file's full names.
    best_score_ : float
        Its metric, on rows that it did not learn from; in the metric's own sense, so the smallest
        val_cost is the best.
    best_trial_, best_epoch_ : int
        Its number (from 0), and the epoch (from 1) whose weights were best.
    leaderboard_ : list of dict
        A row for each trial, best first: number, state, value, figures, parameters.
    n_iter_ : int
        Trials that were tried.
    model_ : hpsearch model
        The best trial, trained once more on all rows: what `hpsearch.load` gives. It speaks of
        classes as they are where these are words, else by their place in `classes_`.
    study_ : str
        The text of the study that was searched; `hpsearch.search(study_, data=(X, y))` with one
        worker gives the same trials.
    notes_ : tuple of str
        What was noticed about the rows: columns left out, classes that are rare.
    n_features_in_, feature_names_in_
        As scikit-learn has them.
    """

    classes_: np.ndarray

    def fit(self, X: Any, y: Any) -> Self:
        """Search, then train the best trial once more on all rows.

        Parameters
        ----------
        X : array or frame of shape (rows, features)
            Numbers, with NaN for empty cells; or a frame of pandas or Polars, also with words,
            categories and booleans.
        y : labels of shape (rows,), or an indicator matrix of shape (rows, labels)

        Raises
        ------
        ValueError
            Rows, study or parameters do not make sense, or no trial could be trained; says which
            and why.
        """
        x, y = self._rows(X, y)
        check_classification_targets(y)
        multilabel = y.ndim == 2
        if multilabel and type_of_target(y) != "multilabel-indicator":
            raise EstimatorError(
                f"y has shape {y.shape} but is not 0 and 1 throughout: several columns of classes "
                "need a classifier each (sklearn.multioutput.MultiOutputClassifier)."
            )
        classes = np.arange(y.shape[1]) if multilabel else np.unique(y)
        if len(classes) < 2:
            only = classes.tolist()[0]
            raise EstimatorError(f"y holds one class only, {only!r}: nothing to tell apart.")
        if multilabel:
            task, target = "multilabel", y.astype(np.int64)
        else:
            task = "binary" if len(classes) == 2 else "multiclass"
            words = _are_words(classes)
            target = y.astype(str) if words else np.searchsorted(classes, y)
        self._search(self._handed(x, target), task)
        self.classes_, self._multilabel, self._dtype = classes, multilabel, y.dtype
        # By data.positive a study turns two classes round; `classes_` stays sorted all the same.
        self._turned = not multilabel and self.model_.classes[0] != str(np.unique(target)[0])
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of shape (rows, classes), in the order of `classes_`.

        For labels of an indicator matrix each column is a probability of its own.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            Columns are others than in `fit`, or a cell does not fit.
        """
        _, p = self._outputs(X)
        if p.shape[1] == 1 and not self._multilabel:
            p = np.hstack([p, 1.0 - p] if self._turned else [1.0 - p, p])
        elif not self._multilabel:
            p = p / p.sum(axis=1, keepdims=True)  # of float32, which scikit-learn would warn of
        return p

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest label of each row; or an indicator matrix of those above one half.

        Raises
        ------
        NotFittedError, ValueError
            As `predict_proba`.
        """
        p = self.predict_proba(X)
        if self._multilabel:
            return (p > 0.5).astype(self._dtype)
        return self.classes_[p.argmax(axis=1)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class HPSearchRegressor(RegressorMixin, SearchEstimator):
    """A neural network that predicts one or several numbers, its hyperparameters searched in `fit`.

    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (300, 2))
    >>> y = 1000 * np.sin(3 * X[:, 0]) + 500 * X[:, 1] ** 2
    >>> model = HPSearchRegressor(trials=4, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True

    Parameters and attributes are those of `HPSearchClassifier`, but for `classes_`.
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Search, then train the best trial once more on all rows.

        Parameters
        ----------
        X : array or frame of shape (rows, features)
            As for `HPSearchClassifier.fit`.
        y : numbers of shape (rows,) or (rows, outputs), in units of their own

        Raises
        ------
        ValueError
            Rows, study or parameters do not make sense, or no trial could be trained; says which
            and why.
        """
        x, y = self._rows(X, y)
        self._search(self._handed(x, _numbers(y)), "regression")
        self._flat = y.ndim == 1
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Numbers of shape (rows,) or (rows, outputs), as `y` was.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            Columns are others than in `fit`, or a cell does not fit.
        """
        said, _ = self._outputs(X)
        y = said.table().to_numpy()
        return y[:, 0] if self._flat else y


def _numbers(y: np.ndarray) -> np.ndarray:
    """Targets of a regression.

    Raises:
        EstimatorError: one is no number.
    """
    if y.dtype.kind in "mM":
        raise EstimatorError(f"y holds {y.dtype}, which is no number: say since when, in what.")
    for cell in y.ravel().tolist() if y.dtype.kind in "OUS" else ():
        try:
            float(cell)
        except (TypeError, ValueError):
            raise EstimatorError(f"y holds {cell!r}, which is no number.") from None
    return y.astype(np.float64)


def _are_words(classes: np.ndarray) -> bool:
    """Whether a table would keep these labels as they are: as words, and none for an empty cell."""
    if not all(isinstance(one, str) for one in classes.tolist()):
        return False
    return all(one == one.strip() and one not in NOTHING and not _number(one) for one in classes)


def _number(word: str) -> bool:
    """Whether it begins as a number does, and might be read as one."""
    return not word[:1].isalpha() or word.lower() in ("inf", "infinity", "nan")
