"""Every family of mistakes: what is written, what is answered, and on which line."""

from pathlib import Path

import pytest

from hpsearch.errors import StudyFileError
from hpsearch.study import studyfile
from hpsearch.study.mistakes import Mistakes, Places

DATA = '[data]\nsource = "sklearn:digits"\n'
"""Two lines, so that what follows begins on the third."""


def refused(text, overrides=None):
    with pytest.raises(StudyFileError) as caught:
        studyfile.parse(text, Path("s.toml"), overrides)
    return str(caught.value).splitlines()


TABLE = [
    # how values are written
    ("[study]\ntrials = true", 4, "study.trials: true does not fit; write a whole number from 1"),
    ("[study]\ntrials = 60.0", 4, "study.trials: 60.0 does not fit"),
    ("[study]\ntrials = 0", 4, "study.trials: 0 does not fit"),
    ("[study]\ntrials = 99999999999999999999", 4, "study.trials: a huge number does not fit"),
    ("[study]\ntrials = 1979-05-27", 4, "study.trials: 1979-05-27 does not fit"),
    ('[study]\nname = "../up"', 4, 'study.name: "../up" does not fit; write letters'),
    ('[study]\nname = ""', 4, "study.name"),
    (f'[study]\nname = "{"a" * 65}"', 4, "study.name"),
    ('[study]\nsampler = "tpee"', 4, "no sampler called 'tpee'. Did you mean 'tpe'?"),
    ('[study]\nsampler = "gp"', 4, "study.sampler: 'gp' is not built yet; write one of tpe"),
    (
        '[study]\nbackend = "ray"',
        4,
        "study.backend: 'ray' is not built yet; write one of loky, dask",
    ),
    ('[study]\npruner = "medain"', 4, "Did you mean 'median'?"),
    ('[study]\nmetric = "val_acuracy"', 4, "Did you mean 'val_accuracy'?"),
    ("[study]\nseed = -1", 4, "study.seed: -1 does not fit"),
    ("[study]\nworkers = 0", 4, "study.workers: 0"),
    ("[study]\ndefaults_first = 1", 4, "study.defaults_first: 1 does not fit; write true or false"),
    ("[study]\nsampler_options = 3", 4, "study.sampler_options: 3 does not fit; write a table"),
    ("[study.sampler_options]\nx = nan", 3, "study.sampler_options"),
    ("[training]\nlearning_rate = nan", 4, "training.learning_rate: nan does not fit"),
    ("[training]\nlearning_rate = inf", 4, "training.learning_rate: inf does not fit"),
    ("[training]\nlearning_rate = 0", 4, "0 does not fit; write a number above 0"),
    ('[training]\nlearning_rate = "fast"', 4, '"fast" does not fit'),
    ("[training]\nbeta1 = 1.0", 4, "training.beta1: 1.0 does not fit; write a number from 0 and"),
    ('[network]\nactivation = "rleu"', 4, "no activation called 'rleu'. Did you mean 'relu'?"),
    ('[network]\nactivation = "softmax"', 4, "no activation called 'softmax'"),
    ('[training]\ndecay = "warmup"', 4, "no decay called 'warmup'"),
    ("[network]\nlayer_dims = 64", 4, "64 does not fit; write the hidden layers such as [64, 32]"),
    ("[network]\nlayer_dims = [64, 0]", 4, "network.layer_dims: 0 does not fit"),
    ("[network]\nlayer_dims = [64, true]", 4, "network.layer_dims: true does not fit"),
    # keys
    ("[study]\ntrails = 3", 4, "study.trails: there is no such key; did you mean study.trials?"),
    ("[study]\nepochs = 3", 4, "study.epochs: there is no such key; did you mean training.epochs?"),
    ("[training]\nlr = 0.1", 4, "no such key; did you mean training.learning_rate?"),
    ("[study]\nqqqq = 3", 4, "study.qqqq: there is no such key; [study] has name, metric"),
    ("[trainning]\nepochs = 3", 3, "no table called 'trainning'. Did you mean 'training'?"),
    ("study = 3", 3, "data.study: there is no such key"),
    ("[[study]]\ntrials = 3", 3, "study: is [{ trials = 3 }]; write a table: [study]."),
    ('[study]\ntimeout = "half an hour"', 4, 'write a time such as "90s", "30m", "1h30m"'),
    ('[study]\ntimeout = "0s"', 4, 'write a time such as "90s", "30m", "1h30m"'),
    ('[study]\nkeep = "best"', 4, 'write "best:10", "all" or "none"'),
    ('[study]\nname = "a\ntrials = 3', 4, "not TOML: a quote is opened and not closed"),
    ("[study]\ntrials = 3 4", 4, "this is not TOML: expected newline"),
    ("[study]\ntrials = 3\ntrials = 4", 5, "the key trials stands a second time in its section"),
    ("[study]\nx = 3\nx = [\n4]", 6, "the key x stands a second time in its section"),
    ("[study]\ntrials = 3\n[study]\nseed = 1", 5, "the section [study] begins a second time"),
    (f"[study]\n{'a.' * 40}b = 1", 4, "a key with more than 32 dots"),
    (f"[study]\ntrials = {'9' * 5000}", 4, "a number of thousands of digits"),
    (f"[study]\nx = {'[' * 2000}", None, "brackets are nested too deeply"),
    # ranges
    ("[training]\nepochs = { float = [1, 2] }", 4, "not a range that fits; write { int = [low"),
    ("[training]\nepochs = { int = [1.5, 2] }", 4, "low is 1.5; write a whole number"),
    ("[training]\nepochs = { int = [9, 3] }", 4, "low is 9 but high is 3; swap them."),
    ("[training]\nepochs = { int = [3, 3] }", 4, "low and high are both 3; write 3 by itself"),
    ("[training]\nepochs = { int = [3] }", 4, "int is [3]; write [low, high]."),
    ("[training]\nepochs = { int = 3 }", 4, "int is 3; write [low, high]."),
    ("[training]\nepochs = { int = [0, 3] }", 4, "low: 0 does not fit"),
    ("[training]\nepochs = { int = [1, 9], step = 0.5 }", 4, "step is 0.5; write a whole number"),
    ("[training]\nepochs = { int = [1, 9], step = 20 }", 4, "more than from 1 to 9; lower it"),
    ("[training]\nepochs = { int = [1, 9], step = 3 }", 4, "end at 7; write that as high"),
    ("[training]\nepochs = { int = [1, 9], step = 2, log = true }", 4, "do not go together"),
    ("[training]\nlearning_rate = { float = [[1], 2] }", 4, "low is [1]; write a number."),
    ("[training]\nlearning_rate = { float = [1e-3, 1e-1], lgo = true }", 4, "did you mean 'log'?"),
    ("[training]\nlearning_rate = { float = [1e-3, 1e-1], log = 1 }", 4, "log is 1; write true"),
    ("[training]\nlearning_rate = { float = [0.1, inf] }", 4, "high is inf; write a number"),
    ("[training]\nbeta1 = { float = [0.0, 0.9], log = true }", 4, "a log range begins above 0"),
    ("[training]\nlearning_rate = { float = [0.1, 0.4], step = nan }", 4, "step is nan; write"),
    ("[network]\nactivation = { float = [1, 2] }", 4, "write { choice = ["),
    ("[network]\nactivation = { choice = [] }", 4, "choice is []; write a list"),
    ('[network]\nactivation = { choice = ["relu"] }', 4, 'one option; write "relu" by itself'),
    ('[network]\nactivation = { choice = ["relu", "relu"] }', 4, '"relu" stands in it twice'),
    ('[network]\nactivation = { choice = ["relu", "tnah"] }', 4, "Did you mean 'tanh'?"),
    ("[study]\ntrials = { int = [1, 9] }", 4, "study.trials: { int = [1, 9] } does not fit"),
    ("[network]\nlayer_dims = { depth = [1, 2] }", 4, "needs width too; write width = [16, 256]"),
    ("[network]\nlayer_dims = { depth = 2, width = [4, 8] }", 4, "depth is 2; write [lowest,"),
    (
        "[network]\nlayer_dims = { depth = [1, 3], width = [64, 16] }",
        4,
        "network.layer_dims: width low is 64 but high is 16; swap them.",
    ),
    ("[network]\nlayer_dims = { depth = [1, 99], width = [4, 8] }", 4, "depth high: 99 does not"),
    ("[network]\nlayer_dims = { depth = [2, 2], width = [8, 8] }", 4, "write [8, 8] by itself"),
    (
        '[network]\nlayer_dims = { depth = [1, 2], width = [4, 8], shape = "cone" }',
        4,
        'shape is "cone"; write one of free, funnel, constant.',
    ),
    ("[network]\nlayer_dims = { choice = [[8], 9] }", 4, "choice: 9 does not fit"),
    ("[network]\nlayer_dims = { all = [8] }", 4, "every width from the input to the output"),
    # what does not fit together
    ('path = "a.csv"', 2, 'data.source: is "sklearn:digits" beside path = "a.csv"; take one out.'),
    ("test = 0.6\nvalidation = 0.5", 3, "leave no rows to train on"),
    ("validation = 0", 3, 'data.validation: 0 does not fit; write "auto", or a number above 0'),
    (
        "folds = 5\nvalidation = 0.2",
        3,
        "is 5 beside validation = 0.2, but folds judge by every row",
    ),
    ("folds = 5\nrepeats = 3", 4, "data.repeats: is 3 beside folds = 5"),
    ("folds = 1", 3, "data.folds: 1 does not fit; write a whole number from 2 to 100."),
    ('separator = ";"', 3, "data.separator: is about files"),
    ('target = "a"\ndrop = ["a"]', 4, "data.drop: 'a' is a target or feature too"),
    ('features = ["a", "a"]', 3, "data.features: 'a' stands in the list twice"),
    ("[study]\nworkers = 4\nmax_workers = 2", 4, "is 4 but max_workers is 2; raise max_workers."),
    ('[training]\noptimizer = "gd"\nbeta2 = 0.9', 5, 'does nothing, as optimizer is "gd"; take it'),
    (
        '[training]\nbeta2 = { float = [0.5, 0.9] }\noptimizer = { choice = ["gd", "rmsprop"] }',
        4,
        'does nothing, as optimizer is "gd" or "rmsprop"; take it out, or write optimizer = "adam"',
    ),
    ("[training]\nlambd = 3.0", 4, 'write regularization = "l2" or "both"'),
    ("[training]\ndecay_rate = 0.1", 4, 'as decay is "none"'),
    ('[training]\nregularization = "l2"\nlambd = 0', 5, 'without l2 write regularization = "none"'),
    ('[training]\nregularization = "dropout"\nkeep_prob = 1', 5, "1 does not fit"),
    ('[training]\nregularization = "dropout"\nkeep_prob = [1, 1]', 5, "[1, 1] drops nothing"),
    (
        '[training]\nregularization = "dropout"\nkeep_prob = { float = [0.5, 1.0] }',
        5,
        "high: 1.0 does not fit",
    ),
    (
        '[network]\nlayer_dims = [8]\n[training]\nregularization = "both"\nkeep_prob = [0.5, 0.6]',
        7,
        "is for 2 hidden layers, but layer_dims has 1",
    ),
    (
        "[network]\nlayer_dims = { depth = [1, 2], width = [4, 8] }\n"
        '[training]\nregularization = "dropout"\nkeep_prob = [0.5, 0.6]',
        7,
        "needs fixed layer_dims",
    ),
    (
        '[network]\nlayer_dims = []\n[training]\nregularization = "dropout"',
        6,
        "dropout does nothing without hidden layers",
    ),
    (
        '[training]\nepochs = 20\ndecay = "discrete"\ndecay_interval = 30',
        6,
        "30 epochs a step, but only 20 in all",
    ),
    ("[training]\nepochs = 20\nschedule_epochs = 10", 5, "is 10, but epochs go up to 20"),
    (
        '[training]\nloss = { choice = ["mse", "mae"] }',
        4,
        "costs of different losses cannot be compared",
    ),
    (
        '[study]\nsampler = "grid"\n[training]\nlearning_rate = { float = [0.1, 0.2] }',
        6,
        "a grid cannot list a float range; give it a step",
    ),
    ('[study]\npruner = "none"\npruner_options = { a = 1 }', 5, 'nothing with pruner = "none"'),
    # what is tried first
    ("[[enqueue]]\nlearning_rat = 1", 4, "did you mean training.learning_rate?"),
    ('[training]\n[[enqueue]]\n"training.epochs" = 9', 5, "9 cannot be tried, as training.epochs"),
    (
        "[training]\nlearning_rate = { float = [0.1, 0.2] }\n[[enqueue]]\nlearning_rate = 1",
        6,
        "1 is not in { float = [0.1, 0.2] }; widen the range.",
    ),
    (
        '[training]\noptimizer = { choice = ["gd", "adam"] }\nbeta2 = { float = [0.1, 0.9] }\n'
        '[[enqueue]]\n[[enqueue]]\noptimizer = "gd"\nbeta2 = 0.5',
        7,
        'training.beta2: does nothing beside optimizer = "gd"',
    ),
    ("enqueue = 3", 3, "data.enqueue: there is no such key"),
]


