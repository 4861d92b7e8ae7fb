"""Retrained models beside simpler ones."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from hpsearch.data import load
from hpsearch.data.tabular import Final
from hpsearch.data.weighing import balanced
from hpsearch.models import baselines, worth
from hpsearch.models.retraining import prepare
from hpsearch.study import studyfile
from hpsearch.study.options import DataOptions
from nncore.network import Network
from tests.models.conftest import TASKS


def made(task, outputs, rows=60):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3)).astype(np.float32)
    score = x @ rng.normal(size=(3, outputs))
    y = score.argmax(axis=1) if task == "multiclass" else (score > 0).astype(np.float32)
    if task == "regression":
        y = score.astype(np.float32)
    if task == "multilabel":
        y[:40, 0] = 1.0  # all that is learnt from
    return Final(x[:40], y[:40], x[40:], y[40:], None, None)  # type: ignore[arg-type]  # no cell is read


@pytest.mark.parametrize(
    ("task", "outputs"),
    [("binary", 1), ("multiclass", 4), ("multilabel", 3), ("regression", 2)],
)
def test_a_linear_model_puts_out_what_a_network_would(task, outputs):
    final = made(task, outputs)
    make = next(iter(baselines._models(task).values()))
    z = baselines._logits(task, make, (final.x, final.y, np.ones(40)), final.x_test, outputs)
    dull = baselines.simplest(task, final, outputs).z
    assert z.shape == dull.shape == (20, outputs)
    assert (dull == dull[0]).all()
    if task == "regression":
        assert np.square(z - final.y_test).mean() < 0.1 * np.square(dull - final.y_test).mean()
    elif task == "multiclass":
        assert (z.argmax(axis=1) == final.y_test).mean() > 0.6
    else:
        assert ((z > 0) == final.y_test)[:, -1].mean() > 0.7


@pytest.mark.parametrize(("task", "outputs"), [("binary", 1), ("multiclass", 3), ("multilabel", 2)])
def test_simpler_models_weigh_classes_as_the_network_does(task, outputs):
    final = made(task, outputs)
    weights = balanced(final.y) * np.linspace(0.5, 2, 40).reshape(-1, *[1] * (final.y.ndim - 1))
    y = final.y if task == "multiclass" else final.y[:, -1]
    mine = weights if weights.ndim == 1 else weights[:, -1]
    theirs = LogisticRegression().fit(final.x, y, sample_weight=mine).predict_proba(final.x_test)
    make = next(iter(baselines._models(task).values()))
    z = baselines._logits(task, make, (final.x, final.y, weights), final.x_test, outputs)
    ours = np.exp(z) if task == "multiclass" else 1 / (1 + np.exp(-z[:, -1]))
    np.testing.assert_allclose(ours, theirs if task == "multiclass" else theirs[:, 1], atol=1e-5)


def test_models_of_scikit_learn_are_fitted_in_a_process_of_their_own(tmp_path, monkeypatch):
    (tmp_path / "random.py").write_text("raise ImportError('not the one of Python')\n")
    monkeypatch.chdir(tmp_path)  # a folder of somebody's data and scripts
    final = made("binary", 1)
    weights = np.where(final.y > 0, 9.0, 1.0)
    found = baselines.fitted("binary", replace(final, weights=weights), 1, seconds=300)
    assert [one.name for one in found] == ["logistic", "sklearn MLP", "boosted trees"]
    assert all(one.z.shape == (20, 1) and one.rows == 40 for one in found)
    weighed = LogisticRegression().fit(final.x, final.y[:, 0], sample_weight=weights[:, 0])
    z = weighed.decision_function(final.x_test)
    np.testing.assert_allclose(found[0].z[:, 0], z, atol=1e-4)


def test_what_is_not_done_in_time_is_left_out():
    assert baselines.fitted("binary", made("binary", 1), 1, seconds=0.001) == ()


def test_threads_of_others_do_not_hold_baselines_up_unless_a_person_says_so(tmp_path, monkeypatch):
    tells = tmp_path / "tells"
    tells.write_text(
        '#!/bin/sh\ncat >&2\necho "{\\"name\\": \\"$OMP_WAIT_POLICY\\", \\"z\\": [[0]]}"\n'
    )
    tells.chmod(0o755)
    monkeypatch.setattr(baselines.sys, "executable", str(tells))
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert baselines.fitted("binary", made("binary", 1), 1)[0].name == "passive"
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    assert baselines.fitted("binary", made("binary", 1), 1)[0].name == "active"


@pytest.mark.parametrize("task", TASKS)
def test_a_model_that_learnt_is_better_than_the_simplest_answer(houses, task):
    retraining = prepare(studyfile.read(houses / f"{task.replace(' ', '-')}.toml"))
    model = retraining.run()
    found = worth.compare(retraining, model, seconds=0)
    assert list(found.baselines) == ["mean" if "regression" in task else "majority"]
    assert next(iter(found.baselines.values())).keys() == model.metrics["test"].keys()
    assert not any("no better" in note for note in found.notes)


def test_differences_from_baselines_have_intervals_of_their_own(houses):
    retraining = prepare(studyfile.read(houses / "multiclass.toml"))
    model = retraining.run()
    found = worth.compare(retraining, model, seconds=0)
    low, high = found.ahead["majority"]
    name = found.judged
    assert low < model.metrics["test"][name] - found.baselines["majority"][name] < high
    assert low > 0.3


@pytest.mark.parametrize(("interval", "said"), [((-0.2, 0.1), "; other rows"), ((-0.2, -0.1), "")])
def test_what_is_better_is_named_and_whether_that_may_be_chance(houses, interval, said):
    model = prepare(studyfile.read(houses / "multiclass.toml")).run()
    figures = {"majority": {"balanced_accuracy": 0.3}, "logistic": {"balanced_accuracy": 1.1}}
    (note,) = worth._outdone(model, figures, {"logistic": interval})
    assert note.startswith("Better by balanced_accuracy on these test rows: logistic" + said)


def test_a_class_that_is_never_said_is_named(houses, monkeypatch):
    retraining = prepare(studyfile.read(houses / "binary.toml"))
    model = retraining.run()
    nothing = {**model.metrics["test"], "accuracy": 0.4, "balanced_accuracy": 0.5}
    model = replace(model, metrics={"test": nothing})
    monkeypatch.setattr(Network, "logits", lambda network, x: np.full((len(x), 1), 3.0))
    first, second = worth.compare(retraining, model, seconds=0).notes
    assert first.startswith("WARNING: it never says 'Ja', which ")
    assert 'class_weight = "balanced"' in first
    assert second == "WARNING: it is no better than always saying the most common class."


def test_a_target_that_time_carries_away_is_said(tmp_path):
    rng = np.random.default_rng(0)
    for drift, said in ((0.1, ["'y' moves with time: 7.969 on average"]), (0.0, [])):
        rows = [f"{at},{a},{drift * at + a}" for at, a in enumerate(rng.normal(size=200).round(3))]
        (tmp_path / "t.csv").write_text("\n".join(["day,a,y", *rows]))
        data = load(DataOptions(path=tmp_path / "t.csv", target=("y",), order="day"), judged=False)
        assert [note.split(" in the")[0] for note in worth._moved(data)] == said
