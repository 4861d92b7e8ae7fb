"""Studies or trials side by side: rows of what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.figures import figure_names, figure_of
from hpsearch.view.format import clean, duration, figure, parameter
from hpsearch.view.network import values_of
from hpsearch.view.ranges import range_text
from hpsearch.view.status import Status

_NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """One thing that can be said of each."""

    name: str
    values: tuple[Any, ...]
    """As JSON shows them; None where one has none."""
    texts: tuple[str, ...]
    figure: bool = False
    """Whether it came out, rather than was set."""

    @property
    def differs(self) -> bool:
        """Whether not all are the same, be it in a digit that is not shown."""
        return any(value != self.values[0] for value in self.values)


def trials(pairs: Sequence[tuple[StudyFacts, TrialRecord]]) -> tuple[Row, ...]:
    """Trials: how they came out, the difference to the first beside it, then what they were."""
    names = dict.fromkeys(name for study, _ in pairs for name in figure_names(study))
    names |= dict.fromkeys(name for _, trial in pairs for name in trial.figures)
    rows = [
        _plain("state", [trial.state for _, trial in pairs]),
        *(_figures(n, [figure_of(trial, n, s.metric) for s, trial in pairs]) for n in names),
        _plain("epochs", [f"{trial.epochs}/{trial.planned}" for _, trial in pairs]),
        _plain("best_epoch", [trial.best_epoch for _, trial in pairs]),
        _sizes([trial.parameters for _, trial in pairs]),
        _times([trial.seconds for _, trial in pairs]),
        _plain("reason", [trial.reason or None for _, trial in pairs]),
        _plain("seed", [trial.seed for _, trial in pairs]),
    ]
    values = [values_of(study, trial) for study, trial in pairs]
    keys = dict.fromkeys(key for each in values for key in each)
    return (*rows, *(_set(key, [each.get(key) for each in values]) for key in keys))


def recall_rows(each: Sequence[Mapping[str, float | None]]) -> tuple[Row, ...]:
    """Of each class, the share of its validation rows that was recognised."""
    names = dict.fromkeys(name for recalls in each for name in recalls)
    return tuple(_figures(f"recall {name}", [one.get(name) for one in each]) for name in names)


def studies(all_: Sequence[Status]) -> tuple[Row, ...]:
    """Studies: how they stand and what came of them, then what their files say."""
    bests = [status.best for status in all_]
    metrics = [status.study.metric for status in all_]
    value = _figures if len(set(metrics)) == 1 else _each
    rows = [
        _plain("state", [status.state for status in all_]),
        value("best value", [None if best is None else best.value for best in bests]),
        _plain("best trial", [None if best is None else f"#{best.number}" for best in bests]),
        _plain("finished", [status.counts.finished for status in all_]),
        *(
            _plain(state, [getattr(status.counts, state) for status in all_])
            for state in ("complete", "pruned", "diverged", "failed")
        ),
        _times([status.seconds for status in all_]),
    ]
    settings = [_settings(status.study) for status in all_]
    keys = dict.fromkeys(key for each in settings for key in each)
    rows += [_set(key, [each.get(key) for each in settings]) for key in keys]
    best = [{} if best is None else dict(best.params) for best in bests]
    keys = dict.fromkeys(key for each in best for key in each)
    rows += [_set(f"best {key}", [each.get(key) for each in best]) for key in keys]
    return tuple(rows)


def _settings(study: StudyFacts) -> Mapping[str, Any]:
    """What a study file says, as far as it matters for what comes out."""
    told = dict(study.meaning) or dict(study.space)
    return {"study.trials": study.trials, **told}


def _figures(name: str, values: Sequence[float | None]) -> Row:
    """Figures; each but the first with its difference to that."""
    first = values[0]
    texts = [figure(first, _NOTHING)]
    for value in values[1:]:
        apart = "" if value is None or first is None else f" {value - first:+.2g}"
        texts.append(figure(value, _NOTHING) + apart)
    if all(value == first for value in values):
        texts = [texts[0]] * len(values)
    return Row(name, tuple(values), tuple(texts), figure=True)


def _each(name: str, values: Sequence[float | None]) -> Row:
    return Row(name, tuple(values), tuple(figure(v, _NOTHING) for v in values), figure=True)


def _times(values: Sequence[float]) -> Row:
    return Row("seconds", tuple(values), tuple(duration(value) for value in values), figure=True)


def _sizes(values: Sequence[int | None]) -> Row:
    texts = [_NOTHING if value is None else f"{value:,}" for value in values]
    return Row("parameters", tuple(values), tuple(texts), figure=True)


def _plain(name: str, values: Sequence[Any]) -> Row:
    texts = [_NOTHING if value is None else clean(str(value)) for value in values]
    return Row(name, tuple(values), tuple(texts), figure=True)


def _set(name: str, values: Sequence[Any]) -> Row:
    return Row(clean(name), tuple(values), tuple(map(_text, values)))


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return range_text(value)
    if value is None or isinstance(value, bool | int | float | str):
        return parameter(value, _NOTHING)
    return parameter(tuple(value), _NOTHING)
