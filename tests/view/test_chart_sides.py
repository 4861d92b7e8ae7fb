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
    far = [-10.0 if value < 0.1 and not log else value for value in outliers]
    values = np.array([*np.linspace(0.5, 0.51, 200), *far], dtype=np.float64)
    curve = Curve(np.arange(1.0, len(values) + 1), values, "line0")
    title = chart([curve], Frame("cost", 300.0, log=log), 80, 12)[0]
    assert "".join(text for text, _ in title).endswith(f" {told}")
