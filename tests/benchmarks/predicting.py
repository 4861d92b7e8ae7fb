"""python -m tests.benchmarks.predicting: a model at work on a large file.

A table of numbers, words, booleans and gaps is written, a network trained on its first rows, and
`hpsearch predict` run on all of it, as a person would type it. What is printed is rows a second by
the wall clock and by CPU seconds (of all threads, so that a busy machine does not change it), and
the largest memory that the command held.

    python -m tests.benchmarks.predicting --rows 1000000 --columns 20 --to parquet
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import numpy as np
import polars as pl

LEARNT = 5_000
"""Rows that the network is trained on."""
STUDY = """
[data]
path = "learnt.csv"
target = "target"
[network]
layer_dims = [32]
[training]
epochs = 3
early_stopping = 0
"""


def table(rows: int, columns: int, seed: int) -> pl.DataFrame:
    """Of five columns three hold numbers, one words, and one whole numbers with gaps."""
    rng = np.random.default_rng(seed)
    cells: dict[str, pl.Series] = {}
    words = np.array(["Aachen", "Bonn", "Celle", "Dresden", "Essen", "Fulda"])
    for at in range(columns - 1):
        name = f"column {at}"
        if at % 5 == 3:
            cells[name] = pl.Series(words[rng.integers(0, len(words), rows)])
        elif at % 5 == 4:
            whole = pl.Series(rng.integers(0, 100, rows))
            cells[name] = whole.set(pl.Series(rng.random(rows) < 0.05), None)
        else:
            cells[name] = pl.Series(rng.normal(size=rows).round(4))
    total = cells["column 0"].to_numpy() + cells["column 1"].to_numpy()
    cells["target"] = pl.Series(np.where(total > 0, "yes", "no"))
    return pl.DataFrame(cells)


def run(*words: str | Path, piped: Path | None = None) -> tuple[float, float, float]:
    """Seconds by the wall clock, CPU seconds, and MB at most, of a command of ours."""
    given = piped.open("rb") if piped else subprocess.DEVNULL
    began = perf_counter()
    command = [sys.executable, "-m", "hpsearch", *map(str, words)]
    process = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL)
    memory, ended, status, used = 0.0, 0, 0, None
    while not ended:
        memory = max(memory, held(process.pid))
        sleep(0.01)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    assert used is not None
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"hpsearch {words[0]} ended with {process.returncode}")
    return perf_counter() - began, used.ru_utime + used.ru_stime, memory


def held(process: int) -> float:
    """MB that a process has held at most; ru_maxrss would have what we held when we forked it."""
    told = Path(f"/proc/{process}/status").read_text()
    most = next((line for line in told.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(most.split()[1]) / 1024


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--columns", type=int, default=20, help="the target's among them")
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--to", default="csv", help="csv or parquet")
    asked.add_argument("--from", dest="source", default="csv", help="csv or parquet")
    asked.add_argument("--stdin", action="store_true", help="through a pipe")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        table(LEARNT, given.columns, 0).write_csv(folder / "learnt.csv")
        (folder / "study.toml").write_text(STUDY)
        run("retrain", folder / "study.toml", "-o", folder / "model", "--no-baselines")
        data = folder / f"new.{given.source}"
        frame = table(given.rows, given.columns, 1)
        frame.write_csv(data) if given.source == "csv" else frame.write_parquet(data)
        del frame
        print(f"{given.rows:,} rows × {given.columns} columns, {data.stat().st_size / 1e6:.0f} MB")
        source, piped = ("-", data) if given.stdin else (data, None)
        every = []
        for at in range(given.runs):
            out = folder / f"out-{at}.{given.to}"
            wall, cpu, memory = run("predict", folder / "model", source, "-o", out, piped=piped)
            every.append((wall, cpu, memory))
            print(
                f"  {given.rows / wall:10,.0f} rows/s  {wall:6.2f} s"
                f"  {given.rows / cpu:10,.0f} rows a CPU second  {memory:5.0f} MB"
            )
        wall, cpu, memory = (median(one) for one in zip(*every, strict=True))
        print(f"median: {given.rows / wall:,.0f} rows/s (asked: 250,000)")
        print(f"        {given.rows / cpu:,.0f} rows a CPU second, {memory:.0f} MB (asked: 500)")


if __name__ == "__main__":
    main()