@pytest.mark.parametrize(("text", "line", "sentence"), TABLE)
def test_a_mistake_is_named_with_its_line_and_the_way_out(text, line, sentence):
    (said,) = refused(DATA + text)
    assert said.startswith(f"s.toml:{line}: " if line else "s.toml: ")
    assert sentence in said


def test_all_mistakes_are_said_at_once_in_the_order_of_lines():
    text = (
        '[study]\ntrials = 0\nfoo = 1\n[data]\npath = "a.csv"\nsource = "sklearn:iris"\n'
        "[network]\nlayer_dims = { depth = [3, 1], width = [64, 16] }\n"
        "[training]\nepochs = true\nlambd = 1.0\n[[enqueue]]\nnothing = 1\n"
    )
    lines = [int(said.split(":")[1]) for said in refused(text)]
    assert lines == [2, 3, 6, 8, 8, 10, 11, 13]


def test_what_is_not_there_is_said_of_the_file():
    assert "there is no [data] table" in refused("")[0]
    assert 's.toml:1: data: names no data; write path = "FILE"' in refused("[data]\n")[0]


def test_a_key_outside_of_the_tables_is_sent_home():
    (said,) = refused(f"epochs = 3\n{DATA}")
    assert said == "s.toml:1: epochs: stands outside of the tables; put it under [training]."


