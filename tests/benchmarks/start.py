"""python -m tests.benchmarks.start: how long `hpsearch --help` takes, as a person waits for it."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median


def main() -> None:
    """Ten runs after one to warm up; the median."""
    command = [sys.executable, "-m", "hpsearch", "--help"]
    times = []
    for _ in range(11):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    print(f"hpsearch --help: {1000 * median(times[1:]):.0f} ms (median of 10)")


if __name__ == "__main__":
    main()
