"""Normalizers by the study file's name: nncore's, fitted to columns without their gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nncore.preprocessing import LinearScaler as LinearScaler
from nncore.preprocessing import Scaler as Scaler
from nncore.preprocessing import normalizers
from nncore.preprocessing import scaler_from_json as scaler_from_json
from nncore.preprocessing import spread as spread
from nncore.registry import Registry

normalizer: Registry[Callable[[Sequence[np.ndarray]], Scaler]] = Registry("normalize")
"""Fits a scaler to the training rows of each column."""

for _name in normalizers:
    # `of`, not `fit`: the cells have been read strictly, and their mistakes are told by row
    normalizer(_name)(normalizers[_name]().of)
