"""A trial written out as a study file: it says what the trial was, and gives it again."""

import json
import random
from dataclasses import replace

import pytest

from hpsearch import data as tables
from hpsearch.engine.stopping import EarlyStopping
from hpsearch.errors import RunError, UsageError
from hpsearch.export.choosing import best, numbered
from hpsearch.export.configuration import configuration
from hpsearch.store.reader import Reader
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study import studyfile
from hpsearch.study.recipe import Shape, cook, recorded
from hpsearch.study.scores import scored
from hpsearch.study.space import Choice, Float, Int, Layers, applies
from nncore import schedules, train
from tests.view.madeup import MadeUp

WIDE = """
# Everything is searched here.
[study]
name = "wide"
trials = 40
sampler = "random"
pruner = "median"

[data]
# the flowers
# split_seed = 7
# path = "or.csv"
source = "sklearn:iris"
normalize = { choice = ["standard", "minmax", "quantile", "robust", "none"] }
# a fifth, as usual
test = 0.2      # never looked at
validation = "auto"

# hidden layers, not too many
[network]
layer_dims = { depth = [1, 3], width = [3, 16], log = true }
activation = { choice = ["relu", "tanh"] }  # both are fine
max_parameters = 100_000

[training]
epochs = { int = [4, 9] }
mini_batch_size = { choice = [8, 16, 32] }
# these four
optimizer = { choice = ["gd", "momentum", "adam", "adamw"] }
learning_rate = { float = [1e-4, 1e-1], log = true }
beta1 = { float = [0.8, 0.99] }
beta2 = { float = [0.9, 0.9999] }
weight_decay = { float = [1e-3, 1e-1], log = true }
decay = { choice = [DECAYS] }
decay_rate = { float = [1e-3, 1.0], log = true }
regularization = { choice = ["none", "l2", "dropout", "both"] }
lambd = { float = [0.01, 10.0], log = true }
keep_prob = { float = [0.5, 0.95] }
clip_norm = 5.0  # never in the way
early_stopping = 3

[[enqueue]]
"training.learning_rate" = 0.0075
"""
DECAYS = ", ".join(f'"{name}"' for name in schedules if name != "warmup")
WIDE = WIDE.replace("DECAYS", DECAYS)


@pytest.fixture(scope="module")
def iris():
    return tables.load(studyfile.parse('[data]\nsource = "sklearn:iris"', _at()).data)


def _at(folder="."):
    from pathlib import Path

    return Path(folder, "wide.toml").absolute()


def _facts(text, data, path=None, overrides=None):
    """What the engine writes down when it opens a study."""
    path = path or _at()
    study = studyfile.parse(text, path, overrides)
    meaning = {**study.meaning(), "data.fingerprint": data.fingerprint}
    told = {"fingerprint": data.fingerprint, "features": data.features, "outputs": data.outputs}
    told = {**told, "rows": dict(data.rows)}
    return StudyFacts(
        name=study.study.name,
        metric=study.study.metric,
        direction="minimize",
        task=data.task,
        trials=40,
        workers=1,
        state="finished",
        why="",
        created=0.0,
        seconds=1.0,
        beat=1.0,
        epochs=9,
        meaning=json.loads(json.dumps(meaning)),
        toml=text,
        path=str(path),
        data=told,
    )


def _trial(params, number=7, seed=123, **others):
    fields = {
        "state": "complete",
        "planned": 9,
        "epochs": 9,
        "value": 0.25,
        "best_epoch": 3,
        "figures": {"val_cost": 0.25, "val_accuracy": 0.9},
        "parameters": 100,
        "slot": 0,
        "attempt": 1,
        "started": 0.0,
        "finished": 1.0,
        "seconds": 1.0,
        "reason": "",
        "told": 0,
    }
    return TrialRecord(number=number, seed=seed, params=params, **{**fields, **others})


def _drawn(study, dice):
    params = {}
    for name, range_ in study.space.items():
        if not applies(name, {**study.fixed, **params}):
            continue
        match range_:
            case Choice(options):
                params[name] = dice.choice(options)
            case Int(low, high):
                params[name] = dice.randint(low, high)
            case Float(low, high):
                params[name] = dice.uniform(low, high)
            case Layers((low, high), (narrow, wide)):
                depth = dice.randint(low, high)
                params[name] = tuple(dice.randint(narrow, wide) for _ in range(depth))
    return params


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
    study = studyfile.parse(WIDE, _at()).settle(iris.task, iris.features, iris.outputs)
    facts, dice = _facts(WIDE, iris), random.Random(0)
    for number in range(60):
        trial = _trial(_drawn(study, dice), number)
        text = configuration(facts, trial, _at().parent, "best.toml").text
        read = studyfile.parse(text, _at()).settle(iris.task, iris.features, iris.outputs)
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
    study = studyfile.parse(WIDE, _at()).settle(iris.task, iris.features, iris.outputs)
    facts, dice = _facts(WIDE, iris), random.Random(decay)
    for number in range(4):
        params = {**_drawn(study, dice), "training.decay": decay}
        for name, value in study.defaults().items():
            params.setdefault(name, value)
        params = {n: v for n, v in params.items() if applies(n, {**study.fixed, **params})}
        if decay in ("continuous", "discrete", "exponential"):
            params.setdefault("training.decay_rate", 0.5)
        config = study.config(params)
        value, epoch = _train(config, iris, 900 + number, "val_cost")
        trial = _trial(params, number, 900 + number, value=value, best_epoch=epoch)
        text = configuration(facts, trial, _at().parent, "best.toml").text
        again = studyfile.parse(text, _at())
        data = tables.load(again.data)  # with the fingerprint: it must be the same split
        again = again.settle(data.task, data.features, data.outputs)
        assert _trained(again, data, again.fixed["training.seed"]) == (value, epoch)


