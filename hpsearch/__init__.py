"""Search hyperparameters for a neural network on your data, from a terminal.

From Python, `load` gives a model that `hpsearch retrain` wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from hpsearch.models.asking import Model

__version__ = "0.1.0"


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
