"""What nncore is measured beside: scikit-learn, PyTorch, JAX, and matrix products alone.

All train the same network with adam in float32 on shuffled mini-batches. What is not installed is
None.
"""

from __future__ import annotations

from tests.benchmarks.tasks import Epochs, Task, seconds  # isort: skip  # before NumPy

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

RATE = 1e-4


def products(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    """The matrix products of an epoch and nothing else: no library on this BLAS goes below."""
    rng = np.random.default_rng(0)
    batches = [task.batch] * (len(x) // task.batch)
    batches += [len(x) % task.batch] if len(x) % task.batch else []
    weights = [
        rng.normal(0, 0.05, shape).astype(np.float32)
        for shape in zip(task.dims, task.dims[1:], strict=False)
    ]
    views = {}
    for rows in set(batches):
        ys = [rng.normal(size=(rows, width)).astype(np.float32) for width in task.dims]
        views[rows] = [
            (ys[i], ys[i + 1], W, np.empty_like(W), np.empty_like(ys[i]))
            for i, W in enumerate(weights)
        ]

    def epoch() -> None:
        for rows in batches:
            for y, z, W, _, _ in views[rows]:
                np.dot(y, W, z)
            for i, (y, z, W, dW, dy) in enumerate(reversed(views[rows])):
                np.dot(y.T, z, dW)
                if i < len(weights) - 1:
                    np.dot(z, W.T, dy)

    return lambda: seconds(epoch)


def scikit_learn(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    """By difference, so that checking the input and drawing weights do not count."""
    few = 3 if len(x) < 5_000 else 1
    kind = MLPRegressor if task.kind == "numbers" else MLPClassifier
    target = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y

    def fit(epochs: int) -> float:
        model = kind(
            hidden_layer_sizes=task.dims[1:-1],
            alpha=0.0,
            batch_size=task.batch,  # type: ignore[arg-type]  # its stub knows "auto" alone
            learning_rate_init=RATE,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=10**6,
            random_state=0,
        )
        return seconds(lambda: model.fit(x, target))

    return lambda: (fit(1 + few) - fit(1)) / few


def pytorch(task: Task, x: np.ndarray, y: np.ndarray, fused: bool) -> Epochs | None:
    """A plain training loop over an index permutation."""
    try:
        import torch  # type: ignore[import-not-found]  # of the extra `oracle`
    except ImportError:
        return None
    torch.set_num_threads(1)
    torch.manual_seed(0)
    stages: list[Any] = []
    for wide, narrow in zip(task.dims, task.dims[1:], strict=False):
        stages += [torch.nn.Linear(wide, narrow), torch.nn.ReLU()]
    net = torch.nn.Sequential(*stages[:-1])
    loss = {
        "classes": torch.nn.CrossEntropyLoss,
        "units": torch.nn.BCEWithLogitsLoss,
        "numbers": torch.nn.MSELoss,
    }[task.kind]()
    adam = torch.optim.Adam(net.parameters(), lr=RATE, fused=fused)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def epoch() -> None:
        for rows in torch.randperm(len(inputs)).split(task.batch):
            adam.zero_grad()
            loss(net(inputs[rows]), targets[rows]).backward()
            adam.step()

    return lambda: seconds(epoch)


def jax_epochs(task: Task, x: np.ndarray, y: np.ndarray) -> Callable[[], Callable[[], Any]] | None:
    """Makes a compiled epoch: one call for the shuffle and a scan over all batches.

    Each call of what is returned begins anew, so that the first epoch it gives is compiled.
    """
    try:
        import jax  # type: ignore[import-not-found]  # of the extra `oracle`
        import jax.numpy as jnp  # type: ignore[import-not-found]  # as above
    except ImportError:
        return None
    rng = np.random.default_rng(0)
    whole = len(x) - len(x) % task.batch
    inputs, targets = jnp.asarray(x), jnp.asarray(y)

    def loss(weights: Any, rows: Any) -> Any:
        z = inputs[rows]
        for i, (W, b) in enumerate(weights):
            z = z @ W + b
            z = jnp.maximum(z, 0) if i < len(weights) - 1 else z
        t = targets[rows]
        if task.kind == "classes":
            return -jnp.take_along_axis(jax.nn.log_softmax(z), t[:, None], axis=1).mean()
        if task.kind == "units":
            return (jnp.logaddexp(0.0, z) - z * t).mean()
        return ((z - t) ** 2).mean()

    def step(state: Any, rows: Any) -> Any:
        weights, m, v, t = state
        cost, g = jax.value_and_grad(loss)(weights, rows)
        each, t = jax.tree.map, t + 1
        m = each(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = each(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        size, root = RATE / (1 - 0.9**t), jnp.sqrt(1 - 0.999**t)
        weights = each(lambda w, m, v: w - size * m / (jnp.sqrt(v) / root + 1e-8), weights, m, v)
        return (weights, m, v, t), cost

    def epoch(state: Any, key: Any) -> Any:
        order = jax.random.permutation(key, len(x))
        state, costs = jax.lax.scan(step, state, order[:whole].reshape(-1, task.batch))
        if whole < len(x):
            state, _ = step(state, order[whole:])
        return state, costs.sum()

    def begin() -> Callable[[], Any]:
        jax.clear_caches()
        weights = [
            (jnp.asarray(rng.normal(0, 0.05, (wide, narrow)), jnp.float32), jnp.zeros(narrow))
            for wide, narrow in zip(task.dims, task.dims[1:], strict=False)
        ]
        zeros = jax.tree.map(jnp.zeros_like, weights)
        compiled = jax.jit(epoch, donate_argnums=0)
        state, key = (weights, zeros, jax.tree.map(jnp.zeros_like, weights), 0.0), jax.random.key(0)

        def run() -> Any:
            nonlocal state, key
            key, own = jax.random.split(key)
            state, cost = compiled(state, own)
            return cost.block_until_ready()

        return run

    return begin
