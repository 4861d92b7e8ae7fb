"""The rows of a study's data as numbers: what the script of `--to python` trains on.

Not scaled yet, as the script does that: numbers with NaN for gaps; behind them, as 0 and 1, which
gaps count and what words there are. The rows are those that `retrain` takes, in its order, and
with them the test rows, which no trial has seen.
"""

from __future__ import annotations

import io

import numpy as np

from hpsearch import data as tables
from hpsearch.data.encoder import Encoder
from hpsearch.data.tabular import Data
from hpsearch.errors import RunError
from hpsearch.export.configuration import as_it_was
from hpsearch.export.exporters import RowsExporter
from hpsearch.store.records import StudyFacts


class ArraysExporter(RowsExporter):
    """An npz file of `x`, `y`, `x_test`, `y_test`, and how many columns are `numbers`."""

    def content(self, facts: StudyFacts) -> bytes:
        data = tables.load(as_it_was(facts).data)
        if data.fingerprint != facts.data.get("fingerprint"):
            raise RunError(
                f"{data.name} is not what {facts.name} was searched on: its fingerprint is"
                f" {data.fingerprint} and was {facts.data.get('fingerprint')}. Put the data back"
                " as it was."
            )
        split, y = data.split, data.target.values
        learnt = np.sort(np.concatenate([split.train, split.validation]))
        encoder = data.final("none").encoder
        file = io.BytesIO()
        np.savez_compressed(
            file,
            x=_inputs(data, encoder, learnt),
            y=y[learnt],
            x_test=_inputs(data, encoder, split.test),
            y_test=y[split.test],
            numbers=encoder.scaled,
        )
        return file.getvalue()


def _inputs(data: Data, encoder: Encoder, rows: np.ndarray) -> np.ndarray:
    """What an encoder makes of rows, before it fills gaps and scales: (rows, width)."""
    clean = data.clean[rows]
    parts = [clean[number.name].to_numpy()[:, None] for number in encoder.numbers]
    parts += [clean[block.name].to_numpy() for block in encoder.blocks]
    if encoder.scaled < encoder.width:  # else bytes stay bytes
        parts.append(encoder.encode_clean(clean)[:, encoder.scaled :])
    return np.concatenate(parts, axis=1)


EXPORTER = ArraysExporter("arrays.npz")
