"""Six lines at the end: what came of it, and how to go on."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from hpsearch.store.folder import RunFolder, name_of_study_file, runs_folder
from hpsearch.store.inbox import to_reader
from hpsearch.store.records import Counts
from hpsearch.system import last_words
from hpsearch.view.abbreviations import params_line
from hpsearch.view.command import near, run_command
from hpsearch.view.figures import figures_line
from hpsearch.view.format import UNICODE, Glyphs, clean, duration
from hpsearch.view.status import LIVE, Status


def summary(status: Status, folder: RunFolder, glyphs: Glyphs = UNICODE) -> tuple[str, ...]:
    """Counts and time, the best, its parameters, the folder, how to keep it, how to go on.

    And, after the first of them, why an engine went that could not write so into its store; or,
    where nothing is best, why not.
    """
    words = last_words(folder.lock) if status.state == "gone" else ""
    why = words or ("" if status.best else _why(status))
    drew = params_line(status.best) if status.best else ""  # of a space of one point: nothing
    return (
        _heading(status, glyphs),
        *([f"why   {clean(why)}"] if why else []),
        _best(status, glyphs),
        *([f"with  {drew}"] if drew else []),
        f"in    {near(folder.path)}",
        f"keep  {_keep(status, folder)}",
        f"next  {go_on(status, folder)}",
    )


def counts_line(counts: Counts, glyphs: Glyphs = UNICODE) -> str:
    """How many ended how, by glyph; what there are none of is left out, but for complete ones.

    >>> counts_line(Counts(60, complete=48, pruned=10, failed=2))
    '✓48 ◌10 ✗2'
    """
    parts = [f"{glyphs.complete}{counts.complete}"]
    for state in ("pruned", "diverged", "failed"):
        if number := getattr(counts, state):
            parts.append(f"{getattr(glyphs, state)}{number}")
    return " ".join(parts)


def go_on(status: Status, folder: RunFolder) -> str:
    """The command that comes next for a study in that state."""
    name = reference(folder)
    if status.state == "paused":
        return f"hpsearch resume {name}"
    if status.state in LIVE:
        return f"hpsearch attach {name}"
    if status.exhausted:
        fork = f"{shlex.quote(f'{folder.name}-2')}    (nothing is left to try; with a wider range)"
        return f"{_run(status, folder, {})} --fork {fork}"
    larger = dict(status.study.larger)
    spent = f"{status.study.why}; " if larger else ""
    if status.state == "finished" and status.counts.finished >= status.counts.asked:
        larger["study.trials"] = max(10, 2 * status.counts.asked, 2 * status.counts.finished)
    if larger:
        return f"{_run(status, folder, larger)}    ({spent}searches on)"
    then = "tries on, once the cause is gone" if status.state == "failed" else "goes on from here"
    return f"{_run(status, folder, {})}    ({then})"


def reference(folder: RunFolder) -> str:
    """What to call a run on the command line, from where we are: its name, or else its folder."""
    if runs_folder().resolve() == folder.path.resolve().parent:
        return shlex.quote(folder.name)
    return shlex.quote(near(folder.path))


def _heading(status: Status, glyphs: Glyphs) -> str:
    counts = status.counts
    done = f"{counts.finished} of {counts.asked} trials"
    state = "gone, no engine holds it" if status.state == "gone" else status.state
    text = f"{clean(status.name)}  {state}  {done} in {duration(status.seconds)}"
    aside = f"  {glyphs.waiting}{counts.waiting} put aside" if counts.waiting else ""
    return f"{text}  {counts_line(counts, glyphs)}{aside if status.state not in LIVE else ''}"


def _best(status: Status, glyphs: Glyphs) -> str:
    best = status.best
    if best is None:
        return "best  none: no trial is complete"
    shown = figures_line(best, status.study, glyphs)
    return f"best  #{best.number}  {'  '.join(shown)}  epoch {best.best_epoch} of {best.planned}"


def _why(status: Status) -> str:
    if status.state == "gone":
        return "its engine ended without a word; the log's last lines may say why"
    return to_reader(status.study.why)


def _keep(status: Status, folder: RunFolder) -> str:
    if status.best is None:
        return f"nothing yet; {near(folder.logs / 'engine.log')} tells what happened"
    # What export prints goes on to retrain; the name keeps a second study's best apart.
    return f"hpsearch export {reference(folder)} -o {folder.name}-best.toml"


def _run(status: Status, folder: RunFolder, larger: Mapping[str, object]) -> str:
    """The command that ran this study, written for where we are."""
    study = status.study
    path = Path(study.path) if study.path else folder.toml
    named = "study.name" in study.overrides or name_of_study_file(study.toml, path) != folder.name
    values = {**study.overrides, **larger}
    if "study.workers" in values:
        values["study.workers"] = study.workers  # as steered since
    if "--scheduler" in study.reach:
        values.pop("study.backend", None)  # which follows
        values.pop("study.workers", None)  # as many as there are then
    name = folder.name if named else None
    there = map(str, study.reach)
    return run_command(path, values, folder.path.absolute().parent, *there, name=name)
