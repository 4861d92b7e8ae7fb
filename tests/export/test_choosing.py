"""Which trial is exported: the best, or one by its number; others are refused with a reason."""

import pytest

from hpsearch.errors import RunError, UsageError
from hpsearch.export.choosing import best, numbered
from hpsearch.store.reader import Reader
from tests.view.madeup import MadeUp


def test_the_best_complete_trial_is_the_one_that_is_meant(tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits")
    made.trial(0, "complete", 0.5)
    made.trial(1, "pruned", 0.1)
    made.trial(2, "complete", 0.2)
    with Reader(made.folder) as reader:
        assert best(reader, reader.study()).number == 2
        assert numbered(reader, reader.study(), 0).number == 0
        assert numbered(reader, reader.study(), 1).state == "pruned"
    made.close()


def test_without_a_complete_trial_there_is_a_sentence(tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits")
    with Reader(made.folder) as reader, pytest.raises(RunError, match="no trials yet"):
        best(reader, reader.study())
    made.trial(0, "pruned", 0.1)
    made.trial(1, "diverged")
    made.trial(2, "running", 0.4)
    with Reader(made.folder) as reader, pytest.raises(RunError) as refused:
        best(reader, reader.study())
    assert "No trial of digits is complete" in str(refused.value)
    assert "1 pruned, 1 diverged, 1 running" in str(refused.value)
    assert refused.value.code == 1
    made.close()


def test_a_trial_without_a_best_epoch_is_refused_with_what_became_of_it(tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits")
    made.trial(0, "diverged")
    made.trial(1, "failed")
    made.trial(2, "running", 0.4)
    made.trial(3, "waiting")
    with Reader(made.folder) as reader:
        facts = reader.study()
        for number, said in (
            (0, "diverged: the cost was nan after epoch 3"),
            (1, "failed: MemoryError"),
            (2, "is running"),
            (3, "is waiting"),
            (4, "has no trial 4"),
        ):
            with pytest.raises(UsageError, match=said):
                numbered(reader, facts, number)
    made.close()
