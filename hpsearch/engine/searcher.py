"""What to try next, whom to stop, and what was learnt: the only importer of Optuna.

Optuna's study lives in the engine's memory. Whatever it would have to remember over a restart is
handed out as `memory` and comes back in `Past`, so a resumed search goes on as if never stopped.
Optuna numbers its trials itself: a configuration that was run before is drawn again inside our
same number, so our numbers have no gaps and Optuna's do.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

from hpsearch.engine import pruning, samplers
from hpsearch.engine.drawing import distribution_of, draw, grid, inner_params
from hpsearch.store.writer import Past
from hpsearch.study.events import EpochDone, State, Trial
from hpsearch.study.seeds import trial_seed
from hpsearch.study.space import Config, Params, Space, applies
from hpsearch.study.studyfile import StudyFile
from nncore.metrics import Direction

_REDRAWS = 20
_STATES: Mapping[State, TrialState] = {
    "complete": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "diverged": TrialState.PRUNED,  # told as failed, the region would be tried again and again
    "failed": TrialState.FAIL,
}


class SpaceExhausted(Exception):
    """Every configuration that can be drawn has been run."""


class AlreadyTried(Exception):
    """A configuration that a person gives was run before."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass
class _Open:
    """A trial that is not over."""

    trial: optuna.Trial
    judged: int = 0
    """The last epoch whose value Optuna was told."""
    pruned: int | None = None
    """The epoch at which it was to be pruned."""
    given: bool = False
    """Whether a person gave it while the study ran."""


class Searcher:
    """Asks for values, judges epochs, and learns from how trials end.

    One ask at a time; judging and telling may go on meanwhile, on another thread: an ask over
    thousands of trials takes a tenth of a second, and nobody's verdict waits for it.
    """

    def __init__(
        self,
        study: StudyFile,
        direction: Direction,
        size: Callable[[Config], int],
        history: Iterable[Past] = (),
    ) -> None:
        """Begin, or go on where `history` ends.

        Args:
            study: settled, so that only the ranges are open.
            direction: of the study's metric, minimize or maximize.
            size: the number of parameters of a configuration's network, for `max_parameters`.
            history: every trial of earlier runs, by number.
        """
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
        self._file, self._space = study, study.space
        self._size = size
        limit = study.fixed.get("network.max_parameters")
        self._limit = limit if isinstance(limit, int) else None
        epochs = pruning.planned_epochs(study)
        self.pruner = pruning.chosen(study.study)
        self.rungs = pruning.rungs(study.study, epochs)
        self._sampler = samplers.Maker(study.study)
        self._first = _first_tries(study)
        self._grid = study.study.sampler == "grid"
        self._lock = RLock()
        self._open: dict[int, _Open] = {}
        self._seen: dict[str, int] = {}
        self._next = 0
        self._given = 0
        """Trials that people gave while it ran; they take no turn of the first tries."""
        self._study = optuna.create_study(
            study_name="hpsearch",  # hyperband's brackets depend on it
            direction=direction,
            sampler=samplers.Silent(),
            pruner=pruning.make(study.study, epochs),
        )
        # By Optuna's numbers: a trial that was tried again has a later one than ours tells.
        for past in sorted(history, key=lambda past: past.memory["optuna"]):
            self._remember(past)

    def ask(self, given: Params | None = None) -> Trial:
        """The next trial.

        Args:
            given: what a person wants tried; the values it leaves out are drawn.

        Raises:
            AlreadyTried: what is given leaves nothing to draw, and was run before.
            SpaceExhausted: nothing new could be drawn.
        """
        number = self._next
        first = self._next_first_try()
        if given is None and self._grid and first is None:
            raise SpaceExhausted
        for redraw in range(_REDRAWS + 1):
            wanted = given if given is not None else first if redraw == 0 else None
            asked, params = self._draw(number, redraw, wanted)
            key = _key(params)
            if key not in self._seen and self._fits(params):
                break
            self._study.tell(asked, state=TrialState.FAIL)
            if given is not None and key in self._seen and params.keys() <= given.keys():
                raise AlreadyTried(self._seen[key])
        else:
            raise SpaceExhausted
        with self._lock:
            self._seen[key] = number
            self._next += 1
            self._given += given is not None
            self._open[number] = _Open(asked, given=given is not None)
        return Trial(number, params, self._seed_of(number))

    def reopen(self, past: Past) -> None:
        """A trial that failed is tried once more, under its number."""
        with self._lock:
            number, inner = past.trial.number, dict(past.memory["params"])
            ranges = _distributions(self._space, past.trial.params, self._file.fixed, inner)
            running = TrialState.RUNNING
            self._study.add_trial(create_trial(state=running, params=inner, distributions=ranges))
            given = bool(past.memory.get("given"))
            self._open[number] = _Open(self._reopen(), given=given)

    def memory(self, number: int) -> dict[str, Any]:
        """What must come back with this trial after a restart; JSON."""
        with self._lock:
            frozen = self._study.get_trials(deepcopy=False)[self._open[number].trial.number]
            # What Optuna drew is kept as drawn: a funnel's widths, say, stand sorted in our params.
            return {
                "optuna": frozen.number,
                "params": frozen.params,
                "attrs": frozen.system_attrs,
                "pruned": self._open[number].pruned,
                "given": self._open[number].given,
            }

    def judge(self, number: int, epochs: Sequence[EpochDone]) -> bool:
        """Take in what a trial reached; whether to prune it, which is decided at rungs only."""
        with self._lock:
            held, decide = self._open[number], False
            for epoch in epochs:
                value = epoch.figures.get(self._file.study.metric)
                # A trial that is trained again repeats itself; what was said before stands.
                if held.pruned is not None and epoch.number >= held.pruned:
                    return True
                decide = epoch.number > held.judged and value is not None
                if decide:
                    held.trial.report(value, epoch.number)  # type: ignore[arg-type]  # decide says it is one
                    held.judged = epoch.number
            if not decide or held.judged not in self.rungs or not held.trial.should_prune():
                return False
            held.pruned = held.judged
            return True

    def was_pruned(self, number: int) -> bool:
        """Whether a trial was to be pruned, though its trainer may not have heard so."""
        return self._open[number].pruned is not None

    def tell(self, number: int, state: State, value: float | None) -> None:
        """Learn from a trial that is over."""
        with self._lock:
            held = self._open.pop(number)
            told = value if state == "complete" else None
            self._study.tell(held.trial, told, state=_STATES[state])

    @property
    def waiting(self) -> tuple[int, ...]:
        """Numbers that were drawn and are not over."""
        return tuple(self._open)

    # ------------------------------------------------------------------------------------------

    def _next_first_try(self) -> Params | None:
        """The next of the configurations that come before the sampler's."""
        turn = self._next - self._given
        return self._first[turn] if turn < len(self._first) else None

    def _draw(self, number: int, redraw: int, wanted: Params | None) -> tuple[optuna.Trial, Params]:
        if wanted is not None:
            self._study.enqueue_trial(inner_params(self._space, wanted))
        self._study.sampler = self._sampler.make(number, redraw)
        try:
            asked = self._study.ask()
            return asked, draw(asked, self._space, self._file.fixed)
        finally:
            self._study.sampler = samplers.Silent()

    def _seed_of(self, number: int) -> int:
        """A trial's own seed, or the one the file fixes."""
        fixed = self._file.fixed.get("training.seed")
        return fixed if isinstance(fixed, int) else trial_seed(self._file.study.seed, number)

    def _fits(self, params: Params) -> bool:
        return self._limit is None or self._size(self._file.config(params)) <= self._limit

    def _remember(self, past: Past) -> None:
        """Put a trial back as it was: under its Optuna number, with all it had been told."""
        number = past.trial.number
        over = past.state in _STATES
        for _ in range(int(past.memory["optuna"]) - len(self._study.get_trials(deepcopy=False))):
            self._study.add_trial(create_trial(state=TrialState.FAIL))  # a draw that was refused
        inner = dict(past.memory["params"])
        frozen = create_trial(
            state=_STATES.get(past.state, TrialState.RUNNING),
            params=inner,
            distributions=_distributions(self._space, past.trial.params, self._file.fixed, inner),
            value=past.value if past.state == "complete" else _last(past),
            intermediate_values=dict(past.curve),
            system_attrs=dict(past.memory.get("attrs", {})),
        )
        self._study.add_trial(frozen)
        self._seen[_key(past.trial.params)] = number
        self._next = max(self._next, number + 1)
        given = bool(past.memory.get("given"))
        self._given += given
        if not over:
            judged = max(past.curve, default=0)
            self._open[number] = _Open(self._reopen(), judged, past.memory.get("pruned"), given)

    def _reopen(self) -> optuna.Trial:
        """The trial added last, ready to be judged and told. The silent sampler draws nothing."""
        last: FrozenTrial = self._study.get_trials(deepcopy=False)[-1]
        return optuna.Trial(self._study, last._trial_id)


