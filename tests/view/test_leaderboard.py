"""Order, columns and the table they make."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.columns import columns, figure_names, params_line, short_names
from hpsearch.view.format import ASCII, cells
from hpsearch.view.rows import best, rank
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


def test_columns_are_those_that_were_asked_for():
    titles = [column.title for column in columns(STUDY)]
    assert titles == [
        *("#", "S", "val_cost", "val_accuracy", "train_cost", "epochs"),
        *("layers", "act", "optim", "lr", "beta1", "batch", "keep"),
        "seconds",
    ]


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
    shown = table(STUDY, many, width, ASCII) if ascii_only else table(STUDY, many, width)
    assert len(shown.lines) == len(many)
    for line in (shown.header, *shown.lines):
        assert cells(line) <= width
        assert line.rstrip() == line or line == " "
    if ascii_only:
        assert "…" not in "".join(shown.lines)


@given(trials.filter(len))
def test_a_wide_table_hides_nothing(many):
    assert table(STUDY, many, 400).hidden == ()


def test_a_narrow_table_keeps_number_state_and_metric():
    shown = table(STUDY, [TRIAL], 24)
    assert shown.lines == ("★ 0 ✓c   0.0234  41/60",)
    assert set(shown.hidden) > {"seconds", "lr"}


def test_a_table_at_80_columns_shows_the_learning_rate_and_the_layers():
    assert not {"lr", "layers", "seconds", "train_cost"} & set(table(STUDY, [TRIAL], 80).hidden)


def test_the_star_is_for_a_complete_trial_alone():
    assert "★" not in table(STUDY, [replace(TRIAL, state="pruned")], 80).lines[0]


def test_a_parameter_that_does_not_apply_is_a_dash():
    trial = replace(TRIAL, params={})
    assert table(STUDY, [trial], 200).lines[0].count("–") == len(SPACE)


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
