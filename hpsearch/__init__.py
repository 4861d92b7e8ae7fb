"""Search hyperparameters for a neural network on your data, from a terminal or from Python.

From Python, `search` runs a search and `result` gives what one has found so far, `load` a model
that was retrained, and `HPSearchClassifier` and `HPSearchRegressor` are searches in scikit-learn's
words. What is wrong is an `HpsearchError`, what is noticed about rows a `DataWarning`.

    found = hpsearch.search(data=(X, y), trials=50)
    print(found, found.best.params)
    found.retrain("model").predict(X_new)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from hpsearch.errors import HpsearchError
    from hpsearch.models.asking import DataWarning, Model
    from hpsearch.searching.estimators import HPSearchClassifier, HPSearchRegressor
    from hpsearch.searching.result import Result, Trial, result
    from hpsearch.searching.search import search

__version__ = "0.1.0"
__all__ = [
    "DataWarning",
    "HPSearchClassifier",
    "HPSearchRegressor",
    "HpsearchError",
    "Model",
    "Result",
    "Trial",
    "load",
    "result",
    "search",
]

_AT = {
    "DataWarning": "hpsearch.models.asking",
    "HPSearchClassifier": "hpsearch.searching.estimators",
    "HPSearchRegressor": "hpsearch.searching.estimators",
    "HpsearchError": "hpsearch.errors",
    "Model": "hpsearch.models.asking",
    "Result": "hpsearch.searching.result",
    "Trial": "hpsearch.searching.result",
    "result": "hpsearch.searching.result",
    "search": "hpsearch.searching.search",
}
"""Where names are that are only loaded when they are asked for: `import hpsearch` stays light."""


def __getattr__(name: str) -> Any:
    if name not in _AT:
        raise AttributeError(f"module 'hpsearch' has no attribute {name!r}")
    return getattr(import_module(_AT[name]), name)


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


def load(folder: Path | str) -> Model:
    """The model in a folder that `hpsearch retrain` wrote, ready to be asked.

        model = hpsearch.load("houses-model")
        model.predict(frame)            # a Polars or pandas frame, a mapping, or an array
        model.predict_proba(frame)      # of each of model.classes
        model.evaluate(frame).figures   # where the targets are known

    Raises:
        ModelError: there is none, it is damaged, or of a format not known here.
    """
    from hpsearch.models import asking  # only here: `import hpsearch` stays light

    return asking.load(folder)
