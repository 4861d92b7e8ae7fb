"""Trials of earlier runs, as Optuna would have them had they just been run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from hpsearch.store.past import Past


class _Recalled(FrozenTrial):
    """A trial that is Optuna's from now on: copying ten thousand of them deeply takes seconds."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _Recalled:
        return self


def recalled(
    past: Past, state: TrialState, distributions: Mapping[str, BaseDistribution]
) -> FrozenTrial:
    """A trial with all it had been told."""
    told = dict(past.curve)
    value = past.value if state == TrialState.COMPLETE else None
    if state == TrialState.PRUNED and told:
        value = told[max(told)]  # a pruned trial's value is, as Optuna has it, its last report's
    return _made(
        state, dict(past.memory["params"]), distributions, value, told, past.memory.get("attrs", {})
    )


def again(past: Past, distributions: Mapping[str, BaseDistribution]) -> FrozenTrial:
    """The same configuration once more, of which nothing is known yet."""
    attrs = past.memory.get("attrs", {})
    kept = {key: value for key, value in attrs.items() if key == "fixed_params"}
    params = dict(past.memory["params"])
    return _made(TrialState.RUNNING, params, distributions, None, {}, kept)


def refused() -> FrozenTrial:
    """A draw that was not run."""
    return _made(TrialState.FAIL, {}, {}, None, {}, {})


def _made(
    state: TrialState,
    params: dict[str, Any],
    distributions: Mapping[str, BaseDistribution],
    value: float | None,
    told: dict[int, float],
    attrs: Mapping[str, Any],
) -> FrozenTrial:
    now = datetime.now()
    return _Recalled(
        number=-1,  # given by Optuna, as is the id
        trial_id=-1,
        state=state,
        value=value,
        datetime_start=now,
        datetime_complete=now if state.is_finished() else None,
        params=params,
        distributions=dict(distributions),
        user_attrs={},
        system_attrs=dict(attrs),
        intermediate_values=told,
    )
