"""What loading a part of the program may bring along: the import contracts, at run time."""

import subprocess
import sys

import pytest


def loaded(statement, *modules):
    code = f"{statement}\nimport sys\nprint([m for m in {modules!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


HEAVY = ("numpy", "optuna", "joblib", "textual", "polars", "pydantic", "sklearn", "scipy")


@pytest.mark.parametrize(
    ("statement", "banned"),
    [
        ("import hpsearch", HEAVY),
        ("import hpsearch.cli", HEAVY),
        ("import nncore", tuple(m for m in HEAVY if m != "numpy")),
        ("import hpsearch.engine.working", ("optuna", "textual", "polars", "pydantic", "joblib")),
        ("import hpsearch.engine.shell", ("numpy", "optuna", "textual", "polars", "pydantic")),
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
