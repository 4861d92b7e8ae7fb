"""Data: files and bundled sets in, arrays for a network out, and its outputs back into words."""

from __future__ import annotations

from hpsearch.data.bundled import bundled_names
from hpsearch.data.encoder import Encoder
from hpsearch.data.loading import load
from hpsearch.data.tabular import ColumnReport, Data, Final, Prepared

__all__ = [
    "ColumnReport",
    "Data",
    "Encoder",
    "Final",
    "Prepared",
    "bundled_names",
    "load",
]
