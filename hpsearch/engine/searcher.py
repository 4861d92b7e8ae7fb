"""What to try next, whom to stop, and what was learnt: Optuna behind ask, judge and tell.

Optuna's study lives in the engine's memory. Whatever it would have to remember over a restart is
handed out as `memory` and comes back in `Past`, so a resumed search goes on as if never stopped.
Optuna numbers its trials itself: a configuration that was run before is drawn again inside our
same number, so our numbers have no gaps and Optuna's do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from hpsearch.engine import pruning, samplers
from hpsearch.engine.candidates import LAYERS, Candidates
from hpsearch.engine.drawing import Drawing
from hpsearch.engine.recollection import again, recalled, refused
from hpsearch.store.past import Past
from hpsearch.study.events import EpochDone, State, Trial
from hpsearch.study.seeds import trial_seed
from hpsearch.study.space import Config, Params
from hpsearch.study.studyfile import StudyFile
from nncore.metrics import Direction

_REDRAWS = 20
"""How often a configuration that was run before is drawn again."""
_TOO_LARGE = 3
"""How often a network over the limit is; then its layers are narrowed."""
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


_Found = tuple[optuna.Trial, Params]


@dataclass
class _Open:
    """A trial that is not over."""

    trial: optuna.Trial
    judged: int = 0
    """The last epoch whose value Optuna was told."""
    pruned: int | None = None
    """The epoch at which it was to be pruned."""


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
        before: Sequence[Past] = (),
    ) -> None:
        """Begin, or go on where `history` ends.

        Args:
            study: settled, so that only the ranges are open.
            direction: of the study's metric, minimize or maximize.
            size: the number of parameters of a configuration's network, for `max_parameters`.
            history: every trial of earlier runs, by number.
            before: trials of other studies to learn from; always the same ones. What is complete
                there is not tried again, unless a person enqueues it.
        """
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._file = study
        self._candidates = Candidates(study, size)
        self._drawing = Drawing(self._candidates.space, study.fixed)
        epochs = pruning.planned_epochs(study)
        self.pruner = pruning.chosen(study.study)
        self.rungs = pruning.rungs(study.study, epochs)
        self._sampler = samplers.Maker(study.study, self._drawing.all)
        self._grid = study.study.sampler == "grid"
        first = list(self._candidates.first(self._grid))
        self._known = {_key(past.trial.params) for past in before if past.state == "complete"}
        self._known -= {_key(entry) for entry in first[: len(study.enqueue)]}
        self._first = {_key(self._drawing.inner(entry)): entry for entry in first}
        self._left = self._candidates.grid() if self._grid else self._candidates.countable()
        self._lock = RLock()
        self._open: dict[int, _Open] = {}
        self._seen: dict[str, int] = {}
        self._next = 0
        self._trials = optuna.storages.InMemoryStorage()
        self._study = optuna.create_study(
            storage=self._trials,
            study_name=pruning.STUDY_NAME,
            direction=direction,
            sampler=samplers.Silent(),
            pruner=pruning.make(study.study, epochs),
        )
        for past in before:
            known = self._drawing.distributions(past.memory["params"])
            self._put(recalled(past, _STATES[past.state], known))
        drawn = len(before)
        # By Optuna's numbers: a trial that was tried again has a later one than ours tells.
        for past in sorted(history, key=lambda past: past.memory["optuna"]):
            for _ in range(past.memory["optuna"] - drawn):
                self._put(refused())
            self._remember(past)
            drawn = past.memory["optuna"] + 1

    def ask(self, given: Params | None = None) -> Trial:
        """The next trial.

        Args:
            given: what a person wants tried; the values it leaves out are drawn.

        Raises:
            AlreadyTried: what is given leaves nothing to draw, and was run before.
            SpaceExhausted: nothing new could be drawn.
        """
        number = self._next
        if given is not None and self._drawing.whole(given) and _key(given) in self._seen:
            raise AlreadyTried(self._seen[_key(given)])
        self._known.discard(_key(given or {}))
        found = self._around(number, given) if given is not None else self._new(number)
        if found is None:
            raise SpaceExhausted
        asked, params = found
        with self._lock:
            self._seen[_key(params)] = number
            self._next += 1
            self._open[number] = _Open(asked)
        return Trial(number, params, self._seed_of(number))

    def reopen(self, past: Past) -> None:
        """A trial that failed is tried once more, under its number."""
        with self._lock:
            distributions = self._drawing.distributions(past.memory["params"])
            self._open[past.trial.number] = _Open(self._put(again(past, distributions)))

    def memory(self, number: int) -> dict[str, Any]:
        """What must come back with this trial after a restart; JSON."""
        with self._lock:
            held = self._open[number]
            frozen = self._trials.get_trial(held.trial._trial_id)
            # What Optuna drew is kept as drawn: a funnel's widths, say, stand sorted in our params.
            return {
                "optuna": frozen.number,
                "params": frozen.params,
                "attrs": frozen.system_attrs,
                "pruned": held.pruned,
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

    def _new(self, number: int) -> _Found | None:
        """What was to be tried first, then what the sampler draws, then whatever is left."""
        while self._first:
            entry = next(iter(self._first.values()))
            if found := self._around(number, entry):
                return found
        for redraw in range(0 if self._grid else _REDRAWS + 1):
            if found := self._try(number, redraw):
                return found
        tries = (self._try(number, _REDRAWS + 1, p) for p in self._left if self._is_new(p))
        return next(tries, None)

    def _around(self, number: int, entry: Params) -> _Found | None:
        """A configuration with these values that was not tried."""
        self._first.pop(_key(self._drawing.inner(entry)), None)
        if self._drawing.whole(entry):
            return self._try(number, 0, entry) if self._is_new(entry) else None
        tries = (self._try(number, redraw, entry) for redraw in range(_REDRAWS + 1))
        return next((found for found in tries if found), None)

    def _try(self, number: int, redraw: int, entry: Params | None = None) -> _Found | None:
        """What the sampler draws around an entry, if it fits and was not tried."""
        asked, params = self._draw(number, redraw, entry)
        fits = self._candidates.fits
        if redraw >= _TOO_LARGE and not fits(params) and LAYERS not in (entry or {}):
            self._study.tell(asked, state=TrialState.FAIL)
            asked, params = self._draw(number, redraw, self._candidates.narrowed(params))
        if fits(params) and self._is_new(params):
            return asked, params
        self._study.tell(asked, state=TrialState.FAIL)
        return None

    def _is_new(self, params: Params) -> bool:
        """Whether it was run neither here nor in a study that was taken up."""
        return _key(params) not in self._seen and _key(params) not in self._known

    def _draw(self, number: int, redraw: int, entry: Params | None) -> _Found:
        if entry is not None:
            self._study.enqueue_trial(self._drawing.inner(entry))
        self._study.sampler = self._sampler.make(number, redraw)
        try:
            asked = self._study.ask()
            return asked, self._drawing.draw(asked)
        finally:
            self._study.sampler = samplers.Silent()

    def _seed_of(self, number: int) -> int:
        """A trial's own seed, or the one the file fixes."""
        fixed = self._file.fixed.get("training.seed")
        return fixed if isinstance(fixed, int) else trial_seed(self._file.study.seed, number)

    # What was before --------------------------------------------------------------------------

    def _remember(self, past: Past) -> None:
        """Put a trial back as it was: under its Optuna number, with all it had been told."""
        number, memory = past.trial.number, past.memory
        state = _STATES.get(past.state, TrialState.RUNNING)
        put = self._put(recalled(past, state, self._drawing.distributions(memory["params"])))
        self._seen[_key(past.trial.params)] = number
        self._next = max(self._next, number + 1)
        if "fixed_params" in memory["attrs"]:
            self._first.pop(_key(memory["attrs"]["fixed_params"]), None)
        if state == TrialState.RUNNING:
            self._open[number] = _Open(put, max(past.curve, default=0), memory["pruned"])

    def _put(self, frozen: FrozenTrial) -> optuna.Trial:
        """Hand Optuna a trial. The silent sampler draws nothing."""
        identity = self._trials.create_new_trial(self._study._study_id, frozen)
        return optuna.Trial(self._study, identity)


def _key(params: Mapping[str, Any]) -> str:
    return json.dumps({name: params[name] for name in sorted(params)})
