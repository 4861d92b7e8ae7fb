"""hpsearch.search: the search that `hpsearch run` makes, from Python."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import threading
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hpsearch.engine.launch import Launched, Refused, launch
from hpsearch.engine.order import Held, Order
from hpsearch.errors import HpsearchError, RunError, StudyFileError, UsageError
from hpsearch.plain.stream import follow
from hpsearch.searching.asked import Asked, ask, full_names, in_python
from hpsearch.searching.faces import Face, face
from hpsearch.searching.result import Result
from hpsearch.store.folder import RunFolder, name_of_study_file, runs_folder
from hpsearch.store.inbox import send
from hpsearch.store.reader import mark
from hpsearch.store.records import Mark
from hpsearch.study import studyfile
from hpsearch.view.command import near

ASKED = "asked.toml"
"""In a run folder: the study as a program asked for it, where it is no file of its own."""
ENDING_SECONDS = 30.0
"""How long an engine that has written its end may take to be gone."""


def search(
    study: Path | str | Mapping[str, Any] | None = None,
    data: Any = None,
    *,
    target: str | Sequence[str] | None = None,
    name: str | None = None,
    trials: int | None = None,
    timeout: float | str | None = None,
    workers: int | None = None,
    metric: str | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | None = None,
    runs: Path | str | None = None,
    progress: bool | None = None,
) -> Result:
    """Search hyperparameters of a network, as `hpsearch run` does, and wait for what comes of it.

        result = hpsearch.search(data=(X, y), trials=50)
        result.best.params, result.best.value
        model = result.retrain("model")            # hpsearch.load("model") from now on
        model.predict(X_new)

    The search is a process of its own with a run folder, which every `hpsearch` command knows.
    Called again with the same arguments it goes on where it ended: budgets are totals, so nothing
    is left to do unless one is raised. Ctrl-C stops it so that it can be gone on with, and raises
    KeyboardInterrupt; a second Ctrl-C aborts. It ends with the process that called it.

    Args:
        study: a study file's path; or its text; or its tables as a mapping, such as
            {"network": {"layer_dims": [64]}, "training": {"learning_rate": {"float": [1e-4, 0.1],
            "log": True}}}, where keys may also stand outside of tables by short names, such as
            {"lr": …, "epochs": 30}. What is not said has its default, and without a [network] and
            a [training] table there is a default space.
        data: a file's path, or a bundled set such as "sklearn:digits"; (X, y) with X (rows,
            columns) or (rows, …) and y (rows,) or (rows, targets), or (X, y, X_test, y_test); or a
            frame with the target in it, of Polars, pandas, or a mapping of columns. None: the study
            says it. Rows are copied into the run folder.
        target: the column to predict, or several.
        name: of the study. Left out, it is the study's; or, where that has none, one that follows
            from study and data, so that other rows are another study.
        trials: in all, over all runs; 100 if nothing else is said.
        timeout: a budget: seconds, or "30m".
        workers: trials that train at once; None: the usable cores.
        metric: what trials are ranked by, such as "val_accuracy".
        seed: of the search; with one worker it repeats to the bit.
        set: any further values of the study file by name, such as {"epochs": 30, "data.folds": 5}.
        runs: where run folders are; None: HPSEARCH_RUNS, else runs/ in the current folder.
        progress: show lines; None: on a terminal and in a notebook.

    Raises:
        HpsearchError: study or data make no sense, such as `UsageError`; says what and why.
        RunError: the search failed, or its process died.
        KeyboardInterrupt: it was stopped by Ctrl-C; `hpsearch.result` has what there is.
    """
    values = {
        "study.name": name,
        "study.trials": trials,
        "study.timeout": timeout,
        "study.workers": workers,
        "study.metric": metric,
        "study.seed": seed,
    }
    given = {key: value for key, value in values.items() if value is not None}
    try:
        asked = ask(study, data, target, {**full_names({} if set is None else set), **given})
        return run(asked, runs_folder(runs).expanduser().resolve(), face(progress))
    except (HpsearchError, KeyboardInterrupt) as error:
        raise error.with_traceback(None) from None  # where it was found out is no news


def run(asked: Asked, place: Path, shown: Face) -> Result:
    """Run what was asked for to its end; what `search` raises."""
    with contextlib.ExitStack() as undo:
        order = _prepared(asked, place, undo)
        folder = _folder(order)
        if folder.alive:
            return _attached(folder, shown)
        since = mark(folder)
        try:
            launched = launch(order, lambda text: None, folder)
        except (Held, Refused) as error:
            if isinstance(error, Held) or folder.alive:  # another search was a moment sooner
                undo.pop_all()  # study and rows are that one's now
                return _attached(folder, shown)
            raise UsageError(_in_python(str(error), order.study)) from None
        undo.pop_all()  # it runs: what was written stays
    return _watched(launched, since, shown)


# Before it runs -------------------------------------------------------------------------------


def _prepared(asked: Asked, place: Path, undo: contextlib.ExitStack) -> Order:
    """What the engine is to be told; the files that it needs are there."""
    if asked.file is not None:
        return Order(asked.file, place, dict(asked.values), owned=True)
    study = asked.read()
    try:
        place.mkdir(parents=True, exist_ok=True)
        rows = _aside(asked, place, undo)
        name = asked.named(study, _digest(rows))
        folder = RunFolder(place / name)
        order = Order(folder.path / ASKED, place, {"study.name": name}, owned=True)
        if not folder.alive:
            text = asked.read(folder.path / ASKED, name).resolved()
            _write(folder, text, rows, undo)
        return order
    except OSError as error:
        raise RunError(
            f"{near(place)} cannot be written ({error.strerror}); runs=DIR puts the run elsewhere."
        ) from None


def _aside(asked: Asked, place: Path, undo: contextlib.ExitStack) -> Path | None:
    """The rows that were handed over, in a file that is not at its place yet."""
    if asked.rows is None:
        return None
    rows = place / f".rows-{uuid.uuid4().hex}{asked.rows.ending}"
    undo.callback(rows.unlink, missing_ok=True)
    asked.rows.write(rows)
    return rows


def _write(folder: RunFolder, text: str, rows: Path | None, undo: contextlib.ExitStack) -> None:
    """Put study and rows into the run folder."""
    if not folder.path.exists():
        folder.path.mkdir()
        undo.callback(_remove_if_empty, folder.path)
    if rows is not None:
        kept = folder.path / f"rows{rows.suffix}"
        if kept.exists() and folder.db.exists() and _digest(kept) != _digest(rows):
            raise StudyFileError(
                f"The study {folder.name!r} has trials of other rows than these. Hand over the "
                "same ones, or give it another name=…"
            )
        if not kept.exists():
            undo.callback(kept.unlink, missing_ok=True)
        rows.replace(kept)
    file = folder.path / ASKED
    if file.exists():
        undo.callback(file.write_bytes, file.read_bytes())
    else:
        undo.callback(file.unlink, missing_ok=True)
    file.write_text(text, encoding="utf-8")


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # the engine had come as far as to write there
        folder.rmdir()


def _digest(file: Path | None) -> bytes:
    if file is None:
        return b""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def _folder(order: Order) -> RunFolder:
    """Where the run will be, or is."""
    name = order.overrides.get("study.name")
    if name is None:
        try:
            text = studyfile.read(order.study, order.overrides).text
        except StudyFileError as error:
            raise StudyFileError(in_python(str(error))) from None
        name = name_of_study_file(text, order.study)
    return RunFolder(order.runs / str(name))


def _in_python(text: str, study: Path) -> str:
    """What an engine refuses, for somebody who has no command line."""
    said = in_python(text, study)
    if study.name == ASKED:
        said = said.replace("rows.npz", "data").replace("rows.parquet", "data")
    head, fork, _ = said.partition("\nPut it back, or start anew:")
    return f"{head}\nPut it back, or give it another name=…" if fork else said


# While it runs --------------------------------------------------------------------------------


def _watched(launched: Launched, since: Mark, shown: Face) -> Result:
    """Follow a search of our own to its end."""
    folder, process = RunFolder(launched.folder), launched.process

    def alive() -> bool:
        return process.poll() is None and folder.alive

    try:
        for batch in follow(folder, alive, threading.Event(), since):
            shown.show(batch)
        launched.disown()
        process.wait(ENDING_SECONDS)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_stopped(launched, shown)) from None
    except subprocess.TimeoutExpired:
        process.kill()
    finally:
        launched.disown()
        process.wait()
    return _result(folder)


def _stopped(launched: Launched, shown: Face) -> str:
    """Stop gracefully, at the next Ctrl-C at once; what to say then."""
    folder, process = RunFolder(launched.folder), launched.process
    shown.say("stopping; Ctrl-C again aborts …")
    send(folder.inbox, "stop")
    try:
        process.wait()
    except KeyboardInterrupt:
        send(folder.inbox, "abort")
        process.wait()
    return (
        f"{folder.name} is stopped. The same search goes on from here; "
        f"hpsearch.result({near(folder.path)!r}) has what there is."
    )


def _attached(folder: RunFolder, shown: Face) -> Result:
    """Follow a search that somebody else runs; Ctrl-C leaves it running."""
    shown.say(f"{folder.name} is running already: this only watches it.")
    for batch in follow(folder, lambda: folder.alive, threading.Event()):
        shown.show(batch)
    return _result(folder)


def _result(folder: RunFolder) -> Result:
    """What came of it, unless it failed.

    Raises:
        RunError: it did, and why.
    """
    found = Result.of(folder)
    if found.state == "failed":
        raise RunError(f"{found.name} failed: {found.why}")
    if found.state == "gone":
        raise RunError(
            f"The engine of {found.name} ended without a word; "
            f"{near(folder.logs / 'engine.log')} may say why. The same search goes on from there."
        )
    return found
