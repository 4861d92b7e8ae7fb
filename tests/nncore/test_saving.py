import json

import numpy as np
import pytest

from nncore import Dataset, Recipe, Sequential, losses, optimizers, train
from nncore.saving import SavedError, load, load_state, save, save_state

X = np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32)
DATA = Dataset(X, (X[:, 0] > 0).astype(np.int64))
RECIPE = Recipe(
    Sequential.from_dims([3, 6, 2], keep_prob=0.7),
    losses["categorical_cross_entropy"](),
    epochs=6,
)


@pytest.mark.parametrize("members", [None, 2])
def test_a_loaded_network_predicts_the_same_bits(tmp_path, members):
    training = train(RECIPE, DATA, 0, members)
    list(training)
    save(training.network, tmp_path / "net")
    loaded = load(tmp_path / "net")
    np.testing.assert_array_equal(loaded.predict(X), training.network.predict(X))
    assert loaded.sequential == training.network.sequential
    assert sorted(p.name for p in (tmp_path / "net").iterdir()) == [
        "network.json",
        "weights.safetensors",
    ]


@pytest.mark.parametrize("name", optimizers)
def test_a_training_goes_on_from_disk_with_the_same_bits(tmp_path, name):
    from dataclasses import replace

    recipe = replace(RECIPE, optimizer=optimizers[name]())
    whole = train(recipe, DATA, 0)
    list(whole)
    cut = train(recipe, DATA, 0)
    next(cut)
    save_state(cut.state(), tmp_path / "state.safetensors")
    resumed = train(recipe, DATA, 0)
    resumed.restore(load_state(tmp_path / "state.safetensors"))
    list(resumed)
    np.testing.assert_array_equal(resumed.network.buffers.theta, whole.network.buffers.theta)


@pytest.fixture
def folder(tmp_path):
    save(RECIPE.network.build(3, 1, np.random.default_rng(0)), tmp_path)
    return tmp_path


def test_a_missing_network_is_said(tmp_path):
    with pytest.raises(SavedError, match=r"network\.json: No such file"):
        load(tmp_path)


def test_weights_cut_anywhere_are_refused(folder):
    path = folder / "weights.safetensors"
    content = path.read_bytes()
    for end in range(0, len(content), 7):
        path.write_bytes(content[:end])
        with pytest.raises(SavedError, match="damaged"):
            load(folder)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "width": 3, "members": null, "network": {}}',
        '{"format": 1, "width": 3, "members": null, "network": {"layers": [{"layer": "x"}]}}',
    ],
)
def test_a_description_that_is_none_is_refused(folder, broken):
    (folder / "network.json").write_text(broken)
    with pytest.raises(SavedError, match="does not describe a network"):
        load(folder)


def test_weights_of_another_network_are_refused(folder):
    described = json.loads((folder / "network.json").read_text())
    described["network"]["layers"][0]["units"] = 7
    (folder / "network.json").write_text(json.dumps(described))
    with pytest.raises(SavedError, match="another network"):
        load(folder)


def test_a_file_of_weights_is_not_a_training(folder):
    with pytest.raises(SavedError, match="does not hold a training"):
        load_state(folder / "weights.safetensors")