def test_comments_stay_where_they_still_say_the_truth(iris):
    trial = _trial({"data.normalize": "standard", **_some_params()})
    text = configuration(_facts(WIDE, iris), trial, _at().parent, "best.toml").text
    for kept in (
        "# the flowers",
        '# path = "or.csv"',
        "# a fifth, as usual",
        "# never looked at",
        "# never in the way",
    ):
        assert kept in text
    gone = (
        "Everything is searched",
        "split_seed = 7",
        "these four",
        "both are fine",
        "hidden layers, not",
    )
    for lie in (*gone, "sampler", "pruner", "enqueue", "max_parameters"):
        assert lie not in text


def _some_params():
    return {
        "network.layer_dims": (8,),
        "network.activation": "tanh",
        "training.epochs": 6,
        "training.mini_batch_size": 16,
        "training.optimizer": "gd",
        "training.decay": "none",
        "training.learning_rate": 0.01,
        "training.regularization": "none",
    }


def test_the_heading_tells_the_trial_its_figures_and_what_to_do_with_it(iris):
    trial = _trial({"data.normalize": "none", **_some_params()})
    exported = configuration(_facts(WIDE, iris), trial, _at().parent, "my best.toml")
    lines = exported.text.splitlines()
    assert "Trial 7 of the study wide" in lines[0]
    assert "epoch 3 of 9 planned: val_cost 0.25, val_accuracy 0.9" in lines[1]
    assert "hpsearch retrain 'my best.toml' -o wide-trial-7" in exported.text


def test_a_file_name_cannot_break_out_of_the_heading(iris):
    trial = _trial({"data.normalize": "none", **_some_params()})
    evil = 'best.toml\n[data]\nsource = "x"'
    exported = configuration(_facts(WIDE, iris), trial, _at().parent, evil)
    assert studyfile.parse(exported.text, _at()).data.source == "sklearn:iris"


def test_what_the_command_line_had_set_is_in_the_file(iris):
    overrides = {"training.epochs": 8, "training.optimizer": "momentum", "study.seed": 4}
    data = tables.load(studyfile.parse(WIDE, _at(), overrides).data)
    facts = _facts(WIDE, data, overrides=overrides)
    study = studyfile.parse(WIDE, _at(), overrides)
    params = study.defaults()
    text = configuration(facts, _trial(params), _at().parent, "best.toml").text
    read = studyfile.parse(text, _at())
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
    study = studyfile.parse(text, _at())
    data = tables.load(study.data)
    study = study.settle(data.task, data.features, data.outputs)
    params = dict(study.defaults())
    if isinstance(study.space.get("network.layer_dims"), Choice):
        params["network.layer_dims"] = (4, 3)  # as wide as the data at both ends
    trial = _trial(params, best_epoch=1)
    written = configuration(_facts(text, data), trial, _at().parent, "best.toml").text
    read = studyfile.parse(written, _at()).settle(data.task, data.features, data.outputs)
    before = study.config(params)
    assert read.config({})["network.layer_dims"] == before["network.layer_dims"]
    planned = before.get("training.schedule_epochs", before["training.epochs"])
    assert read.fixed["training.schedule_epochs"] == planned
    assert read.data.fingerprint == data.fingerprint
    # and the export of an export is the same again, but for its name and heading
    again = configuration(_facts(written, data), _trial({}, best_epoch=1), _at().parent, "x.toml")
    assert again.text.partition("[data]")[2] == written.partition("[data]")[2]


def test_paths_to_data_are_written_as_seen_from_the_new_file(tmp_path):
    (tmp_path / "studies").mkdir()
    (tmp_path / "out" / "deep").mkdir(parents=True)
    table = tmp_path / "flowers.csv"
    table.write_text("a,b,kind\n" + "".join(f"{i},{i * i % 7},{'xy'[i % 2]}\n" for i in range(40)))
    for written in ("../flowers.csv", str(table)):
        text = f'[data]\npath = "{written}"\ntarget = "kind"\n'
        at = tmp_path / "studies" / "flowers.toml"
        study = studyfile.parse(text, at)
        data = tables.load(study.data)
        facts = _facts(text, data, at)
        new = tmp_path / "out" / "deep" / "best.toml"
        exported = configuration(facts, _trial(study.defaults()), new.parent, "best.toml")
        assert studyfile.parse(exported.text, new).data.path == table
        wanted = written if written.startswith("/") else "../../flowers.csv"
        assert f'path = "{wanted}"' in exported.text
        assert 'target = "kind"' in exported.text
        tables.load(studyfile.parse(exported.text, new).data)


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
    exported = configuration(_facts(text, iris), _trial(params), _at().parent, "best.toml").text
    read = studyfile.parse(exported, _at())
    assert read.fixed["training.regularization"] == "l2"


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


def test_a_pruned_trial_is_exported_with_a_word_about_it(iris):
    params = {"data.normalize": "none", **_some_params()}
    trial = replace(_trial(params), state="pruned", epochs=4)
    text = configuration(_facts(WIDE, iris), trial, _at().parent, "best.toml").text
    assert "pruned after epoch 4" in text


def test_a_run_that_does_not_know_its_data_is_a_sentence(iris):
    facts = replace(_facts(WIDE, iris), data={})
    with pytest.raises(RunError, match="what its data was like"):
        configuration(facts, _trial(_some_params()), _at().parent, "best.toml")
