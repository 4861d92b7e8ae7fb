"""The README from top to bottom: every command it shows is run, on its own examples."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

README = Path(__file__).parents[2] / "README.md"
SHORT = ("--trials", "3", "--set", "training.epochs=8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def commands():
    """Every line of a shell block that is hpsearch alone, in order."""
    for block in blocks("sh"):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["hpsearch"]:
                yield words[1:]
            elif words[:3] == ["pip", "install", "."]:
                yield words[words.index("hpsearch") + 1 :]


def ran(code, folder):
    """The lines that a program prints."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.fixture
def houses(tmp_path):
    rng = np.random.default_rng(0)
    area, rooms = rng.uniform(30, 200, 200), rng.integers(1, 7, 200)
    town = rng.choice(["Ulm", "Bonn"], 200)
    price = 2000 * area + 10000 * rooms + 50000 * (town == "Bonn") + rng.normal(0, 5000, 200)
    frame = pl.DataFrame({"area": area, "rooms": rooms, "town": town, "price": price})
    frame.write_csv(tmp_path / "houses.csv")
    frame.drop("price").head(20).write_csv(tmp_path / "new.csv")


@pytest.mark.usefixtures("houses")
def test_every_command_of_the_readme_works(place):
    (place.path / "studies").symlink_to(README.parent / "studies")
    seen = []
    for words in commands():
        short = SHORT if words[0] == "run" else ()
        if words == ["run", "study.toml", "--trials", "80"]:
            continue
        output = [str(place.path / w) if w.endswith("best.toml") else w for w in words]
        force = ("--force",) if words[0] == "export" else ()
        # The models to compare with are fitted beside the houses' model, in a tenth of the time.
        bare = ("--no-baselines",) if words[-1] == "digits-model" else ()
        done = place.command(*output, *short, *force, *bare)
        assert done.returncode == 0, (words, done.stderr)
        seen.append(words[0])
    assert {"run", "top", "export", "retrain", "init", "check", "predict", "evaluate"} <= set(seen)
    assert len((place.path / "predictions.csv").read_text().splitlines()) == 21
    said = ran(next(iter(blocks("python"))).replace("trials=20", "trials=2"), place.path)
    assert "'r2': " in said[-1]


def test_the_study_file_of_the_readme_is_one(place):
    (text,) = blocks("toml")
    (place.path / "readme.toml").write_text(text)
    checked = place.command("check", "readme.toml")
    assert checked.returncode == 0, checked.stderr


def test_the_python_of_the_readme_runs(tmp_path):
    every = (ran(code, tmp_path) for code in list(blocks("python"))[1:])
    searched, face, stream, estimator = every
    assert float(searched[-1]) > 0.9
    assert face[0].startswith("epoch   1 of 100: train_cost ")
    assert float(face[-1].split()[-1].rstrip("}")) > 0.9
    assert (tmp_path / "spiral-model" / "model.json").exists()
    costs = [float(line.split()[1]) for line in stream]
    assert len(costs) == 5
    assert costs[-1] < 0.3
    assert float(estimator[-1].rpartition(" ")[2]) > 0.8


def test_every_file_the_readme_links_is_there():
    words = re.sub(r"```.*?```", "", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#]+)\)", words)
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []


def test_the_two_set_up_commands_stand_there():
    shell = "\n".join(blocks("sh"))
    assert "pip install . && hpsearch run studies/digits.toml" in shell
    assert "pip install '.[test]' && pytest" in shell
    run = (README.parent / ".ci" / "run").read_text()
    assert "pip install '.[test]' && pytest" in run
