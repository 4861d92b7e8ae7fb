"""What is decided before a training begins."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nncore.activations import Linear
from nncore.checks import number, whole
from nncore.losses import Loss
from nncore.members import Setting, member_of, refuse
from nncore.metrics import metrics
from nncore.optimizers import Adam, Optimizer
from nncore.schedules import Constant, Schedule
from nncore.sequential import Sequential


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a network is made and trained, the data and the seed apart.

    With members, `learning_rate`, `lambd`, the optimizer's settings and a `Dropout`'s keep_prob
    may each be a tuple, of one number a member.
    """

    network: Sequential
    loss: Loss
    optimizer: Optimizer = field(default_factory=Adam)
    learning_rate: Setting = 1e-3
    """η₀, before the schedule."""
    schedule: Schedule = field(default_factory=Constant)
    epochs: int = 200
    mini_batch_size: int = 32
    lambd: Setting = 0.0
    """λ of the L2 penalty λ/(2N) Σ‖W‖², N the number of training rows."""
    clip_norm: float | None = None
    """The longest gradient (over all parameters together) a step may use; None: any."""
    schedule_epochs: int | None = None
    """What the schedule takes for `epochs`, when only the first of them are run; None: `epochs`."""
    metrics: tuple[str, ...] = ()
    """Which figures beside the cost are measured after each epoch, by name."""
    measured: int | None = None
    """Training rows that are measured after each epoch, drawn by the seed; None: 10,000. Where
    there are fewer, all are."""

    def __post_init__(self) -> None:
        refuse(
            self.learning_rate,
            "learning_rate",
            lambda rate: 0.0 < rate < float("inf"),
            "it is a number above 0.",
        )
        for name in ("epochs", "mini_batch_size", "schedule_epochs", "measured"):
            value = getattr(self, name)
            if value is not None or name not in ("schedule_epochs", "measured"):
                whole(name, value)
        refuse(
            self.lambd,
            "lambd",
            lambda lambd: 0.0 <= lambd < float("inf"),
            "it is 0 (no penalty) or more.",
        )
        if self.clip_norm is not None and not number("clip_norm", self.clip_norm) > 0.0:
            raise ValueError(f"clip_norm is {self.clip_norm:g}; it is above 0, or None.")
        self._refuse_names()
        object.__setattr__(self, "metrics", tuple(self.metrics))
        numbers = self.loss.link is Linear
        for name in self.metrics:  # refused here, not after an epoch
            if metrics[name].classification is numbers:
                kinds = ("numbers", "classes") if numbers else ("classes", "numbers")
                raise ValueError(
                    f"The loss is about {kinds[0]}, but the metric {name} is about {kinds[1]}."
                )

    def _refuse_names(self) -> None:
        """Refuse a name, or a class, where the thing itself is wanted."""
        wanted = {
            "network": ("ending_in", "Sequential.from_dims([…])"),
            "loss": ("targets", "losses['mse']()"),
            "optimizer": ("step", "optimizers['adam']()"),
            "schedule": ("__call__", "schedules['cosine']()"),
        }
        for name, (verb, example) in wanted.items():
            thing = getattr(self, name)
            if isinstance(thing, type) or not hasattr(thing, verb):
                raise ValueError(f"{name} is {thing!r}; it is one that is made: {example}.")
        if isinstance(self.metrics, str):
            raise ValueError(f"metrics is {self.metrics!r}; it is a list: [{self.metrics!r}].")

    def member(self, member: int) -> Recipe:
        """As it is for one member."""
        return replace(
            member_of(self, member),
            network=self.network.member(member),
            optimizer=member_of(self.optimizer, member),
        )
