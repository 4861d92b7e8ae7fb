"""The space that is searched where a study file says nothing of its own."""

from __future__ import annotations

from hpsearch.study.options import Task

_SPACE = """\
[network]
layer_dims = {layer_dims}  # hidden layers, and their units
activation = {{ choice = ["relu", "tanh"] }}

[training]
epochs = {epochs:<48}# at most; see early_stopping
mini_batch_size = {{ choice = [32, 64, 128] }}             # rows a step
optimizer = {{ choice = ["momentum", "adam"] }}
learning_rate = {{ float = [3e-4, 3e-2], log = true }}
decay = {{ choice = ["none", "cosine"] }}                  # how the rate falls over the epochs
regularization = {{ choice = ["none", "l2", "dropout"] }}
lambd = {{ float = [0.01, 10.0], log = true }}             # only sampled with l2
keep_prob = {{ float = [0.6, 0.95] }}                      # only sampled with dropout
early_stopping = 10                                      # epochs without a better metric
"""


def default_space_toml(task: Task | None = None) -> str:
    """The [network] and [training] tables of a study that has neither, with comments.

    A regression gets more epochs and deeper networks: a surface takes longer than a border.
    """
    if task == "regression":
        layers, epochs = "{ depth = [1, 3], width = [16, 128], log = true }", 100
    else:
        layers, epochs = "{ depth = [1, 2], width = [16, 128], log = true }", 60
    return _SPACE.format(layer_dims=layers, epochs=epochs)
