"""python -m tests.benchmarks.start: how long commands take, as a person waits for them.

`hpsearch --help`, and the first look at a made-up study of 10,000 trials from another process:
`top`, a filtered `top`, `status`. Medians; Python's own start stands beside them. Bytecode is
cached, as it is after any first start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.view.madeup import MadeUp

ROUNDS = 11
TRIALS = 10_000


def main() -> None:
    """Each command once to warm up and ten times more, in turn."""
    with tempfile.TemporaryDirectory() as place:
        runs = Path(place)
        MadeUp(runs / "digits", trials=TRIALS, epochs=20).fill(TRIALS)
        study = ["digits", "--runs", place]
        commands = {
            "python -c pass": ["-c", "pass"],
            "hpsearch --help": ["-m", "hpsearch", "--help"],
            "hpsearch top": ["-m", "hpsearch", "top", *study],
            "hpsearch top --where": ["-m", "hpsearch", "top", *study, "--where", "optimizer=adam"],
            "hpsearch status": ["-m", "hpsearch", "status", *study],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, words in commands.items():
                times[name].append(seconds(words, runs))
    for name, taken in times.items():
        print(f"{name:22} {1000 * median(taken[1:]):4.0f} ms")


def seconds(words: list[str], place: Path) -> float:
    """Wall time of one start."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(place / "bytecode")
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
