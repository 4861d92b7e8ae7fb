"""`hpsearch report`: where it writes, what it refuses, and what a browser makes of it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import hpsearch.cli  # noqa: F401  # adds the commands that are tried here
from hpsearch.cli.every import app
from hpsearch.errors import UsageError
from hpsearch.study import studyfile
from tests.conftest import PATIENCE
from tests.report.madereports import made
from tests.report.markupreader import read

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SORTS = """<script>
const heads = [...document.querySelectorAll("th[data-order]")];
const state = () => [...document.querySelectorAll("tbody tr[id]")].map((row) => row.id).join(" ");
const told = {};
const press = (key, head) => head.firstChild.dispatchEvent(
  new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
const cost = heads.find((head) => head.textContent === "val_cost");
heads[0].firstChild.click();
told.number = state();
press("Enter", cost);
told.rising = state();
press(" ", cost);
told.falling = state();
told.said = cost.getAttribute("aria-sort");
told.copies = [...document.querySelectorAll("[data-copy]")].every((one) => !one.hidden);
const paper = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .find((rule) => rule.media?.mediaText === "print");
const opened = "details::details-content";
told.opened = !CSS.supports(`selector(${opened})`)
  || [...paper.cssRules].some((rule) => rule.selectorText === opened);
told.wide = document.documentElement.scrollWidth - innerWidth;
document.body.replaceChildren(JSON.stringify(told));
</script>"""
"""Sorts by number, then by the cost up and down, and tells what stood where, and what prints."""


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPSEARCH_RUNS", raising=False)
    study = made(tmp_path / "runs" / "digits", 30, curves=10)
    study.close()
    return study


def command(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)], catch_exceptions=False)


def test_it_writes_a_file_and_replaces_none(study):
    assert re.fullmatch(r"digits-report.html: digits as one page, .* kB.\n", command().stdout)
    page = Path("digits-report.html")
    read(page.read_text(encoding="utf-8"))
    page.write_text("mine")
    with pytest.raises(UsageError, match="is there already; --force replaces it"):
        command()
    assert page.read_text() == "mine"
    command("--force")
    assert page.read_text() != "mine"


def test_standard_output_has_the_page_alone(study):
    command("digits", "-o", "there.html")
    told = command("digits", "-o", "-")
    assert told.stdout_bytes == Path("there.html").read_bytes()
    with pytest.raises(UsageError, match="--open needs a file"):
        command("digits", "-o", "-", "--open")


def test_it_opens_what_it_wrote(study, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: not opened.append(address))
    command("digits", "--open")
    assert opened == [Path("digits-report.html").resolve().as_uri()]


def test_so_many_trials_as_are_asked_for(study):
    command("digits", "--trials", 7)
    board = read(Path("digits-report.html").read_text("utf-8")).at("leaderboard")
    assert sum("id" in row.attributes for row in board.every("tr")) == 7


def test_data_that_is_not_there_is_said_on_the_page(study):
    command("digits", "--no-data")
    told = read(Path("digits-report.html").read_text("utf-8"))
    assert "as was asked (--no-data)" in told.at("mistakes").text
    command("digits", "--force")
    told = read(Path("digits-report.html").read_text("utf-8"))
    assert "are not kept" in told.at("mistakes").text


def test_the_page_is_the_same_in_every_process(study):
    told = []
    for seed in ("1", "2"):
        words = [sys.executable, "-m", "hpsearch", "report", "digits", "-o", "-"]
        environ = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed}"}
        told.append(subprocess.run(words, env=environ, capture_output=True, check=True).stdout)
    assert told[0] == told[1]


def test_a_real_study_tells_what_its_best_trial_gets_wrong(place):
    place.write(trials=3, workers=1, epochs=5)
    place.command("run", "small.toml", "--foreground")
    page = place.path / "report.html"
    command("small", "--runs", place.folder.path.parent, "-o", page)
    found = read(page.read_text("utf-8"))
    matrix = next(found.at("mistakes").every("table", "matrix"))
    cells = [cell.text for row in next(matrix.every("tbody")).inside for cell in row.every("td")]
    counts = [cells[at : at + 3] for at in range(0, len(cells), 5)]
    assert sum(int(n) for row in counts for n in row if n != "·") == 30
    assert "hpsearch run small.toml" in found.at("commands").text
    best = studyfile.parse(found.at("best-file").text, place.path / "best.toml")
    assert not best.space


@pytest.mark.parametrize("runs", ["runs", "my runs"])
def test_where_the_run_lies_is_not_told(study, tmp_path, monkeypatch, runs):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    study.folder.path.parent.rename(tmp_path / runs)
    told = command(tmp_path / runs / "digits", "-o", "-").stdout
    assert "hpsearch export digits --trial" in told  # the way to see its mistakes
    assert str(tmp_path) not in told


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_a_browser_sorts_by_mouse_and_by_keyboard(study, tmp_path):
    command("digits", "-o", "page.html")
    text = Path("page.html").read_text("utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', text)
    assert policy is not None
    tried = text.replace(policy[0], "").replace("</body>", f"{SORTS}</body>")
    Path("tried.html").write_text(tried, "utf-8")
    words = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--window-size=500,800",
        "--dump-dom", Path("tried.html").resolve().as_uri(),
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=True)
    told = json.loads(re.search(r"<body>(\{.*\})\s*</body>", done.stdout, re.DOTALL)[1])  # type: ignore[index]  # it matches
    board = read(text).at("leaderboard")
    ranked = [row.attributes["id"] for row in board.every("tr") if "id" in row.attributes]
    assert told["number"].split() == sorted(ranked, key=lambda one: int(one.rpartition("-")[2]))
    heads = {
        head.text: head.attributes for head in board.every("th") if "data-order" in head.attributes
    }
    order = (heads["val_cost"]["data-order"] or "").split()
    none = int(heads["val_cost"].get("data-none") or 0)
    assert none > 0
    assert told["rising"].split() == [f"trial-{number}" for number in order]
    falling = [*reversed(order[:-none]), *order[-none:]]
    assert told["falling"].split() == [f"trial-{number}" for number in falling]
    assert told["said"] == "descending"
    assert told["copies"]
    assert told["opened"]  # the study file, on paper
    assert told["wide"] <= 0  # nothing sticks out of the page
