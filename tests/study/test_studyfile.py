"""What a study file comes to mean."""

from pathlib import Path

import pytest

from hpsearch.errors import StudyFileError
from hpsearch.study import studyfile
from hpsearch.study.defaults import default_space_toml
from hpsearch.study.space import Choice, Layers

DATA = '[data]\nsource = "sklearn:digits"\n'
STUDIES = Path(__file__).parents[2] / "studies"


def parse(text, overrides=None, path="some/where/s.toml"):
    return studyfile.parse(text, Path(path), overrides)


def test_a_file_with_only_data_searches_a_space_that_has_the_defaults_in_it():
    study = parse(DATA)
    assert study.study.name == "s"
    assert isinstance(study.space["network.layer_dims"], Layers)
    assert study.defaults()["network.layer_dims"] == (100,)
    assert study.defaults()["training.optimizer"] == "adam"
    assert study.defaults()["training.learning_rate"] == 1e-3


@pytest.mark.parametrize("task", [None, "binary", "multiclass", "multilabel", "regression"])
def test_the_default_space_reads_for_every_task(task):
    text = DATA + (f'task = "{task}"\n' if task else "")
    written = parse(f"{text}\n{default_space_toml(task)}")
    assert written.meaning() == parse(text).meaning()


def test_omitted_keys_are_adam_one_hidden_layer_and_early_stopping():
    config = parse(f"{DATA}[network]").config({})
    assert config == {
        "data.normalize": "standard",
        "network.layer_dims": (100,),
        "network.activation": "relu",
        "network.initializer": "he_normal",
        "training.epochs": 60,
        "training.mini_batch_size": 32,
        "training.optimizer": "adam",
        "training.learning_rate": 1e-3,
        "training.beta1": 0.9,
        "training.beta2": 0.999,
        "training.decay": "none",
        "training.regularization": "none",
        "training.early_stopping": 10,
        "training.loss": "auto",
    }


def test_what_is_switched_on_without_a_value_has_one():
    text = f'{DATA}[training]\ndecay = "discrete"\nregularization = "both"\nepochs = 40\n'
    config = parse(f'{text}optimizer = "adamw"').config({})
    assert config["training.decay_rate"] == 0.01
    assert config["training.decay_interval"] == 8
    assert config["training.lambd"] == 1.0
    assert config["training.keep_prob"] == 0.8
    assert config["training.weight_decay"] == 0.01


def test_the_interval_of_an_exported_study_is_that_of_the_planned_epochs():
    text = f'{DATA}[training]\ndecay = "discrete"\nepochs = 7\nschedule_epochs = 60'
    assert parse(text).config({})["training.decay_interval"] == 12


def test_an_export_reads_back_with_seed_and_fingerprint():
    study = parse(
        f'{DATA}fingerprint = "{"0a" * 16}"\nsplit_seed = 3\n'
        "[network]\nlayer_dims = { all = [64, 20, 10] }\n"
        "[training]\nseed = 12\nepochs = 7\nschedule_epochs = 60\nearly_stopping = 0\n"
    )
    assert study.config({})["training.seed"] == 12
    assert study.config({})["training.schedule_epochs"] == 60
    assert study.data.fingerprint == "0a" * 16
    settled = study.settle("multiclass", 64, 10)
    assert settled.config({})["network.layer_dims"] == (20,)
    assert settled.config({})["training.loss"] == "categorical_cross_entropy"


def test_a_seed_that_is_not_written_is_not_in_the_configuration():
    assert "training.seed" not in parse(DATA).config({})


def test_the_split_follows_the_seed_of_the_study_unless_it_has_its_own():
    assert parse(DATA, {"study.seed": 5}).data.split_seed == 5
    assert parse(f"{DATA}split_seed = 2", {"study.seed": 5}).data.split_seed == 2


def test_paths_are_relative_to_the_file_and_mean_the_same_when_both_move(tmp_path):
    text = '[data]\npath = "../data/a.csv"\ntarget = "y"\n'
    one = parse(text, path=tmp_path / "one" / "s.toml")
    other = parse(text, path=tmp_path / "two" / "s.toml")
    assert one.data.path == tmp_path / "data" / "a.csv"
    assert one.data.target == ("y",)
    assert one.meaning() == other.meaning()


def test_a_path_of_the_command_line_is_relative_to_where_we_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = parse('[data]\npath = "b.csv"', {"data.path": "a.csv"}, tmp_path / "deep" / "s.toml")
    assert study.data.path == tmp_path / "a.csv"
    again = parse(study.resolved(), path=tmp_path / "deep" / "s.toml")
    assert again.data.path == study.data.path


