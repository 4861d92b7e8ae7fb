"""A trial's network, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.space import Value
from hpsearch.view.fields import fields

_OUTPUTS = {"binary": "sigmoid", "multiclass": "softmax", "multilabel": "sigmoid"}


@dataclass(frozen=True)
class LayerRow:
    """One layer."""

    name: str
    inputs: int
    outputs: int
    activation: str
    parameters: int
    """Weights and biases."""


def network(study: StudyFacts, trial: TrialRecord) -> tuple[LayerRow, ...]:
    """Its layers with weights, input side first; none where the study does not say how wide.

    >>> study = StudyFacts("s", "val_cost", "minimize", "binary", 1, 1, "running", "", 0, 0, 0, 1,
    ...     meaning={"network.layer_dims": [3], "network.activation": "tanh"},
    ...     data={"features": 2, "outputs": 1})
    >>> trial = TrialRecord(0, "waiting", 0, {}, 1, 0, None, None, {}, 13, None, 0, None, None, 0,
    ...     "", None)
    >>> [(row.inputs, row.outputs, row.activation, row.parameters) for row in network(study, trial)]
    [(2, 3, 'tanh', 9), (3, 1, 'sigmoid', 4)]
    """
    values = values_of(study, trial)
    hidden, activation = values.get("network.layer_dims"), values.get("network.activation", "")
    features, outputs = study.data.get("features"), study.data.get("outputs")
    if not (isinstance(hidden, tuple) and isinstance(features, int) and isinstance(outputs, int)):
        return ()
    widths = [features, *(int(width) for width in hidden), outputs]
    rows: list[LayerRow] = []
    for at, (inputs, units) in enumerate(pairwise(widths)):
        last = at == len(widths) - 2
        word = _OUTPUTS.get(study.task, "linear") if last else _at(activation, at)
        name = "output" if last else f"hidden {at + 1}"
        rows.append(LayerRow(name, inputs, units, word, inputs * units + units))
    return tuple(rows)


def values_of(study: StudyFacts, trial: TrialRecord) -> Mapping[str, Value]:
    """Every value that takes effect in a trial, by full name: what was drawn and what is fixed."""
    known = fields(study)
    fixed = {name: known.reader(name)(trial) for name in known.fixed}
    return {
        **{name: value for name, value in fixed.items() if value is not None},
        **trial.params,
    }


def _at(activation: Value, layer: int) -> str:
    """The activation of one hidden layer, where each may have its own."""
    if isinstance(activation, tuple):
        return str(activation[layer]) if layer < len(activation) else ""
    return str(activation)
