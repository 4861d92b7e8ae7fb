"""hpsearch.load: a model asked from Python says what `hpsearch predict` writes."""

import warnings

import numpy as np
import polars as pl
import pytest

import hpsearch
from hpsearch.data.matching import read_like
from hpsearch.errors import DataError, ModelError
from hpsearch.models.asking import DataWarning
from hpsearch.models.retraining import prepare
from hpsearch.models.saved import SavedModel
from hpsearch.study import studyfile
from tests.models.conftest import TARGETS, TASKS, write_table


class Frame:
    """What a frame of pandas looks like to us: names, and an array for each."""

    def __init__(self, columns):
        self.columns, self._cells = list(columns), columns

    def __getitem__(self, name):
        return self._cells[name]


@pytest.fixture
def rows(tmp_path, houses):
    """New rows as a reader gives them."""
    new = write_table(tmp_path / "new.csv", 40, seed=8)
    return read_like(SavedModel.load(houses / "binary").encoder, new)


@pytest.mark.filterwarnings("ignore::hpsearch.models.asking.DataWarning")
@pytest.mark.parametrize("task", TASKS)
def test_frames_mappings_and_arrays_are_predicted_alike(houses, rows, task):
    model, saved = hpsearch.load(houses / task), SavedModel.load(houses / task)
    assert model.targets == tuple(TARGETS[task])
    wanted = saved.predict(rows).table()
    numbers = rows.with_columns(pl.col("area", "rooms").cast(pl.Float64))
    columns = {name: numbers[name].to_numpy() for name in numbers.columns}
    columns["town"] = np.array([name or float("nan") for name in rows["town"]], object)
    table = np.array([columns[name] for name in model.columns], object).T
    raw = rows.with_columns(pl.col("rooms").fill_null(" N/A "))
    for given in (rows, raw, columns, Frame(columns), table):
        said = model.predict(given)
        assert said.shape == ((40,) if len(model.targets) == 1 else (40, 2))
        assert said.reshape(40, -1).tolist() == [list(row) for row in wanted.rows()]
    if model.task == "regression":
        with pytest.raises(DataError, match="no probabilities"):
            model.predict_proba(rows)
        return
    p = model.predict_proba(rows)
    assert p.shape == (40, len(model.classes))
    if task == "multiclass":
        assert [model.classes[at] for at in p.argmax(axis=1)] == [
            str(c) for c in model.predict(rows)
        ]


@pytest.mark.filterwarnings("ignore::hpsearch.models.asking.DataWarning")
@pytest.mark.parametrize("task", TASKS)
def test_no_rows_have_no_predictions(houses, rows, task):
    model = hpsearch.load(houses / task)
    none = rows.head(0)
    assert model.predict(none).shape == model.predict(rows)[:0].shape
    if model.task != "regression":
        assert model.predict_proba(none).shape == (0, len(model.classes))
    with pytest.raises(DataError, match="no rows to compare"):
        model.evaluate(none)


def test_a_file_is_read_as_predict_reads_it(houses, rows, tmp_path):
    model = hpsearch.load(houses / "binary")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        assert (model.predict(str(tmp_path / "new.csv")) == model.predict(rows)).all()
        assert model.evaluate(tmp_path / "new.csv").data == "new.csv"
    with pytest.raises(DataError, match=r"no file 'gone\.csv'"):
        model.predict("gone.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"other\.csv lacks 'town'"):
        model.predict(tmp_path / "other.csv")


def test_what_is_noticed_is_a_warning(houses, rows):
    model = hpsearch.load(houses / "binary")
    assert "binary" in repr(model)
    with pytest.warns(DataWarning, match="no column 'rooms'") as heard:
        model.predict(rows.select("town", "area"))
    with pytest.warns(DataWarning, match="Ignored") as heard_too:
        assert 0.5 < model.evaluate(rows).figures["accuracy"] <= 1.0
    assert {one.filename for one in (*heard, *heard_too)} == {__file__}  # the caller's line
    assert not [one for one in heard if "--" in str(one.message) or "WARN" in str(one.message)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.zeros(3), r"a single row is array\[None\]"),
        (np.zeros((2, 5)), "'town', 'area', 'rooms'"),
        ({"a": [1]}, "lacks"),
        ({"town": ["Ulm"], "area": ["wide"], "rooms": [1]}, "'wide'"),
        (
            pl.DataFrame({"town": ["a"] * 2, "area": [[1], [1, 2]], "rooms": [1, 2]}),
            "'area' holds lists of di",
        ),
    ],
)
def test_wrong_data_is_a_sentence(houses, given, said):
    with pytest.raises(DataError, match=said):
        hpsearch.load(houses / "binary").predict(given)


def test_a_folder_without_a_model_is_a_sentence(tmp_path):
    with pytest.raises(ModelError, match="holds no model"):
        hpsearch.load(tmp_path)


def test_models_of_images_take_arrays_of_images(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (60, 4, 3), np.uint8)
    np.savez(tmp_path / "a.npz", x=x, y=rng.integers(0, 3, 60))
    study = tmp_path / "a.toml"
    study.write_text('[data]\npath = "a.npz"\n[training]\nepochs = 2\nearly_stopping = 0\n')
    prepare(studyfile.read(study)).run().save(tmp_path / "model")
    model = hpsearch.load(tmp_path / "model")
    wanted = model.saved.predict(read_like(model.saved.encoder, tmp_path / "a.npz")).table()
    assert model.predict(x).tolist() == wanted["prediction"].to_list()
    assert model.predict(x.reshape(60, -1)).tolist() == wanted["prediction"].to_list()
    assert model.predict(x[:0]).shape == (0,)
    with pytest.raises(DataError, match="12"):
        model.predict(x[:, :2])
