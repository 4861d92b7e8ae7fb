"""Networks trained together and asked as one."""

import json

import numpy as np
import pytest

from hpsearch.data.matching import read_like
from hpsearch.errors import ModelError, RunError, UsageError
from hpsearch.models.asking import load
from hpsearch.models.evaluation import evaluate
from hpsearch.models.retraining import prepare
from hpsearch.models.saved import SavedModel, checksum
from hpsearch.models.worth import compare
from hpsearch.study import studyfile
from nncore import activations
from nncore.ensemble import joint
from tests.models.conftest import TASKS, write_table

MEMBERS = 3


def _study(houses, task):
    return studyfile.read(houses / f"{task.replace(' ', '-')}.toml")


@pytest.fixture(scope="module")
def ensembles(houses, tmp_path_factory):
    """A folder with an ensemble for each task."""
    folder = tmp_path_factory.mktemp("ensembles")
    for task in TASKS:
        prepare(_study(houses, task), members=MEMBERS).run().save(folder / task)
    return folder


@pytest.fixture
def new(tmp_path):
    return write_table(tmp_path / "new.csv", 40, seed=9)


@pytest.mark.parametrize("task", TASKS)
def test_an_ensemble_says_the_mean_of_what_its_networks_say_alone(houses, ensembles, task, new):
    many, one = SavedModel.load(ensembles / task), SavedModel.load(houses / task)
    assert many.members == MEMBERS
    x = np.random.default_rng(0).normal(size=(30, many.encoder.width)).astype(np.float32)
    alone = [many.network.member(k) for k in range(MEMBERS)]
    assert np.allclose(many.outputs(x), np.mean([net.predict(x) for net in alone], axis=0))
    # the first of them is the network that the file's seed gives alone
    assert np.allclose(alone[0].predict(x), one.outputs(x), atol=1e-5)
    spread = np.ptp([net.predict(x) for net in alone], axis=0)
    assert spread.max() > 0.01
    frame = read_like(many.encoder, new)
    said = many.predict(frame).table(proba=many.task != "regression")
    assert said.height == 40
    assert evaluate(many, frame).rows == 40


@pytest.mark.parametrize("task", TASKS)
def test_an_ensemble_is_saved_again_as_it_was_and_told_by_its_figures(ensembles, tmp_path, task):
    model = SavedModel.load(ensembles / task)
    model.save(tmp_path / "again")
    for file in ("model.json", "model.safetensors"):
        assert (tmp_path / "again" / file).read_bytes() == (ensembles / task / file).read_bytes()
    said = json.loads((ensembles / task / "model.json").read_text())
    assert said["network"]["members"] == MEMBERS
    assert said["network"]["parameters"] == model.network.parameters
    figures = model.metrics["test"]
    assert figures["r2" if model.task == "regression" else "accuracy"] > 0.8


def test_an_ensemble_says_of_how_many_networks_it_is(ensembles, houses):
    assert "3 networks of " in repr(load(ensembles / "binary"))
    assert "networks" not in repr(load(houses / "binary"))


@pytest.mark.parametrize("output", ["softmax", "sigmoid", "linear"])
def test_joint_logits_give_the_mean_of_predictions_however_sure_a_network_is(output):
    link = activations[output]()
    z = np.random.default_rng(0).normal(size=(4, 50, 3)) * [[[1.0]], [[30.0]], [[300.0]], [[3.0]]]
    each, again = np.empty_like(z), np.empty(z.shape[1:])
    with np.errstate(over="ignore", under="ignore"):
        link.f(z, each)
        found = joint(link, z)
        link.f(found, again)
    assert np.isfinite(found).all()
    assert np.allclose(each.mean(axis=0), again, rtol=1e-12, atol=1e-300)


def test_one_member_is_the_network_of_today_to_the_bit(houses, tmp_path):
    prepare(_study(houses, "binary"), members=1).run().save(tmp_path / "one")
    for file in ("model.json", "model.safetensors"):
        assert (tmp_path / "one" / file).read_bytes() == (houses / "binary" / file).read_bytes()


def test_seeds_name_the_networks(houses):
    study = _study(houses, "multiclass")
    both = prepare(study, seeds=(7, 11)).run()
    assert both.training["training.seeds"] == [7, 11]
    assert "training.seed" not in both.training
    x = np.random.default_rng(0).normal(size=(20, both.encoder.width)).astype(np.float32)
    for at, seed in enumerate((7, 11)):
        alone = prepare(study, seeds=(seed,)).run()
        assert alone.members == 1
        assert alone.training["training.seed"] == seed
        assert np.allclose(both.network.member(at).predict(x), alone.outputs(x), atol=1e-5)


@pytest.mark.parametrize(
    ("members", "seeds", "said"),
    [
        (0, (), "members is 1 or more"),
        (3, (1, 2), "3 members and 2 seeds"),
        (None, (4, 5, 4), "Seed 4 is there twice"),
        (None, (-1,), "Seed -1 is not a whole number"),
        (None, (2**32,), "from 0 to 4,294,967,295"),
    ],
)
def test_what_is_no_ensemble_is_refused_before_anything_is_read(houses, members, seeds, said):
    with pytest.raises(UsageError, match=said):
        prepare(_study(houses, "binary"), members=members, seeds=seeds)


def test_an_ensemble_of_which_one_diverges_names_it(tmp_path):
    path = tmp_path / "wild.toml"
    path.write_text(
        '[data]\nsource = "sklearn:diabetes"\n[network]\nlayer_dims = [8]\n'
        '[training]\noptimizer = "gd"\nlearning_rate = 1e5\n'
    )
    with pytest.raises(RunError, match="of member 0 was"):
        prepare(studyfile.read(path), members=2).run()


@pytest.mark.parametrize("members", [None, 0, 1, 2, 4, -3, "3", 1e9, True, [3]])
def test_a_forged_number_of_members_is_a_sentence(ensembles, tmp_path, members):
    SavedModel.load(ensembles / "multiclass").save(tmp_path / "model")
    file = tmp_path / "model" / "model.json"
    said = json.loads(file.read_text())
    said["network"]["members"] = members
    said["checksum"] = checksum(said)
    file.write_text(json.dumps(said))
    with pytest.raises(ModelError, match="no model that can be used"):
        SavedModel.load(tmp_path / "model")


def test_an_ensemble_is_held_against_baselines(houses):
    retraining = prepare(_study(houses, "multiclass"), members=2)
    found = compare(retraining, retraining.run(), seconds=0)
    assert list(found.baselines) == ["majority"]
    assert not found.notes
