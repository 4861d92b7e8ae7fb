"""A first hour with a table as people have them: from a messy CSV to predictions."""

import csv
import json
import random

ROWS = 240


def write_messy(path, rows, seed=0, target=True):
    """Semicolons, decimal commas, blanks, N/A, a date, an id, rare levels; as spreadsheets do."""
    rng = random.Random(seed)
    towns = ["Köln", "Ulm", "Bonn"]
    names = ["id", "sold on", "town", "area m2", "rooms", "heating", "remark", "constant"]
    with path.open("w", newline="", encoding="latin-1") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow([*names, "price class"] if target else names)
        for i in range(rows):
            town = rng.choice(towns) if rng.random() > 0.03 else f"Hamlet {i}"
            area = rng.uniform(30, 200)
            rooms = str(rng.randint(1, 7)) if rng.random() > 0.1 else rng.choice(["", "N/A"])
            heating = rng.choice(["gas", "oil", "district", ""])
            row = [f"H-{1000 + i}", f"{1 + i % 28:02d}.03.2024", town]
            row += [
                f"{area:.1f}".replace(".", ","),
                rooms,
                heating,
                f"seen by agent {i}, nice view no. {i * 7}",
                "x",
            ]
            dear = "dear" if area + 25 * (town == "Köln") + rng.gauss(0, 8) > 120 else "cheap"
            table.writerow([*row, dear if rng.random() > 0.02 else ""] if target else row)


def test_from_a_messy_table_to_predictions(place):
    write_messy(place.path / "houses.csv", ROWS)

    first = place.command("run", "houses.csv")
    assert first.returncode == 2
    assert "hpsearch init houses.csv --target" in first.stderr

    init = place.command("init", "houses.csv", "--target", "price class")
    assert init.returncode == 0, init.stderr
    assert "hpsearch run houses.toml" in init.stdout + init.stderr
    study = (place.path / "houses.toml").read_text()
    for column in ("id", "sold on", "remark", "constant"):
        assert f'"{column}"' in study or column in study

    check = place.command("check", "houses.toml")
    assert check.returncode == 0, check.stderr
    assert "area m2" in check.stdout
    assert "town" in check.stdout

    run = place.command("run", "houses.toml", "--trials", 4, "--set", "training.epochs=12")
    assert run.returncode == 0, run.stderr
    top = json.loads(place.command("top", "houses", "--format", "json").stdout)
    assert len(top) == 4
    assert top[0]["val_accuracy"] > 0.6

    export = place.command("export", "houses", "-o", "best.toml")
    assert export.returncode == 0, export.stderr
    retrain = place.command("retrain", "best.toml", "-o", "model", "--no-baselines")
    assert retrain.returncode == 0, retrain.stderr
    told = json.loads((place.path / "model" / "model.json").read_text())
    assert told["metrics"]["test"]["accuracy"] > 0.6

    write_messy(place.path / "new.csv", 30, seed=9, target=False)
    command = ("predict", "model", "new.csv", "-o", "out.csv", "--proba", "--keep", "id")
    predict = place.command(*command)
    assert predict.returncode == 0, predict.stderr
    with (place.path / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [f"H-{1000 + i}" for i in range(30)]
    assert {row["prediction"] for row in rows} <= {"dear", "cheap"}
    assert all(0.0 <= float(row["proba_dear"]) <= 1.0 for row in rows)
    assert abs(float(rows[0]["proba_dear"]) + float(rows[0]["proba_cheap"]) - 1.0) < 1e-5


def test_a_bad_cell_is_named_by_row_and_column(place):
    write_messy(place.path / "houses.csv", ROWS)
    place.command("init", "houses.csv", "--target", "price class")
    lines = (place.path / "houses.csv").read_text(encoding="latin-1").splitlines()
    cells = lines[49].split(";")
    cells[3] = "about 90"
    lines[49] = ";".join(cells)
    (place.path / "houses.csv").write_text("\n".join(lines) + "\n", encoding="latin-1")
    refused = place.command("run", "houses.toml")
    assert refused.returncode == 2
    assert "area m2" in refused.stderr
    assert "50" in refused.stderr
    assert "about 90" in refused.stderr
