"""What a program hands over wrongly is answered with one sentence, before anything is written."""

import numpy as np
import pandas as pd
import pytest

import hpsearch

X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(int)
FRAME = pd.DataFrame(X, columns=list("abc")).assign(kind=Y)

WRONG = [
    ({"data": None}, "^There is no data: give data=…"),
    ({"study": "nope.toml"}, "^There is no study file 'nope.toml'"),
    ({"study": 3}, r"not 3 \(int\)\.$"),
    ({"data": None, "study": "[study]\ntrials = 3\n"}, "^There is no data"),
    ({"study": "[training]\nepochs =\n"}, "^study:2: this is not TOML"),
    ({"study": "[training]\nepochs = 0\n"}, "^training.epochs: 0 does not fit"),
    ({"study": {"network": {"layers": 3}}}, "did you mean network.layer_dims"),
    ({"study": {"training": 5}}, "^training: is 5; write a table"),
    ({"study": {"lr": {1, 2}}}, r"^lr: \{1, 2\} \(set\) cannot stand in a study"),
    ({"study": {"lr": {"float": [1, 0]}}}, "^training.learning_rate: high: 0"),
    ({"set": 5}, r"^Values are a mapping such as \{'epochs': 30\}, not 5"),
    ({"set": {"foo": 1}}, "^There is no 'foo'; a study has names such as epochs"),
    ({"set": {"seed": 1}}, "^'seed' may mean study.seed, training.seed"),
    ({"set": {"lr": -1}}, "^training.learning_rate: -1 does not fit"),
    ({"trials": 0}, "^study.trials: 0 does not fit"),
    ({"timeout": "soon"}, '^study.timeout: "soon" does not fit; write a time'),
    ({"name": "a b"}, '^study.name: "a b" does not fit'),
    ({"target": 5}, "^target is a column's name or a list of them"),
    ({"target": "kind"}, "target names 'kind', a column of a frame, but X is an array"),
    ({"data": X}, r"^data is a file's path, .*; not ndarray of shape \(40, 3\)"),
    ({"data": 5}, "; not int"),
    ({"data": (X,)}, "this is a tuple of 1"),
    ({"data": (X, None)}, "^y is None"),
    ({"data": (X, Y[:5])}, "^X has 40 rows and y 5"),
    ({"data": (X[:, 0], Y)}, r"^X has shape \(40,\); rows come first"),
    ({"data": (X + 1j, Y)}, "complex"),
    ({"data": (X, [])}, r"^y has shape \(0,\)"),
    ({"data": ([[1], [1, 2]], [0, 1])}, "^X is no array"),
    ({"data": FRAME}, "^Which column is to be predicted.*'a', 'b', 'c', 'kind'"),
    ({"data": FRAME, "target": "kin"}, "^The frame has no column 'kin'.*mean 'kind'"),
    ({"data": (FRAME, pd.Series(Y, name="kind"))}, "^X has a column 'kind', which is what y"),
    ({"data": pd.DataFrame([[1, 2]], columns=["a", "a"]), "target": "a"}, "more than one column"),
    ({"data": {"a": [1, 2], "b": [1]}, "target": "b"}, "^The columns are not equally long"),
    ({"runs": "/proc/x"}, "^/proc/x cannot be written"),
]


@pytest.mark.parametrize(("asked", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_a_mistake_is_one_sentence_and_leaves_nothing_behind(here, asked, said):
    with pytest.raises(hpsearch.HpsearchError, match=said) as error:
        hpsearch.search(**{"data": (X, Y), **asked})
    assert "\n" not in str(error.value)
    assert error.value.__cause__ is None
    assert [*here.rglob("*.*")] == []


def test_what_the_engine_refuses_leaves_nothing_behind_either(here, quick):
    with pytest.raises(hpsearch.HpsearchError, match=r"^data: the target 'target' says '0'"):
        quick(data=(X, 0 * Y))
    assert [*(here / "runs").iterdir()] == []


def test_other_rows_or_another_meaning_under_a_name_are_refused_and_change_nothing(here, quick):
    first = quick({"epochs": 2}, (X, Y), name="mine", trials=1)
    held = {file.name: file.read_bytes() for file in first.folder.glob("[ar]*.*")}
    assert {*held} == {"asked.toml", "rows.npz"}
    with pytest.raises(hpsearch.HpsearchError, match="trials of other rows than these"):
        quick({"epochs": 2}, (X[:30], Y[:30]), name="mine")
    with pytest.raises(hpsearch.HpsearchError, match="epochs: 2 → 3\nPut it back, or give it an"):
        quick({"epochs": 3}, (X, Y), name="mine")
    assert {file.name: file.read_bytes() for file in first.folder.glob("[ar]*.*")} == held
    assert hpsearch.result("mine").leaderboard == first.leaderboard
    with pytest.raises(hpsearch.HpsearchError, match="mine has no trial 7; it has 1"):
        first.trial(7)
    with pytest.raises(hpsearch.HpsearchError, match=r"There is no run called 'min'.*'mine'"):
        hpsearch.result("min")


def test_without_a_name_other_rows_and_other_meanings_are_other_studies(here):
    from hpsearch.searching.asked import ask

    def name(study, data, **values):
        asked = ask(study, data, None, values)
        return asked.named(asked.read(), data[0].tobytes())

    mine = name(None, (X, Y))
    assert mine.startswith("search-")
    assert name(None, (X, Y), trials=7, workers=3) == mine
    assert len({mine, name(None, (X[:9], Y[:9])), name({"epochs": 3}, (X, Y))}) == 3
    assert name({"study": {"name": "own"}}, (X, Y)) == "own"