def test_a_file_full_of_mistakes_is_answered_in_a_page():
    keys = "".join(f"k{number} = 1\n" for number in range(5000))
    assert len(refused(f"{DATA}[study]\n{keys}")) <= 21


def test_the_command_line_is_the_place_of_its_own_mistakes():
    said = refused(DATA, {"training.epochs": "0", "training.epoch": "1", "study.timeout": "x"})
    assert said[0].startswith("--set training.epoch=1: training.epoch: there is no such key")
    assert any(text.startswith("--set study.timeout=x: study.timeout: ") for text in said)
    assert any(
        text.startswith("--set training.epochs=0: training.epochs: 0 does not fit") for text in said
    )


def test_control_characters_are_spelt_out():
    (said,) = refused(f'{DATA}[study]\nmetric = "\\u001b[31mred"')
    assert "\x1b" not in said


def test_a_file_name_that_cannot_name_a_study_is_said():
    with pytest.raises(StudyFileError, match="cannot be the study's; write a name"):
        studyfile.parse(DATA, Path("my study.toml"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[data]\nsource = '\xff'", "broken.toml:2: not UTF-8"),
        (b"#" * 300_000, "larger than 256 KiB"),
        (b"\x00", "broken.toml:1: this is not TOML"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, monkeypatch, content, sentence):
    monkeypatch.chdir(tmp_path)
    Path("broken.toml").write_bytes(content)
    with pytest.raises(StudyFileError, match=sentence):
        studyfile.read(tmp_path / "broken.toml")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(StudyFileError, match="there is no such file"):
        studyfile.read(tmp_path / "none.toml")
    with pytest.raises(StudyFileError, match="is a folder"):
        studyfile.read(tmp_path)


SETTLING = [
    ("[network]\nlayer_dims = [64, 32, 10]", 4, "write { all = [64, 32, 10] } for the first"),
    ("[network]\nlayer_dims = [64, 10]", 4, "{ all = [64, 64, 10, 10] } for the second"),
    ("[network]\nlayer_dims = { choice = [[64, 10], [64, 8, 10]] }", 4, "every option begins"),
    ("[network]\nlayer_dims = { all = [63, 8, 10] }", 4, "begins with 63, but the data has 64"),
    ("[network]\nlayer_dims = { all = [64, 8, 2] }", 4, "all ends with 2, but the data has 10"),
    ("[network]\nlayer_dims = [99]\nmax_parameters = 9", 5, "but the network has 7435 parameters"),
    ('[study]\nmetric = "val_rmse"', 4, '"val_rmse" does not fit a multiclass task; write one of'),
    ('[training]\nloss = "mse"', 4, 'write "auto" or categorical_cross_entropy'),
]


@pytest.mark.parametrize(("text", "line", "sentence"), SETTLING)
def test_what_only_the_data_can_tell_is_said_with_its_line_too(text, line, sentence):
    study = studyfile.parse(DATA + text, Path("s.toml"))
    with pytest.raises(StudyFileError) as caught:
        study.settle("multiclass", 64, 10)
    assert str(caught.value).startswith(f"s.toml:{line}: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("count", [21, 30, 31, 32, 50])
def test_never_is_one_mistake_more_hidden(count):
    found = Mistakes(Places(Path("s.toml")))
    for at in range(count):
        found.add("study.trials", f"mistake {at}")
    with pytest.raises(StudyFileError) as error:
        found.raise_if_any()
    lines = str(error.value).splitlines()
    assert len(lines) == min(count, 31)
    assert lines[-1].endswith(f"and {count - 30} more.") == (count > 31)
