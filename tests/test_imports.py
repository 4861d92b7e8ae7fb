"""What loading a part of the program may bring along: the import contracts, at run time."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hpsearch


def loaded(statement, *modules):
    code = f"{statement}\nimport sys\nprint([m for m in {modules!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


HEAVY = ("numpy", "optuna", "joblib", "textual", "polars", "pydantic", "sklearn", "scipy")


@pytest.mark.parametrize(
    ("statement", "banned"),
    [
        ("import hpsearch; dir(hpsearch)", HEAVY),
        ("from hpsearch import search", ("sklearn", "textual", "joblib", "optuna", "pandas")),
        ("import hpsearch.cli", HEAVY),
        ("import nncore", tuple(m for m in HEAVY if m != "numpy")),
        ("import hpsearch.engine.working", ("optuna", "textual", "polars", "pydantic", "joblib")),
        ("import hpsearch.engine.shell", ("numpy", "optuna", "textual", "polars", "pydantic")),
        ("import hpsearch.engine.run", ("textual", "scipy", "sklearn", "distributed")),
        ("import hpsearch.plain.watch", ("optuna", "joblib", "polars", "pydantic", "sklearn")),
        ("import hpsearch.dashboard.app", tuple(m for m in HEAVY if m != "textual")),
        ("import hpsearch.store.reader", ("numpy", "optuna", "joblib", "textual", "rich")),
    ],
)
def test_imports_stay_light(statement, banned):
    assert loaded(statement, *banned) == "[]"


def test_help_loads_nothing_heavy():
    statement = "import sys\nsys.argv = ['hpsearch', '--help']\nfrom hpsearch.cli import run_app\n"
    statement += "try: run_app()\nexcept SystemExit: pass"
    assert loaded(statement, *HEAVY).endswith("[]")


UNIX = {"fcntl", "resource", "ctypes", "termios", "tty", "pty", "pwd", "grp"}
OF_UNIX = {"getuid", "nice", "setpriority", "sched_getaffinity"}
OF_UNIX |= {"setsid", "killpg", "fork", "setrlimit"}
SIGNALS = {"add_signal_handler", "SIGHUP", "SIGUSR1", "SIGXCPU", "SIGKILL"}
PLACES = {
    "hpsearch/system.py": "what only Unix has",
    "hpsearch/cores.py": "affinity and control groups: how many processors are for us",
    "hpsearch/memory.py": "/proc: how much memory there is, and who has it",
    "hpsearch/store/filesystems.py": "statfs: which file system a folder is on",
    "hpsearch/data/rehearsal.py": "a child that reads a file ends by the limit system.py sets",
    "hpsearch/engine/run.py": "how signals end an engine",
    "hpsearch/engine/leftovers.py": "/dev/shm: what a killed engine leaves there",
    "hpsearch/dashboard/app.py": "how they end a dashboard",
    "hpsearch/cli/run.py": "how they end a command that owns its engine",
}
"""The only modules that another platform would change, and why each is one."""


def of_one_platform(source):
    """Names in a module's source that Windows, or macOS, does not have."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                found |= UNIX & {name.name for name in names}
            case ast.ImportFrom(module=module, names=names) if module:
                found |= UNIX & {module} | (OF_UNIX | SIGNALS) & {name.name for name in names}
            case ast.Attribute(ast.Name("os" | "resource"), name):
                found |= OF_UNIX & {name}
            case ast.Attribute(attr=name):
                found |= SIGNALS & {name}
            case ast.Constant(str() as text) if text.startswith(("/proc/", "/sys/", "/dev/")):
                found.add(text)
    return found


def test_what_is_of_one_platform_stands_in_a_module_that_says_so():
    root = Path(hpsearch.__file__).parent
    places = {
        str(path.relative_to(root.parent)): of_one_platform(path.read_text())
        for package in (root, root.parent / "nncore")
        for path in package.rglob("*.py")
    }
    assert {name: found for name, found in places.items() if found and name not in PLACES} == {}
    assert [name for name in PLACES if not places[name]] == []


@pytest.mark.parametrize(
    "source",
    ["import fcntl", "from os import getuid", "import os\nos.getuid()", "open('/proc/meminfo')",
     "import signal\nsignal.SIGHUP", "def f(loop): loop.add_signal_handler(1, f)"],
)  # fmt: skip
def test_such_a_name_is_found_however_it_is_written(source):
    assert of_one_platform(source)
