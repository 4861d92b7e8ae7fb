"""Options tables for samplers and pruners: what Optuna's classes take, and what is said else."""

import warnings
from pathlib import Path

import pytest

from hpsearch.engine import pruning, samplers
from hpsearch.engine.soundness import hold_options, hold_space
from hpsearch.errors import StudyFileError
from hpsearch.study import schema, studyfile
from hpsearch.study.options import StudyOptions
from hpsearch.study.space import parameters

EPOCHS = 60


def refused(what, name, **options):
    """The key and the sentence of what is wrong."""
    of = StudyOptions("s", **{what: name, f"{what}_options": options})
    return samplers.mistakes(of) if what == "sampler" else pruning.mistakes(of, EPOCHS)


TABLE = [
    ("sampler", "tpe", {"n_startup": 3}, "no such option; did you mean 'n_startup_trials'?"),
    ("sampler", "tpe", {"qqq": 3}, "tpe has no such option; it has constant_liar, group, multi"),
    ("sampler", "tpe", {"seed": 3}, "tpe has no such option"),
    ("sampler", "tpe", {"gamma": 3}, "tpe has no such option"),
    ("sampler", "tpe", {"n_startup_trials": "ten"}, '"ten" does not fit; write a whole number'),
    ("sampler", "tpe", {"n_startup_trials": -1}, "-1 does not fit; write a whole number from 0."),
    ("sampler", "tpe", {"n_startup_trials": 3.0}, "3.0 does not fit; write a whole number"),
    ("sampler", "tpe", {"n_startup_trials": True}, "true does not fit; write a whole number"),
    ("sampler", "tpe", {"n_ei_candidates": 0}, "0 does not fit; write a whole number from 1."),
    ("sampler", "tpe", {"group": 1}, "1 does not fit; write true or false"),
    ("sampler", "tpe", {"multivariate": False, "group": True}, "``multivariate`` is enabled"),
    ("sampler", "random", {"n_startup_trials": 3}, "it has none; take it out."),
    ("sampler", "qmc", {"qmc_type": "sobel"}, "Choose either `halton` or `sobol`"),
    ("sampler", "qmc", {"warn_independent_sampling": True}, "it has qmc_type, scramble."),
    ("pruner", "median", {"n_startup_trials": -1}, "-1 does not fit"),
    ("pruner", "median", {"n_warmup_steps": 3}, "it has n_min_trials, n_startup_trials."),
    ("pruner", "percentile", {"percentil": 12}, "did you mean 'percentile'?"),
    ("pruner", "percentile", {"percentile": 120}, "between 0 and 100 inclusive"),
    ("pruner", "halving", {"min_resource": "auto"}, '"auto" does not fit; write a whole number'),
    ("pruner", "halving", {"min_early_stopping_rate": 9}, "lower min_resource or min_early"),
    ("pruner", "hyperband", {"min_resource": 61}, "after 61 epochs for the first time, but trials"),
    ("pruner", "hyperband", {"reduction_factor": 1}, "1 does not fit; write a whole number from 2"),
    ("pruner", "hyperband", {"max_resource": 9}, "hyperband has no such option"),
    ("pruner", "threshold", {}, "threshold has no bound; write upper or lower"),
    ("pruner", "threshold", {"upper": "x"}, '"x" does not fit; write a number.'),
]


@pytest.mark.parametrize(("what", "name", "options", "sentence"), TABLE)
def test_an_option_that_does_not_fit_is_answered_with_the_way_out(what, name, options, sentence):
    ((key, said),) = refused(what, name, **options)
    assert key in (f"study.{what}_options", f"study.{what}_options.{next(iter(options), '')}")
    assert sentence in said


def test_all_wrong_options_are_said_at_once():
    assert len(refused("pruner", "percentile", percentil=1, n_min_trials=0)) == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[study.sampler_options]\nn_startup = 3", 4),
        ("[study]\nsampler_options = { n_startup = 3 }", 4),
        ('[study]\npruner = "threshold"', 3),
        ('[study]\npruner = "median"\n[study.pruner_options]\nn_startup_trials = 1.5', 6),
    ],
)
def test_a_wrong_option_is_named_with_its_line(text, line):
    study = studyfile.parse(f'[data]\nsource = "sklearn:digits"\n{text}', Path("s.toml"))
    with pytest.raises(StudyFileError) as caught:
        hold_options(study)
    assert str(caught.value).startswith(f"s.toml:{line}: study.")


def test_what_is_enqueued_beyond_the_limit_is_refused():
    text = "[network]\nlayer_dims = { depth = [1, 2], width = [8, 64] }\nmax_parameters = 2000\n"
    text += "[[enqueue]]\nlayer_dims = [64, 64]\n"
    study = studyfile.parse(f'[data]\nsource = "sklearn:digits"\n{text}', Path("s.toml"))
    study = study.settle("multiclass", 64, 10)
    with pytest.raises(StudyFileError, match=r"s\.toml:5: .*has 8,970 parameters; raise it, or"):
        hold_space(study, lambda config: parameters(config["network.layer_dims"], 64, 10))


def test_a_grid_without_an_end_is_refused_with_its_line():
    text = '[study]\nsampler = "grid"\n[network]\nlayer_dims = { depth = [1, 9], width = [8, 64] }'
    study = studyfile.parse(f'[data]\nsource = "sklearn:digits"\n{text}', Path("s.toml"))
    with pytest.raises(StudyFileError, match=r"s\.toml:6: .*too many layer lists for a grid"):
        hold_space(study.settle("multiclass", 64, 10), lambda config: 0)


@pytest.mark.parametrize("name", schema.PRUNERS)
@pytest.mark.parametrize("epochs", [1, 2, 7, 60, 1000])
def test_every_pruner_decides_within_a_trial(name, epochs):
    options = {"upper": 1} if name == "threshold" else {}
    of = StudyOptions("s", pruner=name, pruner_options=options)
    pruning.make(of, epochs)
    rungs = pruning.rungs(of, epochs)
    assert all(1 <= rung < epochs for rung in rungs)
    assert bool(rungs) == (name != "none" and epochs > 1)
    assert len(rungs) <= 20


def test_median_decides_after_a_sixth_of_the_epochs_and_then_every_twentieth():
    of = StudyOptions("s", pruner="median")
    assert sorted(pruning.rungs(of, 60))[:3] == [10, 13, 16]


def test_an_option_moves_the_rungs():
    later = {"min_resource": 2, "reduction_factor": 4, "min_early_stopping_rate": 1}
    of = StudyOptions("s", pruner="halving", pruner_options=later)
    assert sorted(pruning.rungs(of, EPOCHS)) == [8, 32]


def test_auto_is_median_for_few_trials_and_hyperband_for_many():
    assert pruning.chosen(StudyOptions("s", trials=299)) == "median"
    assert pruning.chosen(StudyOptions("s", trials=300)) == "hyperband"


def test_a_sampler_without_groups_is_one_key_away():
    made = samplers.Maker(StudyOptions("s", sampler_options={"multivariate": False})).make(0, 0)
    assert made.infer_relative_search_space(None, None) == {}  # type: ignore[arg-type]  # it asks neither


@pytest.mark.parametrize("name", schema.kind_of("study.sampler").names())
def test_every_sampler_is_made_without_a_warning(name):
    samplers.Maker(StudyOptions("s", sampler=name)).make(3, 1)


@pytest.mark.parametrize("sampler", ["tpe", "qmc"])
def test_what_a_program_is_warned_of_stays_its_own(sampler):
    before = list(warnings.filters)
    samplers.Maker(StudyOptions("s", sampler=sampler)).make(0, 0)
    assert warnings.filters == before
