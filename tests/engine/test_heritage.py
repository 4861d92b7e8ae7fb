"""A study that grows out of another: forks and warm starts."""

from __future__ import annotations

from contextlib import closing

import pytest

from hpsearch.store.folder import RunFolder, weights_file
from hpsearch.store.reader import Reader
from hpsearch.store.writer import Store
from tests.chaos.recompute import Recomputer


@pytest.fixture
def old(place):
    place.write(trials=5, workers=1, epochs=6)
    assert place.command("run", "small.toml").returncode == 0
    return place.trials()


def change(place, before, after):
    text = place.study.read_text()
    assert before in text
    place.study.write_text(text.replace(before, after))


def trials_of(place, name):
    with Reader(RunFolder(place.path / "runs" / name)) as reader:
        return reader.trials(), [e.text for e in reader.events() if e.kind == "note"]


def test_a_fork_takes_its_trials_along_into_a_wider_space(place, old):
    change(place, "[1e-4, 1e-1]", "[1e-4, 0.5]")
    done = place.command("run", "small.toml", "--fork", "wider", "--trials", "7")
    assert done.returncode == 0, done.stderr
    trials, notes = trials_of(place, "wider")
    assert [trial.number for trial in trials] == list(range(7))
    for mine, theirs in zip(trials, old, strict=False):
        same = ("params", "value", "best_epoch", "epochs", "seed", "state", "figures")
        assert all(getattr(mine, name) == getattr(theirs, name) for name in same)
        assert mine.reason == "taken along"
    assert any("5 of its 5 finished trials are taken along" in note for note in notes)
    again = place.command("run", "small.toml", "--name", "wider", "--trials", "8")
    assert again.returncode == 0, again.stderr
    assert len(trials_of(place, "wider")[0]) == 8
    recomputed = Recomputer(RunFolder(place.path / "runs" / "wider"))
    for trial in trials[:7]:
        if trial.state == "complete":
            assert recomputed.value(trial)[0] == trial.value


def test_a_fork_has_the_weights_that_were_kept_and_what_its_pruner_decides_by(place, old):
    change(place, 'name = "small"', 'name = "small"\npruner = "halving"\nkeep = "best:2"')
    done = place.command("run", "small.toml", "--fork", "halved", "--trials", "5")
    assert done.returncode == 0, done.stderr
    mine = RunFolder(place.path / "runs" / "halved")
    best = sorted((t for t in old if t.state == "complete"), key=lambda trial: trial.value)[:2]
    kept = {weights_file(mine.models, trial.number) for trial in best}
    assert set(mine.models.iterdir()) == kept
    for path in kept:
        assert path.read_bytes() == (place.folder.models / path.name).read_bytes()
    with Reader(mine) as reader, closing(Store(mine.db)) as store:
        for past in store.history():
            curve = {epoch.number: epoch.value for epoch in reader.epochs(past.trial.number)}
            rungs = {f"completed_rung_{n}": curve[e] for n, e in enumerate((1, 3)) if e in curve}
            assert past.memory["attrs"] == rungs != {}


def test_what_is_outside_of_the_new_space_is_left_and_counted(place, old):
    change(place, 'choice = ["gd", "adam"]', 'choice = ["gd", "rmsprop"]')
    place.command("run", "small.toml", "--fork", "other", "--trials", "6")
    trials, notes = trials_of(place, "other")
    gd = [trial for trial in old if trial.params["training.optimizer"] == "gd"]
    taken = [trial for trial in trials if trial.reason == "taken along"]
    assert [trial.value for trial in taken] == [trial.value for trial in gd]
    assert any(f"{len(gd)} of its 5" in note and "outside" in note for note in notes)


def test_where_a_fork_means_something_else_the_best_are_tried_first(place, old):
    change(place, "epochs = 6", "epochs = 7")
    place.command("run", "small.toml", "--fork", "longer", "--trials", "2")
    trials, notes = trials_of(place, "longer")
    best = sorted((t for t in old if t.state == "complete"), key=lambda trial: trial.value)
    assert trials[0].params == best[0].params
    assert any("tried first" in note for note in notes)


def test_a_warm_start_feeds_the_sampler_and_has_no_rows(place, old):
    change(place, 'name = "small"', 'name = "warm"\nwarm_start = "small"')
    said = "small: 5 of its 5 finished trials are taken along."
    assert said in place.command("check", "small.toml").stdout
    assert place.command("run", "small.toml", "--trials", "2").returncode == 0
    trials, notes = trials_of(place, "warm")
    assert len(trials) == 2
    assert any("5 of its 5 finished trials are taken along" in note for note in notes)
    assert place.command("run", "small.toml", "--trials", "4").returncode == 0
    assert len(trials_of(place, "warm")[0]) == 4


def test_a_warm_start_that_is_interrupted_goes_on_as_one_that_was_not(place, old):
    change(place, 'name = "small"', 'name = "warm"\nwarm_start = "small"\nsampler = "tpe"')
    place.command("run", "small.toml", "--trials", "12", "--name", "whole")
    for trials in (3, 7, 12):
        place.command("run", "small.toml", "--trials", trials, "--name", "cut")
    whole, cut = trials_of(place, "whole")[0], trials_of(place, "cut")[0]
    assert [trial.params for trial in whole] == [trial.params for trial in cut]


def test_a_warm_start_from_nowhere_is_refused(place):
    place.write()
    change(place, 'name = "small"', 'name = "warm"\nwarm_start = "nowhere"')
    for command in ("check", "run"):
        done = place.command(command, "small.toml")
        assert done.returncode == 1
        assert "no run 'nowhere'" in done.stderr
    assert not (place.path / "runs" / "warm").exists()
