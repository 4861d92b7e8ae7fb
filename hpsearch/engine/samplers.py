"""Samplers by the study file's names, made afresh for every ask.

A sampler's seed is a function of the study's seed, the trial's number and the draw, so an ask
does not depend on how many came before it in this process; building one costs no more than
keeping it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, QMCSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial

from hpsearch.engine import signature
from hpsearch.engine.parzen import Ledger, Tpe
from hpsearch.study.options import StudyOptions
from hpsearch.study.seeds import draw_seed


class Silent(BaseSampler):
    """Draws nothing: in place while trials are put back, judged and told."""

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        return {}

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        return {}

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        raise AssertionError(f"{param_name} was drawn while nothing is to be drawn")


class Sequence(QMCSampler):
    """Optuna's quasi-random sampler, over the whole space and at a given place of its sequence.

    Optuna's own learns the space from the first trial, so that whatever that had not would be drawn
    at random, and counts its place in a study's attributes. Here a coordinate stands for every
    range, whether it takes effect or not, and the place follows from the trial's number.
    """

    def __init__(self, place: int, space: Mapping[str, BaseDistribution], **options: Any) -> None:
        super().__init__(**options)
        self._place = place
        self._space = {name: kind for name, kind in space.items() if not kind.single()}

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        return dict(self._space)

    def _find_sample_id(
        self, study: optuna.Study, search_space: dict[str, BaseDistribution]
    ) -> int:
        return self._place


_BULK = optuna.__version__.startswith("5.0.")
"""Whether this is the Optuna whose TPE ours is made of."""
_APART = 2**16
"""Places between a draw and its redraw: more than a study has trials, or nearly."""


class Maker:
    """Makes the study's sampler, seeded for one draw."""

    def __init__(
        self, options: StudyOptions, space: Mapping[str, BaseDistribution] | None = None
    ) -> None:
        """Take the name and the options, which `mistakes` found sound, and all there is to draw."""
        self._seed = options.seed
        self._kind, defaults = _KINDS[options.sampler]
        if options.sampler_options.get("multivariate") is False:
            defaults = {**defaults, "group": False}  # groups are what is drawn together
        self._options = {**defaults, **options.sampler_options}
        self._space = space or {}
        self._ledger = Ledger(self._space) if _BULK and self._kind is TPESampler else None

    def make(self, number: int, redraw: int) -> BaseSampler:
        """The sampler that draws trial `number` for the `redraw`-th time, from 0."""
        with warnings.catch_warnings():  # not for good: the program around us may use Optuna, too
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return self._made(number, redraw)

    def _made(self, number: int, redraw: int) -> BaseSampler:
        if self._kind is QMCSampler:  # every draw is of the same sequence
            place = number + _APART * redraw
            return Sequence(place, self._space, seed=self._seed, **self._options)
        if self._ledger is not None:
            seed = draw_seed(self._seed, number, redraw)
            return Tpe(self._ledger, seed=seed, **self._options)
        return self._kind(seed=draw_seed(self._seed, number, redraw), **self._options)


def mistakes(options: StudyOptions) -> signature.Mistakes:
    """What is wrong with the study's sampler options."""
    table, name, given = "study.sampler_options", options.sampler, options.sampler_options
    if found := signature.mistakes(table, name, _KINDS[name][0], given, {"seed"}):
        return found
    try:
        Maker(options).make(0, 0)
    except (ValueError, TypeError) as error:
        return [(table, str(error))]
    return []


_KINDS: dict[str, tuple[Callable[..., BaseSampler], dict[str, Any]]] = {
    # Optuna 5 moved these defaults, and will again: say them.
    "tpe": (TPESampler, {"multivariate": True, "group": True, "constant_liar": True}),
    "random": (RandomSampler, {}),
    "qmc": (QMCSampler, {"qmc_type": "sobol", "scramble": True}),
    # The searcher lists a grid itself and fixes every value, so nothing is left to draw.
    "grid": (RandomSampler, {}),
}
