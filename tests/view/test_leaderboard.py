"""Order, columns and the table they make."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.errors import UsageError
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.abbreviations import params_line, short_names
from hpsearch.view.columns import Board, chosen, columns
from hpsearch.view.fields import USUAL
from hpsearch.view.figures import figure_names
from hpsearch.view.format import ASCII, UNICODE, cells
from hpsearch.view.rows import best, keys, names, rank, sort
from hpsearch.view.status import TOP, settled, trial_json
from hpsearch.view.table import table
from tests.view.madeup import SPACE, facts

STUDY = StudyFacts(
    **{name: value for name, value in facts().items() if name in StudyFacts.__dataclass_fields__}
)
STATES = ("waiting", "running", "complete", "pruned", "diverged", "failed")

TRIAL = TrialRecord(
    number=0,
    state="complete",
    seed=1,
    params={"network.layer_dims": (64, 32), "training.learning_rate": 0.00473},
    planned=60,
    epochs=41,
    value=0.0234,
    best_epoch=31,
    figures={"val_cost": 0.0234, "val_accuracy": 0.991, "train_cost": 0.0102},
    parameters=4810,
    slot=0,
    attempt=1,
    started=1.0,
    finished=2.0,
    seconds=1.0,
    reason="",
    told=0,
)

values = st.none() | st.floats(allow_nan=False, allow_infinity=False)
trials = st.lists(
    st.builds(
        lambda state, value, epochs, words: replace(
            TRIAL,
            state=state,
            value=None if state in ("diverged", "failed") else value,
            epochs=epochs,
            figures={} if value is None else {"val_cost": value, "val_accuracy": None},
            params={**TRIAL.params, "network.activation": words},
        ),
        st.sampled_from(STATES),
        values,
        st.integers(0, 10**6),
        st.text(),
    ),
    max_size=8,
).map(lambda many: [replace(trial, number=at) for at, trial in enumerate(many)])


@given(trials, st.sampled_from(["minimize", "maximize"]))
def test_order_is_by_state_then_value_then_number(many, direction):
    ranked = rank(many, direction)
    assert sorted(trial.number for trial in ranked) == list(range(len(many)))
    complete = [trial for trial in ranked if trial.state == "complete"]
    assert ranked[: len(complete)] == complete
    known = [trial.value for trial in complete if trial.value is not None]
    assert known == sorted(known, reverse=direction == "maximize")
    assert [t.value is None for t in complete] == sorted(t.value is None for t in complete)


@given(trials, st.sampled_from(["minimize", "maximize"]))
def test_only_a_complete_trial_is_best_and_none_is_better(many, direction):
    found = best(many, direction)
    known = [t.value for t in many if t.state == "complete" and t.value is not None]
    if not known:
        assert found is None
    else:
        assert found.state == "complete"
        assert found.value == (min if direction == "minimize" else max)(known)


def board(many, **others):
    return Board(STUDY, many, best(many, "minimize"), **others)


def two(**others):
    """Two trials that differ in everything a study searches."""
    full = {
        "network.layer_dims": (64, 32),
        "network.activation": "relu",
        "training.optimizer": "adam",
        "training.learning_rate": 0.00473,
        "training.beta1": 0.9,
        "training.mini_batch_size": 32,
        "training.keep_prob": 0.5,
    }
    other = {**full, "network.layer_dims": (16,), "network.activation": "tanh"}
    other |= {"training.optimizer": "gd", "training.learning_rate": 0.01}
    other |= {"training.beta1": 0.8, "training.mini_batch_size": 16, "training.keep_prob": 0.9}
    rows = [replace(TRIAL, params=full), replace(TRIAL, number=1, value=0.5, params=other)]
    return board(rows, **others)


def test_columns_stand_in_the_agreed_order():
    curves = {0: [0.3, 0.2]}
    titles = [column.title for column in columns(two(curves=curves))]
    assert titles == [
        *("#", "S", "val_cost", "val_accuracy", "gap", "epochs", "curve"),
        *("layers", "act", "optim", "lr", "beta1", "batch", "keep"),
        *("to best", "train_cost", "parameters", "seconds", "worker", "seed"),
    ]


def test_hyperparameters_are_ordered_by_importance():
    weights = {"training.keep_prob": 0.6, "network.activation": 0.3}
    titles = [column.title for column in columns(two(importance=weights))]
    assert titles[6:9] == ["keep", "act", "layers"]


def test_a_hyperparameter_that_is_the_same_everywhere_is_said_once():
    alike = replace(
        two().trials[1], params={**two().trials[1].params, "training.optimizer": "adam"}
    )
    shown = table(board([two().trials[0], alike]), 300)
    assert shown.alike == ("optim adam",)
    assert "optim" not in shown.header
    assert "optim" not in shown.hidden


def test_a_figure_that_no_trial_has_gets_no_column():
    bare = replace(TRIAL, figures={"val_cost": 0.0234})
    assert "val_accuracy" not in [column.title for column in columns(board([bare]))]


def test_chosen_columns_stand_behind_number_and_state():
    wanted = ("training.learning_rate", "delta", "seconds", "reason")
    shown = table(two(), 100, shown=chosen(wanted, two()))
    assert shown.header.split() == ["#", "S", "lr", "to", "best", "seconds", "reason"]
    assert shown.lines[1].split() == ["1", "✓c", "0.01", "+0.4766", "1.0s"]


@pytest.mark.parametrize(
    ("task", "metric", "names"),
    [
        ("multiclass", "val_cost", ("val_cost", "val_accuracy", "train_cost")),
        ("regression", "val_rmse", ("val_rmse", "val_cost", "train_cost")),
        ("regression", "val_cost", ("val_cost", "val_rmse", "train_cost")),
        ("binary", "val_f1", ("val_f1", "val_cost", "val_accuracy", "train_cost")),
    ],
)
def test_figures_are_those_of_the_task_the_ranking_one_first(task, metric, names):
    assert figure_names(replace(STUDY, task=task, metric=metric)) == names


def test_short_names_are_unique():
    names = short_names(["network.seed", "training.seed", "training.lambd"])
    assert list(names.values()) == ["network.seed", "training.seed", "lambd"]


@given(trials, st.integers(1, 200), st.booleans())
def test_a_table_fits_any_width_with_a_line_for_each_trial(many, width, ascii_only):
    shown = table(board(many), width, ASCII if ascii_only else UNICODE)
    assert len(shown.lines) == len(many)
    for line in (shown.header, *shown.lines):
        assert cells(line) <= width
        assert line.rstrip() == line or line == " "
    if ascii_only:
        assert "…" not in "".join(shown.lines)


@given(trials.filter(len))
def test_a_wide_table_hides_nothing(many):
    assert table(board(many), 500).hidden == ()


def test_a_narrow_table_keeps_number_state_and_metric():
    shown = table(board([TRIAL]), 24)
    assert shown.lines == ("★ 0 ✓c   0.0234 41/60",)
    assert set(shown.hidden) > {"seconds", "lr"}


def test_a_table_at_80_columns_shows_what_tells_most():
    shown = table(two(curves={0: [0.3, 0.2], 1: [0.4]}), 80)
    assert not {"lr", "layers", "gap", "curve", "val_accuracy"} & set(shown.hidden)


@pytest.mark.parametrize("width", range(24, 140))
def test_no_width_cuts_a_number_in_half(width):
    shown = two(curves={0: [0.3, 0.2], 1: [0.4]})
    made = columns(shown)
    whole = {word for column in made for word in f"{column.title} {column.brief}".split()}
    setting = shown.setting(UNICODE)
    whole |= {w for c in made for t in shown.trials for w in c.text(t, setting).split()}
    for line in (table(shown, width).header, *table(shown, width).lines):
        assert set(line.split()) <= whole | {"★"}


def test_the_star_is_for_a_complete_trial_alone():
    assert "★" not in table(board([replace(TRIAL, state="pruned")]), 80).lines[0]


def test_a_parameter_that_does_not_apply_is_a_dash():
    trial = replace(TRIAL, params={})
    assert table(board([trial]), 300).lines[0].count("–") == len(SPACE)


def test_a_line_of_parameters_uses_short_names():
    assert params_line(TRIAL) == "layers 64-32  lr 4.7e-03"


@given(trials)
def test_a_trial_in_json_has_exactly_the_agreed_keys(many):
    for trial in many:
        shown = trial_json(trial, "val_cost")
        assert tuple(shown) == TOP
        assert shown["val_cost"] == trial.value
        assert shown["params"] == dict(trial.params)


def test_a_figure_that_a_task_has_not_is_null():
    trial = replace(TRIAL, value=3.5, figures={"val_cost": 0.2, "val_rmse": 3.5})
    shown = trial_json(trial, "val_rmse")
    assert (shown["value"], shown["val_cost"], shown["val_accuracy"]) == (3.5, 0.2, None)
    assert shown["train_cost"] is None


def test_nothing_runs_where_no_engine_lives():
    running = replace(TRIAL, state="running")
    assert settled([TRIAL, running], alive=False)[1].state == "waiting"
    assert settled([TRIAL, running], alive=True) == [TRIAL, running]


VALUES = [("a", 0.2, 3.0), ("b", 0.1, 2.0), ("c", None, 1.0), ("d", 0.1, 4.0), ("e", None, 5.0)]


def timed(by):
    many = [
        replace(TRIAL, number=at, value=value, seconds=seconds, reason=word)
        for at, (word, value, seconds) in enumerate(VALUES)
    ]
    return "".join(trial.reason for trial in sort(many, keys(by), USUAL))


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("val_cost", "bdace"),
        ("-val_cost", "abdce"),
        ("val_cost,-seconds", "dbaec"),
        ("-cost, time", "abdce"),
        ("time", "cbade"),
        ("", "abcde"),
    ],
)
def test_order_by_several_keys_has_what_is_missing_last_and_keeps_ties(by, order):
    assert timed(by) == order


@given(trials, st.sampled_from(["layers", "-layers", "state,number", "act,-value", "-number"]))
def test_any_trials_can_be_ordered_by_anything(many, by):
    assert sorted(t.number for t in sort(many, keys(by), USUAL)) == list(range(len(many)))


@pytest.mark.parametrize("option", ["cost,nope", "-beta"])
def test_an_order_by_what_is_not_there_is_a_sentence(option):
    with pytest.raises(UsageError, match="--sort: "):
        keys(option, USUAL)


def test_columns_are_chosen_by_short_names_too():
    found = names("lr, act,curve", USUAL, ("curve",))
    assert found == ("training.learning_rate", "network.activation", "curve")
    with pytest.raises(UsageError, match="--columns: there is no 'acct'"):
        names("acct", USUAL)
