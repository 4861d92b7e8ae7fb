"""The README's threats kept true: the tests it names are there, and nothing runs what it reads."""

import ast
import os
import re
from contextlib import suppress
from pathlib import Path

import pytest

from tests.chaos.processes import descendants, engine_of
from tests.conftest import wait_for

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "README.md").read_text())


def test_the_threats_have_tests():
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if "| `tests/" in line]
    assert len(rows) > 12
    assert len(NAMED) >= len(rows)


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_test_that_is_named_is_there(file, test):
    tree = ast.parse((ROOT / file).read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert test in {node.name for node in tree.body if isinstance(node, kinds)}


RUNS = {"eval", "exec", "__import__", "system", "popen", "unsafe_load", "full_load"}
LOADS = {"load", "loads", "Unpickler"}
UNPICKLERS = {"pickle", "cloudpickle", "dill", "marshal", "shelve", "joblib"}


def what_runs(source):
    """Calls in a module's source that would run what they are given, or unpickle it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Name(name)) if name in RUNS:
                found.append(name)
            case ast.Call(ast.Attribute(ast.Name("os"), name)) if name in RUNS:
                found.append(f"os.{name}")
            case ast.Attribute(ast.Name(module), name) if module in UNPICKLERS and name in LOADS:
                found.append(f"{module}.{name}")  # which may be called by another
            case ast.ImportFrom(module=module, names=names) if module in UNPICKLERS:
                found += [name.name for name in names if name.name in LOADS]
            case ast.keyword("shell" | "allow_pickle", ast.Constant(True)):
                found.append(node.arg)
    return found


ON_WORKERS = ("hpsearch/engine/daskbackend.py", "hpsearch/engine/versions.py")
"""What has dask's workers unpickle what we send them, as they do with all that they are sent."""


def test_nothing_runs_what_it_reads():
    sources = [p for package in ("hpsearch", "nncore") for p in (ROOT / package).rglob("*.py")]
    assert len(sources) > 100
    read = {str(p.relative_to(ROOT)): what_runs(p.read_text()) for p in sources}
    sent = {name: read.pop(name) for name in ON_WORKERS}
    assert sent == {name: ["pickle.loads"] for name in ON_WORKERS}
    assert {name: found for name, found in read.items() if found} == {}


@pytest.mark.parametrize(
    "source",
    ["eval(text)", "pickle.loads(b)", "map(pickle.loads, b)", "from pickle import load",
     "os.system(x)", "subprocess.run(x, shell=True)", "np.load(x, allow_pickle=True)",
     "joblib.load(x)"],
)  # fmt: skip
def test_what_would_run_it_is_found(source):
    assert what_runs(source)


def keys_in(text):
    """What could be the key of a run: 32 bytes, in hexadecimal digits."""
    return set(re.findall(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", text))


def test_no_key_stands_in_argv_or_the_environment(place):
    place.epoch_seconds = 0.02
    place.write(trials=4, workers=1, epochs=100_000)
    started = place.start("run", "small.toml")
    wait_for(lambda: place.running() or started.poll() is not None)
    engine = engine_of(place.folder)
    assert engine is not None
    ours = keys_in("\0".join(os.environ.values()).encode())
    looked_at = []
    for pid in (engine, *(process.pid for process in descendants(engine))):
        with suppress(OSError):  # joblib asks other programs how many cores there are
            told = [Path(f"/proc/{pid}/{file}").read_bytes() for file in ("cmdline", "environ")]
            assert keys_in(b"\0".join(told)) <= ours
            looked_at.append(pid)
    assert len(looked_at) >= 3  # the engine, a shell and its trainer
    place.command("stop", "small", "--now")
