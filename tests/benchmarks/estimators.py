"""A search in `fit` beside scikit-learn's: `python -m tests.benchmarks.estimators [TRIALS]`.

HPSearchClassifier, and RandomizedSearchCV over MLPClassifier behind a scaler, in turn on the same
three splits, with as many trials, five folds and one thread. Prints CPU seconds of `fit` and the
accuracy on rows that neither saw. Ours prunes trials, theirs trains each to its end.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

from scipy.stats import loguniform
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from hpsearch import HPSearchClassifier

SETS = {"digits": load_digits, "breast cancer": load_breast_cancer}
SEEDS = (0, 1, 2)
EPOCHS = 60
"""Of a trial at most, for both; both stop early."""


def theirs(trials: int, seed: int) -> Any:
    """A random search over what our default space has, as far as MLPClassifier has it."""
    space = {
        "mlpclassifier__hidden_layer_sizes": [(16,), (32,), (64,), (128,), (32, 32), (64, 64)],
        "mlpclassifier__activation": ["relu", "tanh"],
        "mlpclassifier__solver": ["sgd", "adam"],
        "mlpclassifier__learning_rate_init": loguniform(3e-4, 3e-2),
        "mlpclassifier__batch_size": [32, 64, 128],
        "mlpclassifier__alpha": loguniform(1e-5, 1e-2),
    }
    network = MLPClassifier(max_iter=EPOCHS, early_stopping=True, random_state=seed)
    pipeline = make_pipeline(StandardScaler(), network)
    return RandomizedSearchCV(pipeline, space, n_iter=trials, cv=5, random_state=seed)


def ours(trials: int, seed: int) -> Any:
    """The default space."""
    return HPSearchClassifier({"data.folds": 5}, trials=trials, random_state=seed)


def measured(make: Callable[[int, int], Any], trials: int, seed: int, load: Any) -> Any:
    """CPU seconds of `fit`, and accuracy on the rows that were held back."""
    x, y = load(return_X_y=True)
    parts = train_test_split(x, y, test_size=0.25, stratify=y, random_state=seed)
    learnt, held, of_learnt, of_held = parts
    model = make(trials, seed)
    began = time.process_time()
    model.fit(learnt, of_learnt)
    return time.process_time() - began, model.score(held, of_held)


def main() -> None:
    """Print a line for each data set and each search."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"{trials} trials, five folds, medians of {len(SEEDS)} splits")
    measured(ours, 1, 0, load_digits)  # imports are not a search's time
    for name, load in SETS.items():
        found: dict[str, list[tuple[float, float]]] = {"hpsearch": [], "RandomizedSearchCV": []}
        with threadpool_limits(1):
            for seed in SEEDS:
                for who, make in zip(found, (ours, theirs), strict=True):
                    found[who].append(measured(make, trials, seed, load))
        for who, pairs in found.items():
            seconds, scores = zip(*pairs, strict=True)
            shown = ", ".join(f"{score:.4f}" for score in scores)
            print(f"{name:<14} {who:<19} {median(seconds):7.1f} s CPU   accuracy {shown}")


if __name__ == "__main__":
    main()