def test_the_command_line_wins_and_needs_no_quotes():
    study = parse(
        f"{DATA}[training]\nepochs = 60\n",
        {
            "training.epochs": "20",
            "training.optimizer": "gd",
            "training.learning_rate": "{ float = [1e-4, 1e-2], log = true }",
            "study.name": "7",
            "study.trials": 5,
            "study.sampler_options.n_startup_trials": "20",
        },
    )
    assert study.fixed["training.epochs"] == 20
    assert study.fixed["training.optimizer"] == "gd"
    assert list(study.space) == ["training.learning_rate"]
    assert (study.study.name, study.study.trials) == ("7", 5)
    assert study.study.sampler_options == {"n_startup_trials": 20}


def test_fixing_a_choice_on_the_command_line_clears_what_depended_on_it():
    text = (
        f'{DATA}[training]\noptimizer = {{ choice = ["gd", "adam"] }}\n'
        "beta2 = { float = [0.9, 0.99] }  # of adam\n"
        '[[enqueue]]\noptimizer = "adam"\nbeta2 = 0.95\n'
    )
    study = parse(text, {"training.optimizer": "gd"})
    assert not study.space
    assert study.enqueue == ({},)
    assert "of adam" not in study.resolved()


def test_budgets_and_workers_mean_nothing_to_a_trial_and_the_rest_does():
    text = f"{DATA}[training]\nepochs = 60\n"
    before = parse(text).meaning()
    idle = {"study.trials": 3, "study.workers": 1, "study.sampler": "random", "study.name": "q"}
    assert parse(text, idle).meaning() == before
    after = parse(text, {"training.epochs": 80, "training.clip_norm": 1.5}).meaning()
    assert studyfile.differences(before, after) == [
        "training.epochs: 60 → 80",
        "training.clip_norm: not set → 1.5",
    ]


def test_meaning_is_the_same_before_and_after_settling():
    study = parse(DATA)
    assert study.settle("multiclass", 64, 10).meaning() == study.meaning()


def test_entries_may_use_full_names_endings_or_tables():
    study = parse(
        f"{DATA}[training]\nlearning_rate = {{ float = [1e-4, 1.0] }}\n"
        "mini_batch_size = { choice = [16, 32] }\n"
        '[[enqueue]]\n"training.learning_rate" = 1\nmini_batch_size = 16\n'
        "[[enqueue]]\ntraining.learning_rate = 0.5\nepochs = 60\n"
    )
    assert study.enqueue == (
        {"training.mini_batch_size": 16, "training.learning_rate": 1.0},
        {"training.learning_rate": 0.5},
    )


def test_a_plain_list_holds_the_hidden_layers():
    text = f"{DATA}[network]\nlayer_dims = [20, 7, 5]"
    assert parse(text).settle("multiclass", 64, 10).config({})["network.layer_dims"] == (20, 7, 5)


def test_the_largest_network_keeps_to_max_parameters():
    text = f"{DATA}[network]\nlayer_dims = {{ depth = [1, 3], width = [4, 4096] }}\n"
    study = parse(f"{text}max_parameters = 20_000").settle("multiclass", 64, 10)
    from hpsearch.study.space import parameters

    assert parameters(study.largest()["network.layer_dims"], 64, 10) <= 20_000
    assert study.fixed["network.max_parameters"] == 20_000
    assert "network.max_parameters" not in study.config(study.defaults())


def test_several_losses_may_be_searched_when_ranked_by_a_metric():
    text = (
        '[study]\nmetric = "val_rmse"\n' + DATA + "[training]\n"
        'loss = { choice = ["mse", "huber"] }\n'
    )
    study = parse(text).settle("regression", 10, 1)
    assert study.space["training.loss"] == Choice(("mse", "huber"))
    with pytest.raises(StudyFileError, match="does not fit a binary task"):
        parse(text).settle("binary", 10, 1)


def test_a_file_with_a_mark_and_windows_lines_reads(tmp_path):
    path = tmp_path / "s.toml"
    path.write_bytes(b"\xef\xbb\xbf" + DATA.replace("\n", "\r\n").encode() + b"[study]\r\nx = 1")
    with pytest.raises(StudyFileError, match=r":4: study\.x"):
        studyfile.read(path)


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_bundled_study_reads_and_does_not_fix_the_workers(path):
    study = studyfile.read(path)
    assert study.study.name == path.stem
    assert study.study.workers is None
    assert studyfile.parse(study.resolved(), path).meaning() == study.meaning()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90", 90),
        ('"90s"', 90),
        ('"30m"', 1800),
        ('"1h30m"', 5400),
        ('"2d"', 172_800),
        ("0.5", 0.5),
    ],
)
def test_a_time_is_seconds_or_days_hours_minutes_and_seconds(written, seconds):
    text = f'[data]\nsource = "sklearn:iris"\n[study]\ntimeout = {written}\n'
    assert studyfile.parse(text, Path("a.toml")).study.timeout == seconds
