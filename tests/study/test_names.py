"""Short words for the study file's names."""

from pathlib import Path

import pytest

from hpsearch.cli.overrides import overrides
from hpsearch.study import schema
from hpsearch.study.families import metrics
from hpsearch.study.names import ALIASES, NoSuchName, meant, resolve
from hpsearch.study.studyfile import parse
from hpsearch.view.abbreviations import ABBREVIATIONS
from hpsearch.view.fields import FACTS, FIGURES

KNOWN = (*schema.searchable(), *FACTS, *FIGURES)


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_stands_for_a_name_there_is(alias):
    assert ALIASES[alias] in KNOWN
    assert resolve(alias, KNOWN) == ALIASES[alias]


@pytest.mark.parametrize("name", schema.searchable())
def test_a_name_is_known_by_its_last_part_unless_a_fact_has_it(name):
    last = name.rpartition(".")[2]
    assert resolve(last, KNOWN) == (last if last in FACTS else name)
    assert resolve(name, KNOWN) == name


@pytest.mark.parametrize("ending", ABBREVIATIONS)
def test_what_a_narrow_column_is_called_can_be_asked_for(ending):
    assert resolve(ABBREVIATIONS[ending], schema.searchable()).endswith(ending)


def test_the_figures_that_can_always_be_asked_for_are_metrics():
    assert {name for name in FIGURES if name.startswith("val_")} <= set(metrics())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("learn", "training.learning_rate"),
        ("ing_rate", "training.learning_rate"),
        ("training.lea", "training.learning_rate"),
        ("val_acc", "val_accuracy"),
    ],
)
def test_a_unique_beginning_or_ending_is_enough(written, name):
    assert resolve(written, KNOWN) == name


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("beta", r"'beta' may mean training\.beta1, training\.beta2; write more"),
        ("learnign_rate", "did you mean 'learning_rate'"),
        ("optimiser", "did you mean 'optimizer'"),
        ("x" * 999, "there is no 'x{64}…'"),
        ("", "there is no ''"),
    ],
)
def test_what_means_nothing_or_too_much_is_a_sentence(written, said):
    with pytest.raises(NoSuchName, match=said):
        resolve(written, KNOWN)
    assert meant(written, KNOWN) == written


def test_a_value_is_set_by_a_short_name_too_but_never_by_half_of_one():
    given = ["lr=0.01", "epochs=20", "study.trials=3", "epoch=1", "seed=1", "trial=3"]
    assert overrides(given) == {
        "training.learning_rate": "0.01",
        "training.epochs": "20",
        "study.trials": "3",
        "epoch": "1",
        "seed": "1",
        "trial": "3",
    }


def test_an_entry_to_try_first_may_use_short_names():
    text = """
    [data]
    source = "sklearn:iris"
    [training]
    learning_rate = { float = [1e-4, 1e-1], log = true }
    [[enqueue]]
    lr = 0.01
    """
    assert parse(text, Path("iris.toml")).enqueue == ({"training.learning_rate": 0.01},)
