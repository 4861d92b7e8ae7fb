"""The search estimators: scikit-learn's own checks, and an engine as the oracle of their search."""

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

import hpsearch
from hpsearch import HPSearchClassifier, HPSearchRegressor
from hpsearch.models.asking import DataWarning

QUICK = {
    "study": {"pruner": "none"},
    "data": {"validation": 0.25},
    "network": {"layer_dims": [16]},
    "training": {"epochs": 20, "learning_rate": {"float": [0.02, 0.04]}, "mini_batch_size": 16},
}
"""A space whose trials take milliseconds."""
BOTH = (HPSearchClassifier(QUICK, trials=2), HPSearchRegressor(QUICK, trials=2))


@pytest.mark.parametrize(
    ("estimator", "check"),
    [pair for estimator in BOTH for pair in estimator_checks_generator(estimator)],
    ids=lambda it: getattr(getattr(it, "func", it), "__name__", type(it).__name__),
)
def test_it_passes_what_scikit_learn_asks_of_an_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def three():
    """Three classes of points, (90, 2), and their names."""
    rng = np.random.default_rng(0)
    ids = rng.permutation(np.repeat(np.arange(3), 30))
    return rng.normal(size=(90, 2)) + 3.0 * ids[:, None], np.array(["oak", "elm", "fir"])[ids]


@pytest.fixture(scope="module")
def houses():
    """A frame of pandas with words, categories, gaps and an identifier, and prices."""
    rng = np.random.default_rng(1)
    area, town = rng.uniform(30, 200, 80), rng.choice(["Ulm", "Bonn"], 80)
    frame = pd.DataFrame(
        {
            "area": area,
            "town": pd.Categorical(town),
            "rooms": pd.array(rng.integers(1, 7, 80), dtype="Int64"),
            "garden": rng.choice(["yes", "no"], 80),
            "id": np.arange(80),
        }
    )
    frame.loc[3, "rooms"] = pd.NA
    frame.loc[5, "town"] = None
    return frame, 2000 * area + 50_000 * (town == "Bonn")


@pytest.mark.filterwarnings("ignore::hpsearch.models.asking.DataWarning")
def test_its_search_and_its_model_are_an_engines_to_the_bit(here, three):
    x, y = three
    study = {"data.folds": 3, "epochs": 8, "normalize": {"choice": ["standard", "none"]}}
    model = HPSearchClassifier(study, trials=7, random_state=3).fit(x, y)
    found = hpsearch.search(model.study_, (x, y))
    assert [_told(row) for row in model.leaderboard_] == [_told(row) for row in found.leaderboard]
    assert {row["state"] for row in found.leaderboard} == {"complete", "pruned"}
    assert model.best_params_ == found.best.params
    assert model.best_score_ == found.best.value
    assert model.best_epoch_ == found.best.best_epoch
    by_engine = found.retrain()
    assert by_engine.predict(x).tolist() == model.predict(x).tolist()
    assert by_engine.predict_proba(x).tolist() == model.predict_proba(x)[:, [0, 1, 2]].tolist()


def test_several_workers_are_an_engine_that_leaves_nothing_behind(here, three):
    model = HPSearchClassifier({**QUICK, "epochs": 3}, trials=3, workers=2, random_state=0)
    assert model.fit(*three).n_iter_ == 3
    assert list(here.iterdir()) == []


def test_random_state_repeats_and_nothing_else_does(three):
    models = [HPSearchClassifier(QUICK, trials=3, random_state=seed) for seed in (0, 0, 1)]
    said = [model.fit(*three).predict_proba(three[0]).tolist() for model in models]
    assert said[0] == said[1] != said[2]
    assert models[0].leaderboard_ != models[2].leaderboard_


@pytest.mark.parametrize("travel", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])  # noqa: S301  # our own
def test_a_fitted_one_travels(three, travel):
    x, y = three
    model = HPSearchClassifier(QUICK, trials=2, random_state=0).fit(x, y)
    there = travel(model)
    assert there.predict_proba(x).tolist() == model.predict_proba(x).tolist()
    assert there.model_.predict(x).tolist() == model.predict(x).tolist()
    with pytest.raises(NotFittedError):
        clone(there).predict(x)


def test_it_works_in_pipelines_and_cross_validation(three):
    x, y = three
    pipeline = make_pipeline(StandardScaler(), HPSearchClassifier(QUICK, trials=2))
    assert cross_val_score(pipeline, x, y, cv=3).mean() > 0.9


