"""What a line leaves out where there is no room for it."""

import io
from dataclasses import replace

import pytest

from hpsearch.plain.lines import end_line
from hpsearch.plain.listing import listing
from hpsearch.plain.terminal import Terminal
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


@pytest.mark.parametrize(("is_tty", "whole"), [(True, False), (False, True)])
def test_a_long_name_drives_nothing_out_of_a_terminals_list(tmp_path, is_tty, whole):
    name = "a" * 60
    made = MadeUp(tmp_path / name, name=name, state="finished")
    made.close()
    out = Terminal(io.StringIO(), 80, is_tty)
    listing([made.folder], tmp_path, out)
    last = out.stream.getvalue().splitlines()[-1]
    assert (name in last) == whole
    assert ("finished" in last and last.endswith("ago")) == is_tty
    assert cells(last) <= 80
