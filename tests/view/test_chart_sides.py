"""Where what a chart does not show lies."""

import numpy as np
import pytest

from hpsearch.view.chart import Curve, Frame, chart


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    ("outliers", "told"),
    [
        ((1e6,), "▲ 1 off scale"),
        ((1e-6, 1e-7), "▼ 2 off scale"),
        ((1e6, 1e-6), "▲ 1 ▼ 1 off scale"),
    ],
)
def test_what_is_off_scale_is_told_with_its_side(log, outliers, told):
    values = np.append(np.linspace(0.5, 0.51, 200), outliers)
    if not log:
        values = np.where(values < 0.1, -10.0, values)
    curve = Curve(np.arange(len(values)) + 1.0, values, "line0")
    title = chart([curve], Frame("cost", 300.0, log=log), 80, 12)[0]
    assert "".join(text for text, _ in title).endswith(f" {told}")
