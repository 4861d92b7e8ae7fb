"""A search as one would write it without hpsearch: Optuna, scikit-learn, several processes.

python -m tests.benchmarks.plain_optuna STORAGE ARRAYS TRIALS EPOCHS SEED is one worker of it. The
workers share a journal file, which is what Optuna recommends for processes on one machine. A
network is scikit-learn's MLPClassifier as it comes, with the epochs as `max_iter` and without a
validation set of its own; a trial's value is the log loss on the same validation rows.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import MaxTrialsCallback
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier


def open_study(storage: Path, seed: int) -> optuna.Study:
    """The study that the workers share."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        study_name="plain",
        storage=JournalStorage(JournalFileBackend(str(storage))),
        sampler=optuna.samplers.TPESampler(seed=seed),
        load_if_exists=True,
    )


def work(storage: Path, arrays: Path, trials: int, epochs: int, seed: int) -> None:
    """Run trials until there are so many in all."""
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    data = np.load(arrays)
    x, y, x_val, y_val = (data[name] for name in ("x", "y", "x_val", "y_val"))
    classes = np.unique(y)

    def objective(trial: optuna.Trial) -> float:
        depth = trial.suggest_int("depth", 1, 2)
        widths = [trial.suggest_int(f"width{i}", 16, 128, log=True) for i in range(depth)]
        network = MLPClassifier(
            hidden_layer_sizes=tuple(widths),
            activation=trial.suggest_categorical("activation", ["relu", "tanh"]),
            solver="adam",
            learning_rate_init=trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True),
            batch_size=trial.suggest_categorical("batch", [32, 64, 128]),  # type: ignore[arg-type]  # as there
            beta_1=trial.suggest_float("beta1", 0.8, 0.99),
            beta_2=trial.suggest_float("beta2", 0.9, 0.9999),
            max_iter=epochs,
            random_state=trial.number,
        )
        network.fit(x, y)
        return float(log_loss(y_val, network.predict_proba(x_val), labels=classes))

    open_study(storage, seed).optimize(objective, callbacks=[MaxTrialsCallback(trials)])


if __name__ == "__main__":
    work(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
