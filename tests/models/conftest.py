"""Made-up tables of every task, and models retrained on them."""

import csv
import random
from pathlib import Path

import pytest

from hpsearch.models.retraining import prepare
from hpsearch.study import studyfile

ROWS = 150
TARGETS = {
    "binary": ["kind"],
    "multiclass": ["grade"],
    "multilabel": ["warm", "wet"],
    "regression": ["price"],
    "two regressions": ["price", "rent"],
}
TASKS = tuple(TARGETS)
STUDY = """
[data]
path = "{table}"
target = {target}
drop = {drop}

[network]
layer_dims = [8]

[training]
epochs = 12
learning_rate = 0.02
early_stopping = 0
seed = 5
"""


def write_table(path: Path, rows: int = ROWS, seed: int = 0, targets: bool = True) -> Path:
    """Strings, numbers with gaps, and a target for every task."""
    dice = random.Random(seed)
    features = ["town", "area", "rooms"]
    every = [name for names in TARGETS.values() for name in names]
    names = [*features, *dict.fromkeys(every)] if targets else features
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, names, extrasaction="ignore")
        table.writeheader()
        for _ in range(rows):
            town, area = dice.choice(["Köln", "Ulm", "Bad Aibling, Süd"]), dice.uniform(20, 200)
            big = area > 100
            table.writerow(
                {
                    "town": town if dice.random() > 0.05 else "",
                    "area": f"{area:.2f}",
                    "rooms": dice.randint(1, 6) if dice.random() > 0.1 else "N/A",
                    "kind": ["Nein", "Ja"][big],
                    "grade": 10 + 10 * (big + (town == "Köln")),
                    "warm": ["off", "on"][big],
                    "wet": int(town == "Ulm"),
                    "price": f"{1000 * area + 50_000 * (town == 'Köln') + dice.gauss(0, 500):.2f}",
                    "rent": f"{area / 7 + dice.gauss(0, 0.2):.3f}",
                }
            )
    return path


def write_study(folder: Path, task: str, extra: str = "") -> Path:
    """A study without ranges for one of the targets of `write_table`."""
    mine = TARGETS[task]
    others = {name for names in TARGETS.values() for name in names} - set(mine)
    path = folder / f"{task.replace(' ', '-')}.toml"
    text = STUDY.format(table="houses.csv", target=mine, drop=sorted(others))
    path.write_text(text + extra)
    return path


@pytest.fixture(scope="session")
def houses(tmp_path_factory):
    """A folder with the table, its studies, and one model for each."""
    folder = tmp_path_factory.mktemp("houses")
    write_table(folder / "houses.csv")
    for task in TASKS:
        study = write_study(folder, task)
        prepare(studyfile.read(study)).run().save(folder / task)
    return folder
