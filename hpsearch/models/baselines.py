"""What other models make of the same rows, so that a network can be seen to earn its place.

The simplest answer is made here. scikit-learn's models are fitted in a process of their own, which
is ended when its time is up: there is no other way to stop a fit. It is given arrays on standard
input and prints a line of JSON for each model.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hpsearch import system
from hpsearch.data.tabular import Final
from hpsearch.study.options import Task

SECONDS = 30.0
"""For all of scikit-learn's models together."""
_CELLS = 4_000_000
"""Inputs that are fitted to; of larger data the baselines see some of the rows."""
_LEAST = 1e-6
"""A probability is never said to be less."""
_PATIENT = {"OMP_WAIT_POLICY": "passive"}
"""Threads of boosted trees sleep while they wait for each other: where a search or anybody else has
the cores, those that spin take ten times as long."""

Logits = np.ndarray
"""What a network would have to put out to say the same: (rows, outputs)."""
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Inputs, targets and what each row counts for."""


@dataclass(frozen=True)
class Baseline:
    """A model to compare with."""

    name: str
    z: Logits
    """For the test rows."""
    rows: int
    """How many rows it was fitted to."""


def simplest(task: Task, final: Final, outputs: int) -> Baseline:
    """Always the same answer: the most common class, or the mean."""
    y, count = final.y, len(final.x_test)
    if task == "regression":
        said = y.mean(axis=0)
    elif task == "multiclass":
        counts = np.bincount(y, minlength=outputs)
        said = np.log((counts + 1) / (counts.sum() + outputs))
    else:
        said = _logit((y.sum(axis=0) + 1) / (len(y) + 2))
    name = "mean" if task == "regression" else "majority"
    return Baseline(name, np.tile(np.asarray(said, np.float32), (count, 1)), len(y))


def fitted(
    task: Task, final: Final, outputs: int, seconds: float = SECONDS
) -> tuple[Baseline, ...]:
    """scikit-learn's models on the same inputs, as many as get done in time.

    Where the network's loss weighs classes, theirs does; an older scikit-learn's MLP knows no
    weights, and goes without.
    """
    rows = np.arange(len(final.x))
    most = max(100, _CELLS // max(1, final.x.shape[1]))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
    given = io.BytesIO()
    weights = np.ones(len(final.y)) if final.weights is None else final.weights
    parts = {"x": final.x[rows], "y": final.y[rows], "weights": weights[rows]}
    np.savez(given, **parts, x_test=final.x_test, outputs=outputs, allow_pickle=False)
    with subprocess.Popen(
        [*system.module_command("hpsearch.models.baselines"), task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_PATIENT, **system.environment()},
    ) as process:
        try:
            out, _ = process.communicate(given.getvalue(), timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        except BaseException:  # a person has had enough
            process.kill()
            raise
    return tuple(_heard(out, len(rows)))


def _heard(out: bytes, rows: int) -> Iterator[Baseline]:
    for line in out.splitlines(keepends=True):
        if line.endswith(b"\n"):  # the last one may be cut off
            said = json.loads(line)
            yield Baseline(said["name"], np.array(said["z"], np.float32), rows)


# In the process of its own --------------------------------------------------------------------


def _models(task: Task) -> Mapping[str, Callable[[], Any]]:
    """scikit-learn's models as they come, the quick ones first."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    if task == "regression":
        return {
            "ridge": Ridge,
            "sklearn MLP": lambda: MLPRegressor(random_state=0),
            "boosted trees": lambda: HistGradientBoostingRegressor(random_state=0),
        }
    return {
        "logistic": LogisticRegression,
        "sklearn MLP": lambda: MLPClassifier(random_state=0),
        "boosted trees": lambda: HistGradientBoostingClassifier(random_state=0),
    }


def _logits(task: Task, make: Callable[[], Any], rows: Rows, x_test: np.ndarray, k: int) -> Logits:
    x, y, weights = rows
    if task == "multiclass":
        return np.log(np.maximum(_shares(make(), rows, x_test, k), _LEAST))
    columns = []
    each = np.broadcast_to(weights.reshape(len(y), -1), y.reshape(len(y), -1).shape)
    for target, counts in zip(y.reshape(len(y), -1).T, each.T, strict=True):
        if task == "regression":
            columns.append(make().fit(x, target).predict(x_test))
        elif (target == target[0]).all():
            columns.append(np.full(len(x_test), _logit(target[0])))
        else:
            shares = _shares(make(), (x, target.astype(int), counts), x_test, 2)
            columns.append(_logit(shares[:, 1]))
    return np.stack(columns, axis=1)


def _shares(model: Any, rows: Rows, x_test: np.ndarray, k: int) -> np.ndarray:
    """Probabilities of all classes, those too that no training row is of."""
    from sklearn.utils.validation import has_fit_parameter

    x, y, weights = rows
    uneven = weights.min() < weights.max() and has_fit_parameter(model, "sample_weight")
    found = model.fit(x, y, **({"sample_weight": weights} if uneven else {}))
    p = np.zeros((len(x_test), k))
    p[:, found.classes_] = found.predict_proba(x_test)
    return p


def _logit(p: Any) -> Any:
    p = np.clip(p, _LEAST, 1 - _LEAST)
    return np.log(p / (1 - p))


def _main() -> None:
    warnings.simplefilter("ignore")  # that 200 epochs are too few for it is no news
    task: Any = sys.argv[1]
    given = np.load(io.BytesIO(sys.stdin.buffer.read()))
    rows = given["x"], given["y"], given["weights"]
    for name, make in _models(task).items():
        z = _logits(task, make, rows, given["x_test"], int(given["outputs"]))
        sys.stdout.write(json.dumps({"name": name, "z": z.tolist()}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
