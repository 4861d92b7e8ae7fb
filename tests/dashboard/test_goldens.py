"""Every screen at every size, compared as text with what a person has looked at and found right.

`python -m tests.dashboard.test_goldens` draws them anew; look at the difference before committing.
"""

import os
import tempfile
import time
from pathlib import Path

import pytest

from tests.dashboard.theatre import SIZES, Stage, press, screen_text
from tests.view.madeup import BEGIN

GOLDENS = Path(__file__).parent / "goldens"

WALK = (
    ("trials", ()),
    ("marked", ("j", "space", "j", "j", "space", "k")),
    ("compare", ("c",)),
    ("curves", ("escape", "2")),
    ("params", ("3",)),
    ("workers", ("4",)),
    ("log", ("5",)),
    ("detail", ("1", "enter")),
    ("model", ("]",)),
    ("own-curves", ("]",)),
    ("confusion", ("]",)),
    ("help", ("escape", "?")),
    ("sort", ("escape", "s")),
    ("filter", ("escape", "/", *"acc>95% -opt:gd", "enter")),
    ("wrong filter", ("/", *" lrr<1")),
    ("leave", ("escape", "ctrl+c")),
)
"""Screens in the order of a walk, and the keys that lead to each from the one before."""


def walk(stage: Stage, size: tuple[int, int], **options: object) -> dict[str, str]:
    """What stands on each screen of the walk."""
    found: dict[str, str] = {}

    async def go(app):
        for name, keys in WALK:
            await press(app, *keys)
            found[name] = screen_text(app)

    stage.play(size=size, act=go, started=True, **options)
    return found


def tell(stage: Stage) -> None:
    """A study in full swing, with things to tell."""
    study = stage.make(30, 2, 1)
    study.note("note", "sklearn:digits: 1,797 rows × 64 features.")
    study.note("best", "#21 new best: val_cost 0.0623 (-4.1 %)", 21, at=study_time(30))
    study.note("pruned", "#24 pruned after epoch 33 by the median pruner", 24, at=study_time(40))
    study.note("diverged", "#27 the cost was inf after epoch 7", 27, at=study_time(50))
    stage.alive()


def study_time(seconds: float) -> float:
    """Seconds after a made-up study began."""
    return BEGIN + seconds


def golden(size: tuple[int, int], ascii: bool = False) -> Path:
    """Where the screens of a size are kept."""
    return GOLDENS / f"{size[0]}x{size[1]}{'-ascii' if ascii else ''}.txt"


def written(screens: dict[str, str]) -> str:
    """Screens as one file."""
    return "\n".join(f"=== {name}\n{text}" for name, text in screens.items())


CASES = [(size, False) for size in SIZES] + [((80, 24), True)]


@pytest.mark.parametrize(("size", "ascii"), CASES)
def test_screens_look_as_they_did(stage, size, ascii):
    tell(stage)
    screens = written(walk(stage, size, ascii=ascii))
    assert screens == golden(size, ascii).read_text(encoding="utf-8")


def test_ascii_screens_are_ascii():
    assert golden((80, 24), ascii=True).read_text(encoding="utf-8").isascii()


def main() -> None:
    """Draw them anew."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    for size, ascii in CASES:
        with tempfile.TemporaryDirectory() as place:
            os.environ["XDG_CONFIG_HOME"] = place
            stage = Stage(Path(place) / "runs" / "digits")
            tell(stage)
            golden(size, ascii).write_text(written(walk(stage, size, ascii=ascii)), "utf-8")
            stage.close()


if __name__ == "__main__":
    main()
