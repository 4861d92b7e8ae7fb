"""python -m tests.benchmarks.accuracy: is the model that comes out of a search any good?

For each seed, a split of its own: search digits, export, retrain, and read the test rows once;
beside it scikit-learn's MLPClassifier as it comes, trained on the same rows.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path
from statistics import mean

import numpy as np

from hpsearch import data as tables
from hpsearch.study import studyfile
from tests.benchmarks.studies import STUDIES, searched

STUDY = STUDIES / "digits.toml"


def ours(place: Path, seed: int) -> float:
    """Test accuracy of the retrained best trial."""
    return searched("digits", seed, place)["accuracy"]


def theirs(seed: int) -> float:
    """MLPClassifier with its defaults, on the same rows."""
    from sklearn.neural_network import MLPClassifier

    study = studyfile.read(STUDY, {"data.split_seed": str(seed)})
    final = tables.load(study.data).final("standard")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPClassifier(random_state=seed).fit(final.x, final.y)
    return float(np.mean(model.predict(final.x_test) == final.y_test))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.accuracy")
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for seed in range(given.seeds):
            rows.append((ours(Path(place), seed), theirs(seed)))
            print(f"seed {seed}: hpsearch {rows[-1][0]:.4f}, MLPClassifier {rows[-1][1]:.4f}")
    a, b = zip(*rows, strict=True)
    print(f"mean {mean(a):.4f} against {mean(b):.4f}; lowest {min(a):.4f} against {min(b):.4f}")
    print(f"paired difference {mean(x - y for x, y in rows):+.4f}")


if __name__ == "__main__":
    main()
