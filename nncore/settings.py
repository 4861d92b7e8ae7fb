"""Hyperparameters by their names, checked, and the recipe they make.

A value that could not take effect is refused, never dropped: who gives `keep_prob` without dropout
believes to have dropout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from nncore.activations import activations
from nncore.checks import number, whole
from nncore.initializers import initializers
from nncore.losses import Loss
from nncore.optimizers import optimizers
from nncore.recipe import Recipe
from nncore.schedules import schedules
from nncore.sequential import Sequential

REGULARIZATIONS = (None, "none", "l2", "dropout", "both")
LAMBD = 1.0
"""λ of an L2 penalty that is switched on without a value."""
KEEP_PROB = 0.8
"""What dropout keeps where it is switched on without a value."""
BETAS = {"beta1": 0.9, "beta2": 0.999}
"""What nobody has to give, and so says nothing where an optimizer has no use for it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a person says of a network and its training; all is checked when it is made.

    There are no defaults here: `nncore.fit` and the estimators each have their own.

    Raises:
        LookupError: nothing has that name; the message offers the nearest.
        ValueError: a value makes no sense, or could not take effect; says which and what to do.
    """

    layer_dims: Sequence[int]
    """The whole list, from the input's width to the outputs."""
    activation: str
    initializer: str
    optimizer: str
    learning_rate: float
    beta1: float
    beta2: float
    decay: str | None
    decay_rate: float | None
    """None: 0.01, with a decay that has one."""
    decay_interval: int | None
    """None: a fifth of the epochs, at least 1, with discrete decay."""
    regularization: str | None
    lambd: float | None
    """None: 1.0, with L2."""
    keep_prob: float | Sequence[float] | None
    """One for all hidden layers or one each. None: 0.8, with dropout."""
    mini_batch_size: int
    epochs: int
    clip_norm: float | None = None

    def __post_init__(self) -> None:
        dims = self.layer_dims
        if isinstance(dims, str) or not isinstance(dims, Iterable):
            raise ValueError(f"layer_dims is {dims!r}; it is a list of widths.")
        widths = tuple(whole("a width in layer_dims", width) for width in dims)
        object.__setattr__(self, "layer_dims", widths)
        if len(widths) < 2:
            raise ValueError(
                f"layer_dims is {list(widths)}; it runs from the input's width to the outputs: at "
                "least two numbers."
            )
        for family, name in ((activations, self.activation), (initializers, self.initializer)):
            family[name]  # refused here, before any data is looked at
        whole("epochs", self.epochs)
        whole("mini_batch_size", self.mini_batch_size)
        for name in ("learning_rate", "beta1", "beta2"):
            number(name, getattr(self, name))
        for name in ("decay_rate", "lambd", "clip_norm"):
            if getattr(self, name) is not None:
                number(name, getattr(self, name))
        if isinstance(self.keep_prob, Sequence):
            for keep in self.keep_prob:
                number("a value in keep_prob", keep)
        elif self.keep_prob is not None:
            number("keep_prob", self.keep_prob)

    def recipe(self, loss: Loss, metrics: Sequence[str] = ()) -> Recipe:
        """The recipe for that loss, whose output activation the network gets."""
        lambd, keep_prob = self._penalties()
        return Recipe(
            Sequential.from_dims(
                self.layer_dims,
                activation=self.activation,
                output=loss.link(),
                initializer=self.initializer,
                keep_prob=keep_prob,
            ),
            loss,
            self._optimizer(),
            learning_rate=self.learning_rate,
            schedule=self._schedule(),
            epochs=self.epochs,
            mini_batch_size=self.mini_batch_size,
            lambd=lambd,
            clip_norm=self.clip_norm,
            metrics=metrics,  # type: ignore[arg-type]  # it becomes a tuple, or is refused
        )

    def _penalties(self) -> tuple[float, float | Sequence[float] | None]:
        """λ of the penalty, and keep_prob."""
        kind = self.regularization
        if kind not in REGULARIZATIONS:
            raise ValueError(f"regularization is {kind!r}; it is None, 'l2', 'dropout' or 'both'.")
        l2, dropout = kind in ("l2", "both"), kind in ("dropout", "both")
        if self.lambd is not None and not (l2 and self.lambd):
            raise ValueError(
                f"lambd is {self.lambd:g} with regularization {kind!r}, so it would do nothing: "
                "choose 'l2' or 'both' and a lambd above 0, or leave both out."
            )
        if self.keep_prob is not None and not dropout:
            raise ValueError(
                f"keep_prob is {self.keep_prob} with regularization {kind!r}, so it would do "
                "nothing: choose 'dropout' or 'both', or leave keep_prob out."
            )
        if dropout and len(self.layer_dims) < 3:
            raise ValueError(
                "Dropout does nothing without hidden layers: add one to layer_dims, or choose "
                "another regularization."
            )
        lambd = LAMBD if self.lambd is None else self.lambd
        keep_prob = KEEP_PROB if self.keep_prob is None else self.keep_prob
        return lambd if l2 else 0.0, keep_prob if dropout else None

    def _schedule(self) -> Any:
        kind = schedules[self.decay or "none"]
        said = {name: getattr(self, name) for name in ("decay_rate", "decay_interval")}
        given = {name: value for name, value in said.items() if value is not None}
        for name, value in given.items():
            if name not in _known(kind):
                have = [f"{k!r}" for k in schedules if name in _known(schedules[k])]
                raise ValueError(
                    f"{name} is {value:g}, but decay is {self.decay!r}, which has none: choose "
                    f"{' or '.join(have)}, or leave {name} out."
                )
        interval = self.decay_interval
        if interval is not None and whole("decay_interval", interval) >= self.epochs:
            raise ValueError(
                f"decay_interval is {interval}, but there are {self.epochs} epochs: the rate would "
                "never change. Choose an interval below the epochs, or leave decay out."
            )
        return kind(**given)

    def _optimizer(self) -> Any:
        kind = optimizers[self.optimizer]
        betas = {name: getattr(self, name) for name in BETAS}
        for name, value in betas.items():
            if name not in _known(kind) and value != BETAS[name]:
                have = [f"{k!r}" for k in optimizers if name in _known(optimizers[k])]
                raise ValueError(
                    f"{name} is {value:g}, but the optimizer {self.optimizer!r} has none: choose "
                    f"{' or '.join(have)}, or leave {name} out."
                )
        return kind(**{name: value for name, value in betas.items() if name in _known(kind)})


def _known(kind: Any) -> set[str]:
    """The names of what a registered dataclass can be told."""
    return {field.name for field in fields(kind)}
