"""What a line leaves out where there is no room for it."""

from dataclasses import replace

import pytest

from hpsearch.plain.lines import end_line
from hpsearch.store.reader import Reader
from hpsearch.view.format import UNICODE, cells
from tests.view.madeup import MadeUp


@pytest.mark.parametrize("width", [31, 45, 71, 200])
def test_a_line_leaves_out_whole_figures_and_cuts_none(tmp_path, width):
    made = MadeUp(tmp_path / "runs" / "digits")
    made.fill(3, running=0)
    with Reader(made.folder) as reader:
        study, trial = reader.study(), reader.trials()[0]
    made.close()
    trial = replace(trial, figures={**trial.figures, "standard_error": 0.0123})
    whole = end_line(trial, study, UNICODE, width=1000).split("  ")
    said = end_line(trial, study, UNICODE, width=width)
    assert set(said.split("  ")) <= set(whole)
    assert said.split("  ")[:2] == whole[:2]
    assert cells(said) <= max(width, cells("  ".join([*whole[:2], whole[3]])))
    assert (said.split("  ") == whole) == (cells("  ".join(whole)) <= width)
