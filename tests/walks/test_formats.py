"""From data in other formats than CSV to predictions, as a person would type it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

ROWS = 90


def parquet(folder: Path) -> tuple[str, str]:
    rng = np.random.default_rng(0)
    dear = ["cheap", "dear"] * (ROWS // 2)
    area = (np.where(np.arange(ROWS) % 2, 150, 50) + rng.normal(0, 5, ROWS)).round(1)
    frame = pl.DataFrame({"area": area, "town": rng.choice(["Ulm", "Graz"], ROWS), "target": dear})
    frame.write_parquet(folder / "study.parquet")
    frame.drop("target").head(4).write_ndjson(folder / "new.jsonl")
    return "study.parquet", "new.jsonl"


def images(folder: Path) -> tuple[str, str]:
    rng = np.random.default_rng(0)
    (folder / "new").mkdir()
    for at in range(ROWS):
        word = ("cheap", "dear")[at % 2]
        place = folder / "study" / ("test" if at < 20 else "train") / word
        place.mkdir(parents=True, exist_ok=True)
        noise = rng.integers(0, 120, (9, 8), np.uint8) + np.uint8(100 * (at % 2))
        Image.fromarray(noise).save(place / f"{at}.png")
        if at < 4:
            Image.fromarray(noise).save(folder / "new" / f"{at}.png")
    return "study", "new"


@pytest.mark.parametrize("made", [parquet, images])
def test_data_of_any_format_is_searched_and_predicted(place, made) -> None:
    data, new = made(place.path)
    words = ["--target", "target"] if made is parquet else []
    init = place.command("init", data, *words, "-o", "study.toml")
    assert init.returncode == 0, init.stderr
    text = (place.path / "study.toml").read_text()
    assert ('"scale255"' in text) == (made is not parquet)
    check = place.command("check", "study.toml")
    assert check.returncode == 0, check.stderr
    quick = ("--trials", 1, "--set", "training.epochs=30", "--set", "training.learning_rate=0.01")
    run = place.command("run", "study.toml", *quick, "--set", "data.folds=2")
    assert run.returncode == 0, run.stderr
    assert place.command("export", "study", "-o", "best.toml").returncode == 0
    retrain = place.command("retrain", "best.toml", "-o", "model", "--no-baselines")
    assert retrain.returncode == 0, retrain.stderr
    assert f"tested on {18 if made is parquet else 20}" in retrain.stdout
    predict = place.command("predict", "model", new)
    assert predict.returncode == 0, predict.stderr
    rows = list(csv.DictReader(io.StringIO(predict.stdout)))
    assert [row["prediction"] for row in rows] == ["cheap", "dear"] * 2
    if made is images:
        assert [row["file"] for row in rows] == ["0.png", "1.png", "2.png", "3.png"]