def test_frames_of_words_and_categories_are_learnt_and_asked_by_name(houses):
    frame, price = houses
    model = HPSearchRegressor(QUICK, trials=2, random_state=0).fit(frame, price)
    assert model.score(frame, price) > 0.95
    assert list(model.feature_names_in_) == list(frame.columns)
    assert any("'id' is left out" in note for note in model.notes_)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cells = {name: [None if pd.isna(v) else v for v in frame[name]] for name in frame}
        polars = pl.DataFrame(cells)
        assert np.array_equal(model.predict(polars), model.predict(frame))
    with pytest.warns(DataWarning, match="without: 'id'"):
        assert np.array_equal(model.model_.predict(frame), model.predict(frame))
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[list(reversed(frame.columns))])


@pytest.mark.parametrize(
    "labels",
    [
        ["yes", "no"],
        [" yes", "no "],
        ["NA", "b"],
        ["10", "9"],
        ["1", "1.0"],
        [True, False],
        [2.0, 10.0],
        [-1, 1],
        ["é", "日本"],
    ],
    ids=str,
)
def test_labels_come_back_as_they_were(three, labels):
    x, kinds = three
    y = np.array(labels)[(kinds == "oak").astype(int)]
    model = HPSearchClassifier(QUICK, trials=1, random_state=0)
    said = model.fit(x, y).predict(x)
    assert said.dtype == y.dtype
    assert set(said.tolist()) == set(y.tolist())
    assert model.classes_.tolist() == sorted(set(y.tolist()))


@pytest.mark.parametrize(
    ("labels", "positive"), [(["sick", "well"], "sick"), (["a", "b"], "b"), ([-1, 1], "0")]
)
def test_the_class_that_is_looked_for_does_not_turn_answers_round(labels, positive):
    x = np.random.default_rng(0).normal(size=(120, 2))
    y = np.array(labels)[(x.sum(axis=1) > 0).astype(int)]
    study = {**QUICK, "data": {"validation": 0.25, "positive": positive}}
    model = HPSearchClassifier(study, trials=2, metric="val_f1", random_state=0).fit(x, y)
    assert model.classes_.tolist() == labels
    assert model.score(x, y) > 0.9
    assert model.predict_proba([[3.0, 3.0]])[0, 1] > 0.9


def test_labels_that_are_all_one_are_refused_by_it(three):
    with pytest.raises(ValueError, match=r"y holds one class only, 0\.0: nothing"):
        HPSearchClassifier(QUICK, trials=1).fit(three[0], np.zeros(90))


def test_several_labels_and_several_numbers(three):
    x, kinds = three
    labels = np.stack([kinds == "oak", kinds == "elm"], axis=1).astype(int)
    model = HPSearchClassifier(QUICK, trials=2, random_state=0).fit(x, labels)
    assert model.predict(x).shape == model.predict_proba(x).shape == (90, 2)
    assert HPSearchRegressor(QUICK, trials=2).fit(x, x[:, ::-1]).predict(x).shape == (90, 2)


def test_images_and_wide_rows_are_one_column(three):
    x = np.random.default_rng(0).normal(size=(60, 300))
    y = x[:, 0] > 0
    model = HPSearchClassifier(QUICK, trials=1, random_state=0).fit(x, y)
    assert model.n_features_in_ == 300
    assert model.predict(x).shape == (60,)


def test_a_timeout_still_gives_a_model(three):
    model = HPSearchClassifier({**QUICK, "epochs": 100_000, "early_stopping": 0}, timeout=0.2)
    model.fit(*three)
    assert model.n_iter_ == 1
    assert "its time of" in model.leaderboard_[0]["reason"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"study": {"lrr": 1}}, r"There is no 'lrr'; did you mean 'lr'\?"),
        (
            {"study": {"activation": "rleu"}},
            "^network.activation: there is no .* Did you mean 'relu'",
        ),
        ({"study": 7}, r"A study is a file's path, its text, or a mapping .*, not 7 \(int\)"),
        ({"study": "nothing.toml"}, "There is no study file 'nothing.toml'"),
        ({"trials": 0}, "study.trials: 0 does not fit"),
        ({"workers": "two"}, "study.workers: "),
        ({"timeout": "soon"}, "study.timeout"),
        ({"metric": "val_rmse"}, '^study.metric: "val_rmse" does not fit a multiclass task'),
        ({"study": {"lr": 1e5, "optimizer": "gd", "epochs": 5}, "trials": 1}, "No trial is comp"),
    ],
    ids=lambda it: str(it)[:30],
)
def test_what_makes_no_sense_is_one_sentence_and_a_value_error(three, params, said):
    with pytest.raises(ValueError, match=said) as error:
        HPSearchClassifier(**params).fit(*three)
    assert isinstance(error.value, hpsearch.HpsearchError)
    assert error.value.__cause__ is None
    assert "--" not in str(error.value)


def _told(row):
    return {name: value for name, value in row.items() if name != "seconds"}
