"""A trial's kept weights, on the rows it was judged by."""

import functools
import json
import re

import numpy as np
import pytest

from hpsearch import data as tables
from hpsearch.engine.course import Course
from hpsearch.engine.stopping import EarlyStopping
from hpsearch.errors import ModelError
from hpsearch.models.examining import MOST_ROWS, examine
from hpsearch.models.images import LARGEST, pixels
from hpsearch.store.records import TrialRecord
from hpsearch.study import studyfile
from hpsearch.study.examination import Examination
from hpsearch.study.options import DataOptions
from hpsearch.study.recipe import Shape, cook, recorded
from hpsearch.study.scores import scored
from nncore import train
from tests.models.conftest import TASKS, write_study, write_table

JUDGED = {"share": "validation = 0.3", "folds": "folds = 3", "repeats": "repeats = 2"}
SEED = 7


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write_table(folder / "houses.csv")
    return folder


@functools.cache
def trained(folder, task, judged, metric="val_cost"):
    """A settled study, its data, its one trial as the leaderboard has it, and what is kept."""
    path = write_study(folder, task, f'[study]\nmetric = "{metric}"\n')
    path.write_text(path.read_text().replace("[data]\n", f"[data]\n{JUDGED[judged]}\n"))
    study = studyfile.read(path)
    data = tables.load(study.data)
    study = study.settle(data.task, data.features, data.outputs)
    config, shape = study.config({}), Shape.of(data)
    recipe = cook(config, shape, recorded(shape.task, metric))
    sets = [made.dataset for made in data.prepared(str(config["data.normalize"]))]
    several = data.evaluation.repeats
    training = train(recipe, sets if data.evaluation.folds else sets[0], SEED, several)
    course = Course(training, EarlyStopping(0, "minimize"))
    best = {metric: np.inf}
    for epoch in training:
        figures = scored(epoch.figures, metric)
        course.stale(figures[metric])
        if figures[metric] < best[metric]:
            best = figures
    trial = TrialRecord(
        *(3, "complete", SEED, {}, 12, 12, best[metric], 12),
        *(best, None, 0, 1, 0.0, 1.0, 1.0, "", 1),
    )
    return study, data, trial, course.best_weights()


@pytest.mark.parametrize("judged", JUDGED)
@pytest.mark.parametrize("task", TASKS)
def test_what_is_found_out_anew_is_what_the_leaderboard_says(table, task, judged):
    study, data, trial, content = trained(table, task, judged)
    found = examine(study, data, trial, content)
    assert found.agrees
    told = {name: value for name, value in trial.figures.items() if not name.startswith("train")}
    assert found.figures.keys() == told.keys()
    for name, value in told.items():
        assert found.figures[name] == pytest.approx(value, rel=1e-4), name


@pytest.mark.parametrize("judged", JUDGED)
@pytest.mark.parametrize("task", TASKS)
def test_matrix_rows_and_layers_tell_of_the_validation_rows_alone(table, task, judged):
    study, data, trial, content = trained(table, task, judged)
    found = examine(study, data, trial, content)
    folds = data.evaluation.folds
    rows = [fold.validation for fold in folds] if folds else [data.split.validation]
    count = sum(map(len, rows))
    each = count * (data.evaluation.repeats or 1)
    assert found.rows == count
    assert found.networks == data.evaluation.members
    assert [layer.name for layer in found.layers] == ["hidden 1", "output"]
    assert all(layer.weight_norm > 0 for layer in found.layers)
    assert [layer.dead is None for layer in found.layers] == [False, True]
    if task in ("regression", "two regressions"):
        assert [one.target for one in found.residuals] == list(data.target.names)
        assert all(list(one.quantiles) == sorted(one.quantiles) for one in found.residuals)
        shown = found.far
    else:
        assert [one.rows for one in found.confusions] == [each] * len(data.target.names)
        shown = found.wrong
        assert len(shown) == min(MOST_ROWS, sum(one.wrong for one in found.confusions))
        assert [row.probability for row in shown] == sorted(
            (row.probability for row in shown), reverse=True
        )
    held = {int(data.numbers[row]) for part in rows for row in part}
    assert {row.row for row in shown} <= held


