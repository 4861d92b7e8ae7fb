"""A trial written out as a study file: it says what the trial was, and gives it again."""

import random
from dataclasses import replace

import pytest

from hpsearch import data as tables
from hpsearch.engine.stopping import EarlyStopping
from hpsearch.errors import RunError
from hpsearch.export.configuration import configuration
from hpsearch.study import studyfile
from hpsearch.study.recipe import Shape, cook, recorded
from hpsearch.study.scores import scored
from hpsearch.study.space import Choice, applies
from nncore import schedules, train
from tests.export.wide import AT, WIDE, drawn_from, facts_of, some_params, trial_of


def _trained(study, data, seed):
    """A trial's value and best epoch, as a trainer finds them."""
    config = study.config({}) if not study.space else None
    return _train(config, data, seed, study.study.metric)


def _train(config, data, seed, metric):
    datasets = [made.dataset for made in data.prepared(str(config["data.normalize"]))]
    recipe = cook(config, Shape.of(data), recorded(data.task, metric))
    stopping = EarlyStopping(int(config["training.early_stopping"]), "minimize")
    found = None
    for epoch in train(recipe, datasets, seed):
        value = scored(epoch.figures, metric)[metric]
        if found is None or value < found[0]:
            found = value, epoch.number
        if stopping.over(value):
            break
    return found


def test_any_trial_comes_back_as_the_configuration_it_was(iris):
    study = studyfile.parse(WIDE, AT).settle(iris.task, iris.features, iris.outputs)
    facts, dice = facts_of(WIDE, iris), random.Random(0)
    for number in range(60):
        trial = trial_of(drawn_from(study, dice), number)
        text = configuration(facts, trial, AT.parent, "best.toml").text
        read = studyfile.parse(text, AT).settle(iris.task, iris.features, iris.outputs)
        assert not read.space
        assert not read.enqueue
        before, after = dict(study.config(trial.params)), dict(read.config({}))
        planned = before.pop("training.epochs")
        assert after.pop("training.epochs") == 3
        assert after.pop("training.schedule_epochs") == planned
        assert after.pop("training.seed") == 123
        before.pop("training.early_stopping")
        assert after.pop("training.early_stopping") == 0
        if before.get("training.decay_interval", 0) >= planned:
            before.pop("training.decay_interval")
        assert after == before, text


@pytest.mark.parametrize("decay", [name for name in schedules if name != "warmup"])
def test_training_it_again_up_to_its_best_epoch_gives_its_value_to_the_bit(iris, decay):
    study = studyfile.parse(WIDE, AT).settle(iris.task, iris.features, iris.outputs)
    facts, dice = facts_of(WIDE, iris), random.Random(decay)
    for number in range(4):
        params = {**drawn_from(study, dice), "training.decay": decay}
        for name, value in study.defaults().items():
            params.setdefault(name, value)
        params = {n: v for n, v in params.items() if applies(n, {**study.fixed, **params})}
        if decay in ("continuous", "discrete", "exponential"):
            params.setdefault("training.decay_rate", 0.5)
        config = study.config(params)
        value, epoch = _train(config, iris, 900 + number, "val_cost")
        trial = trial_of(params, number, 900 + number, value=value, best_epoch=epoch)
        text = configuration(facts, trial, AT.parent, "best.toml").text
        again = studyfile.parse(text, AT)
        data = tables.load(again.data)  # with the fingerprint: it must be the same split
        again = again.settle(data.task, data.features, data.outputs)
        assert _trained(again, data, again.fixed["training.seed"]) == (value, epoch)


def test_what_the_command_line_had_set_is_in_the_file(iris):
    overrides = {"training.epochs": 8, "training.optimizer": "momentum", "study.seed": 4}
    data = tables.load(studyfile.parse(WIDE, AT, overrides).data)
    facts = facts_of(WIDE, data, overrides=overrides)
    study = studyfile.parse(WIDE, AT, overrides)
    params = study.defaults()
    text = configuration(facts, trial_of(params), AT.parent, "best.toml").text
    read = studyfile.parse(text, AT)
    assert read.fixed["training.optimizer"] == "momentum"
    assert read.fixed["training.schedule_epochs"] == 8
    assert read.data.split_seed == 4
    assert tables.load(read.data).fingerprint == data.fingerprint


@pytest.mark.parametrize(
    "text",
    [
        '[data]\nsource = "sklearn:iris"',
        'data = { source = "sklearn:iris" }\n[training]\nepochs = 5\n',
        'data.source = "sklearn:iris"\ntraining.epochs = 5\ndata.test = 0.3\n',
        '[training]\nepochs = { int = [2, 9] }\n\n[data]\r\nsource = "sklearn:iris"\r\n',
        '[data]\nsource = "sklearn:iris"\n[network]\nlayer_dims = { all = [4, 7, 3] }\n',
        '[data]\nsource = "sklearn:iris"\n[network]\nlayer_dims = { choice = [[4, 3], [5]] }\n',
        '[data]\nsource = "sklearn:iris"\n[training]\nschedule_epochs = 90\nepochs = 9\n',
        '[data]\nsource = "sklearn:iris"\n[training]\nepochs = 1\ndecay = "discrete"\n',
        '[data]\nsource = "sklearn:iris"\n[training]\nseed = 77\n',
    ],
)
def test_any_way_of_writing_a_study_can_be_exported(text):
    study = studyfile.parse(text, AT)
    data = tables.load(study.data)
    study = study.settle(data.task, data.features, data.outputs)
    params = dict(study.defaults())
    if isinstance(study.space.get("network.layer_dims"), Choice):
        params["network.layer_dims"] = (4, 3)  # as wide as the data at both ends
    trial = trial_of(params, best_epoch=1)
    written = configuration(facts_of(text, data), trial, AT.parent, "best.toml").text
    read = studyfile.parse(written, AT).settle(data.task, data.features, data.outputs)
    before = study.config(params)
    assert read.config({})["network.layer_dims"] == before["network.layer_dims"]
    planned = before.get("training.schedule_epochs", before["training.epochs"])
    assert read.fixed["training.schedule_epochs"] == planned
    assert read.data.fingerprint == data.fingerprint
    # and the export of an export is the same again, but for its name and heading
    again = configuration(facts_of(written, data), trial_of({}, best_epoch=1), AT.parent, "x.toml")
    assert again.text.partition("[data]")[2] == written.partition("[data]")[2]


def test_a_network_without_hidden_layers_had_no_dropout(iris):
    text = """
        [data]
        source = "sklearn:iris"
        [network]
        layer_dims = { depth = [1, 2], width = [4, 8] }
        [training]
        regularization = "both"
        keep_prob = { float = [0.5, 0.9] }
    """
    params = {"network.layer_dims": (), "training.keep_prob": 0.5}
    exported = configuration(facts_of(text, iris), trial_of(params), AT.parent, "best.toml").text
    read = studyfile.parse(exported, AT)
    assert read.fixed["training.regularization"] == "l2"


def test_a_run_that_does_not_know_its_data_is_a_sentence(iris):
    facts = replace(facts_of(WIDE, iris), data={})
    with pytest.raises(RunError, match="what its data was like"):
        configuration(facts, trial_of(some_params()), AT.parent, "best.toml")
