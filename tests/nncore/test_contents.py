"""What nncore promises to have, by the names it is asked for."""

import pytest

import nncore
from nncore import plain
from nncore.weight_search import strategies

FAMILIES = {
    "layers": ["dense", "dropout"],
    "activations": ["relu", "leaky_relu", "tanh", "sigmoid", "softmax", "linear"],
    "initializers": [
        *("he_normal", "he_uniform", "xavier_normal", "xavier_uniform"),
        *("lecun_normal", "scaled_normal", "zeros"),
    ],
    "losses": ["binary_cross_entropy", "categorical_cross_entropy", "mse", "mae", "huber"],
    "optimizers": ["gd", "momentum", "rmsprop", "adam", "adamw"],
    "schedules": ["none", "continuous", "discrete", "exponential", "cosine", "warmup"],
    "metrics": [
        *("accuracy", "precision", "recall", "f1", "log_loss", "roc_auc"),
        *("mse", "rmse", "mae", "r2"),
    ],
    "normalizers": ["standard", "minmax", "quantile", "robust", "scale255"],
    "generators": ["function", "five_features", "spiral", "bands", "blobs"],
}

NAMES = [
    *("Dense", "Dropout", "Sequential", "Network", "Dataset", "Batches", "Recipe", "train"),
    *("fit", "fit_recipe", "load", "Model", "Epoch", "Training", "TrainingState", "Diverged"),
    *("until_stale", "train_member", "gradient_check", "one_hot", "confusion_matrix"),
    *("WeightSearch", "DrawAnew", "Perturb", "Perceptron", "train_perceptron"),
]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_its_members(family):
    missing = [name for name in FAMILIES[family] if name not in getattr(nncore, family)]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_there_and_says_what_it_is(name):
    words = getattr(nncore, name).__doc__
    assert words
    assert words[0].isupper() or words[0] in "θy√½|−"


def test_the_naive_searches_and_the_plain_pieces_are_there():
    assert list(strategies) == ["draw_anew", "perturb"]
    assert plain.Neuron([1.0, 2.0], 0.5)([1.0, 1.0]) == 3.5
    assert {"DenseLayer", "ReLU", "SoftmaxLoss"} <= set(vars(plain))


def test_the_table_of_a_network_adds_up():
    shape = nncore.Sequential.from_dims([5, 64, 128, 64, 32, 16, 2], keep_prob=0.8)
    assert shape.summary().splitlines()[-1].split() == ["total", "19,602"]