def test_a_row_is_told_as_the_file_has_it(table):
    study, data, trial, content = trained(table, "regression", "share")
    row = examine(study, data, trial, content).far[0]
    line = (table / "houses.csv").read_text().splitlines()[row.row - 1]
    assert f"{row.true:.2f}" in line
    assert f"{float(row.cells['area']):.2f}" in line


def test_an_examination_goes_through_json(table):
    for task in TASKS:
        study, data, trial, content = trained(table, task, "folds")
        found = examine(study, data, trial, content)
        text = json.dumps(found.to_json(), allow_nan=False)
        assert Examination.from_json(json.loads(text)) == found


def test_another_metric_is_found_out_too(table):
    study, data, trial, content = trained(table, "regression", "share", "val_mae")
    found = examine(study, data, trial, content)
    assert found.agrees
    assert found.figures["val_mae"] == pytest.approx(trial.value, rel=1e-4)


def test_other_weights_are_noticed(table):
    study, data, trial, _ = trained(table, "binary", "share")
    _, _, _, other = trained(table, "multiclass", "share")
    with pytest.raises(ModelError, match="another network"):
        examine(study, data, trial, other)


@pytest.mark.parametrize(
    ("source", "size"), [("sklearn:digits", (8, 8)), ("sklearn:iris", None), ("sklearn:wine", None)]
)
def test_pixels_are_known_by_the_names_of_their_columns(source, size):
    data = tables.load(DataOptions(source=source))
    found = pixels(data)
    assert (None if found is None else (found.height, found.width)) == size


@pytest.mark.parametrize(
    ("shape", "drawn"), [((28, 28), (14, 14)), ((16, 16), (16, 16)), ((33, 20), (11, 7))]
)
def test_images_are_drawn_small_and_upright(tmp_path, shape, drawn):
    images = np.zeros((40, *shape), np.uint8)
    images[:, : shape[0] // 2] = 200  # bright above, dark below
    np.savez(tmp_path / "images.npz", x=images, y=np.arange(40) % 2)
    data = tables.load(DataOptions(path=tmp_path / "images.npz"))
    found = pixels(data)
    (image,) = found.drawn(data, [3])
    assert (len(image), len(image[0])) == drawn
    assert max(drawn) <= LARGEST
    assert set(image[0]) == {255}
    assert set(image[-1]) == {0}


def test_the_command_examines_what_is_kept_and_says_how_to_keep_the_rest(place):
    place.write(trials=3, epochs=8, judged="folds = 3")
    text = place.study.read_text()
    place.study.write_text(text.replace("trials = 3", 'trials = 3\nkeep = "best:1"'))
    assert place.command("run", "small.toml").returncode == 0
    ranked = sorted(
        (trial for trial in place.trials() if trial.state == "complete"), key=lambda t: t.value
    )
    done = place.command("examine", "small", "--format", "json")
    told = json.loads(done.stdout)
    assert told["trial"] == ranked[0].number
    assert told["agrees"]
    assert told["value"] == ranked[0].value
    assert sum(map(sum, told["confusions"][0]["counts"])) == told["rows"]
    words = place.command("examine", f"small#{ranked[0].number}").stdout
    assert all(f" {name} " in words for name in ("setosa", "versicolor", "virginica", "recall"))
    other = place.command("examine", "small", ranked[1].number)
    assert other.returncode == 1
    assert 'keep = "all"' in other.stderr
    assert "hpsearch export small --trial" in other.stderr
    assert re.search(r"retrain (small-trial-\d+)\.toml -o \1$", other.stderr, re.MULTILINE)