def _first_tries(study: StudyFile) -> list[Params]:
    """What is tried before the sampler draws; with grid, everything."""
    if study.study.sampler != "grid":
        return [*study.enqueue, *([study.defaults()] if study.study.defaults_first else [])]
    points = grid(study.space, study.fixed)
    np.random.default_rng(study.study.seed).shuffle(points)  # type: ignore[arg-type]  # numpy shuffles lists, too
    tries = [_whole(entry, study) for entry in study.enqueue] + points
    return list({_key(params): params for params in tries}.values())


def _whole(entry: Params, study: StudyFile) -> Params:
    """What is enqueued, with the defaults where it leaves a value to the sampler."""
    params = {**study.defaults(), **entry}
    config = {**study.fixed, **params}
    return {name: value for name, value in params.items() if applies(name, config)}


def _last(past: Past) -> float | None:
    """A pruned trial's value, as Optuna has it: that of its last report."""
    if past.state not in ("pruned", "diverged") or not past.curve:
        return None
    return past.curve[max(past.curve)]


def _key(params: Params) -> str:
    return json.dumps({name: params[name] for name in sorted(params)})


def _distributions(
    space: Space, params: Params, fixed: Config, inner: Mapping[str, Any]
) -> dict[str, BaseDistribution]:
    config = {**fixed, **params}
    found: dict[str, BaseDistribution] = {}
    for name, range_ in space.items():
        if name in params and applies(name, config):
            found |= distribution_of(name, range_)
    return {name: found[name] for name in inner}
