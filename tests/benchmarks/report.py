"""What `hpsearch report` costs: seconds and bytes, by trials.

    python -m tests.benchmarks.report [--trials 100 1000 10000] [--times 5] [--pictures DIR]

Made-up studies of seven hyperparameters and up to 40 epochs a trial. Medians of CPU seconds; the
whole command has Python's start and imports in it. With --pictures the last one is drawn by
Chromium: wide, as on a phone, dark, and on paper.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hpsearch.report.material import gather
from hpsearch.report.page import page
from tests.report.madereports import made

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--hide-scrollbars", "--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
)
PHONE = '<body style="margin:0"><iframe src="{}" style="width:360px;height:12000px;border:0">'
SHOTS = {
    "wide": ("--window-size=1280,9000",),
    "dark": ("--window-size=1280,9000", "--blink-settings=preferredColorScheme=0"),
    "phone": ("--window-size=500,12000",),
}
"""Switches for each picture."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    print(f"{'trials':>8} {'read s':>8} {'draw s':>8} {'command s':>10} {'kB':>8}")
    with tempfile.TemporaryDirectory() as place:
        for trials in asked.trials:
            study = made(Path(place) / f"made-{trials}", trials, curves=trials)
            study.close()
            reading = median(asked.times, lambda f=study.folder: gather(f))
            material = gather(study.folder)
            drawing = median(asked.times, lambda m=material: page(m))
            file = Path(place) / "report.html"
            whole = statistics.median(command(study.folder.path, file) for _ in range(asked.times))
            size = file.stat().st_size / 1000
            print(f"{trials:8,} {reading:8.2f} {drawing:8.2f} {whole:10.2f} {size:8,.0f}")
        if asked.pictures:
            pictures(Path(place) / "report.html", asked.pictures)


def median(times: int, work: Callable[[], Any]) -> float:
    """CPU seconds."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return statistics.median(found)


def command(folder: Path, file: Path) -> float:
    """CPU seconds of the whole command."""
    words = [sys.executable, "-m", "hpsearch", "report", str(folder), "-o", str(file), "--force"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pictures(file: Path, to: Path) -> None:
    """Draw the page as people see it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("there is no chromium to draw pictures with")
        return
    to.mkdir(parents=True, exist_ok=True)
    phone = file.with_name("phone.html")
    phone.write_text(PHONE.format(file.name), encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        start = [chromium, *QUIET, f"--user-data-dir={profile}"]
        for name, switches in SHOTS.items():
            shown = phone if name == "phone" else file
            words = [*start, *switches, f"--screenshot={to / name}.png", shown.as_uri()]
            subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
        paper = [f"--print-to-pdf={to / 'paper'}.pdf", "--no-pdf-header-footer", file.as_uri()]
        subprocess.run([*start, *paper], check=True, stderr=subprocess.DEVNULL)
    print(f"pictures in {to}")


if __name__ == "__main__":
    main()
