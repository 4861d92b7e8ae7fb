"""Why a query found nothing."""

import pytest

from hpsearch.store.reader import Reader
from hpsearch.view.fields import fields
from hpsearch.view.misses import missed
from hpsearch.view.query import parse
from tests.view.madeup import MadeUp


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("optimizer:adm", "none has optimizer adm; did you mean adam?"),
        ("optimizer=adm", "none has optimizer adm; did you mean adam?"),
        ("optimizer:adam,xyz", "none has optimizer xyz; there are adam, gd, momentum"),
        ("optimizer:ada", ""),
        ("-optimizer:adm", ""),
        ("learning_rate<0", ""),
    ],
)
def test_a_value_that_no_trial_has_is_answered_with_the_nearest(tmp_path, query, said):
    made = MadeUp(tmp_path / "digits")
    made.fill(40, running=0)
    with Reader(made.folder) as reader:
        trials = reader.trials()
        assert missed(parse(query, fields(reader.study(), trials)), trials) == said
    made.close()
