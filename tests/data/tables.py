"""Tables as people have them, written for tests, and what was found in their columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from hpsearch.data import Data


def messy(rows: int = 300) -> str:
    """Semicolons, decimal commas, umlauts, blanks, N/A, an id, dates, rare levels, a constant."""
    rng = np.random.default_rng(7)
    lines = ["Nr_id;Größe;Stadt;Datum;Garten;leer;Land;Notiz;Kauf"]
    for at in range(rows):
        size = f"{rng.normal(100, 20):.2f}".replace(".", ",")
        words = " ".join(rng.choice(list("abcdefgh"), 7))
        cells = [
            str(90000 - 7 * at),
            size if at % 10 else str(rng.choice(["", "N/A"])),
            f"Dorf{at}" if at % 50 == 3 else str(rng.choice(["Köln", "Ulm", "Graz"])),
            f"{at % 28 + 1:02}.03.2020",
            str(rng.choice(["ja", "nein"])).replace("ja", "yes").replace("nein", "no"),
            "",
            "DE",
            words,
            "" if at % 60 == 5 else str(rng.choice(["hoch", "mittel", "tief"])),
        ]
        lines.append(";".join(cells))
    return "\r\n".join(lines) + "\r\n"


def table(folder: Path, content: str, encoding: str = "utf-8", name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def numbers(folder: Path, rows: int = 60, **columns: list[object]) -> Path:
    """A table with a sound number, a target of two classes, and the columns given."""
    rng = np.random.default_rng(0)
    base = {"sound": rng.normal(size=rows).round(3), "label": ["no", "yes"] * (rows // 2)}
    frame = pl.DataFrame({**base, **{n: pl.Series(c, dtype=pl.String) for n, c in columns.items()}})
    path = folder / "t.csv"
    frame.write_csv(path)
    return path


def report(data: Data, name: str) -> tuple[str, str]:
    (found,) = [column for column in data.columns if column.name == name]
    return found.kind, found.detail


def visits(folder: Path, rows: int = 240, **more: list[object]) -> Path:
    """A table of visits: a patient makes some of them, and each has its day."""
    rng = np.random.default_rng(3)
    patient = rng.integers(0, 60, rows)
    days = rng.integers(0, 700, rows)
    frame = pl.DataFrame(
        {
            "patient": [f"p{number:03}" for number in patient],
            "day": [str(np.datetime64("2021-01-01") + int(day)) for day in days],
            "pulse": rng.normal(70, 9, rows).round(1),
            "ill": np.where((patient + rng.integers(0, 3, rows)) % 4 == 0, "yes", "no"),
            **more,
        }
    )
    path = folder / "visits.csv"
    frame.write_csv(path)
    return path
