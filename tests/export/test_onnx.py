"""ONNX: what the exported graph gives for raw columns is what the model predicts."""

import random

import numpy as np
import polars as pl
import pytest

from hpsearch import data as tables
from hpsearch.data.columns import Number
from hpsearch.data.encoder import Encoder
from hpsearch.data.matching import read_like
from hpsearch.data.scaling import normalizer
from hpsearch.errors import UsageError
from hpsearch.export.formats import exporter
from hpsearch.export.graph import Graph
from hpsearch.models.saved import SavedModel
from hpsearch.study import studyfile
from hpsearch.study.recipe import OUTPUTS
from nncore import Sequential, activations

onnx = pytest.importorskip("onnx", reason="pip install 'hpsearch[onnx]'")
runtime = pytest.importorskip("onnxruntime", reason="pip install 'hpsearch[onnx]'")

TARGETS = {
    "binary": ["sold"],
    "multiclass": ["grade"],
    "multilabel": ["sold", "wet"],
    "regression": ["price"],
    "two regressions": ["price", "rent"],
}
EVERY = {name for names in TARGETS.values() for name in names}
COLUMNS = {
    "numbers": ["area", "year"],
    "gaps": ["area", "rooms"],
    "words": ["town", "roof"],
    "booleans": ["lift", "old"],
    "all": ["area", "town", "rooms", "lift", "year", "roof", "old"],
}


def _row(dice):
    big = dice.random() < 0.5
    return {
        "area": f"{dice.gauss(120, 30) + 90 * big:.3f}",
        "year": dice.choice([1890, 1950, 1950, 1950, 1990, 2020]),
        "rooms": dice.choice([1, 2, 3, 4, "", "N/A"]),
        "town": dice.choice(["Köln", "Ulm", "Ulm", "Bonn, Süd", "", *"abcdefgh"]),
        "roof": dice.choice(["flat", "steep"]),
        "lift": dice.choice(["yes", "No", "YES", "no", ""]),
        "old": dice.choice(["true", "false"]),
        "sold": dice.choice(["ja", "nein"]),
        "grade": dice.choice([10, 20, 30]),
        "wet": dice.choice([0, 1]),
        "price": f"{dice.gauss(3e5, 1e5):.2f}",
        "rent": f"{dice.gauss(900, 200):.2f}",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table to learn from, and a new one with words and numbers that were never seen."""
    place, dice = tmp_path_factory.mktemp("onnx"), random.Random(1)
    pl.DataFrame([_row(dice) for _ in range(120)], strict=False).write_csv(place / "t.csv")
    new = [_row(dice) for _ in range(30)]
    strange = {
        "area": "",
        "town": "Rom",
        "rooms": "77",
        "year": "",
        "roof": "",
        "lift": "",
        "old": "",
    }
    new += [{**new[0], **strange}, {**new[1], "area": "1e30", "year": "-1e9", "roof": "tin"}]
    pl.DataFrame(new, infer_schema_length=None, strict=False).write_csv(place / "new.csv")
    return place


def _model(folder, task, columns, normalize, activation="tanh", members=None):
    """A network with weights by chance, behind an encoder that was fitted."""
    text = f"""
        [data]
        path = "t.csv"
        target = {TARGETS[task]}
        features = {COLUMNS[columns]}
    """
    data = tables.load(studyfile.parse(text, folder / "t.toml").data)
    return _with_network(data, normalize, activation, members)


def _with_network(data, normalize, activation, members=None):
    encoder = data.final(normalize).encoder
    dims = [encoder.width, 7, 5, data.outputs]
    described = Sequential.from_dims(
        dims, activation=activation, output=OUTPUTS[data.task][0], keep_prob=0.8
    )
    network = described.build(encoder.width, 1, np.random.default_rng(2), members)
    for name, view in network.weights.items():
        if name.endswith(".b"):
            view[...] = np.random.default_rng(3).normal(size=view.shape)
    return SavedModel("flats", data.task, network, encoder, {"test": {}}, {}, "f" * 32, {}, {})


def _fed(encoder, frame):
    """A table's columns as the graph takes them."""
    fed = {}
    for column in encoder.columns:
        cells = frame[column.name]
        if isinstance(cells.dtype, pl.Array):
            fed[column.name] = cells.to_numpy()
        elif isinstance(column, Number) and column.words is None:
            fed[column.name] = cells.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        else:
            fed[column.name] = np.array(cells.cast(pl.String).fill_null("").to_list(), object)
    return fed


def _agree(model, frame):
    content = exporter("onnx").content(model)
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_outputs()]
    given = dict(zip(names, session.run(None, _fed(model.encoder, frame)), strict=True))
    predictions = model.predict(frame)
    p = predictions.outputs
    if model.task == "binary":
        p = np.concatenate([1.0 - p, p], axis=1)
    if model.task != "regression":
        assert np.abs(given.pop("probabilities") - p).max() <= 1e-5
    told = predictions.table()
    assert set(given) == set(told.columns)
    for at, (name, values) in enumerate(given.items()):
        if model.task == "regression":
            unit = model.encoder.target_scale.scale[at]
            wanted = told[name].to_numpy()
            assert (np.abs(values - wanted) <= 1e-5 * (unit + np.abs(wanted))).all()
        else:
            assert values.tolist() == told[name].to_list()


@pytest.mark.parametrize("activation", activations)
@pytest.mark.parametrize("task", TARGETS)
def test_onnx_predicts_the_same_with_every_activation(folder, task, activation):
    for normalize, members in (("standard", None), ("quantile", None), ("standard", 3)):
        model = _model(folder, task, "all", normalize, activation, members)
        _agree(model, read_like(model.encoder, folder / "new.csv"))


@pytest.mark.parametrize("normalize", normalizer)
@pytest.mark.parametrize("columns", COLUMNS)
def test_onnx_encodes_every_kind_of_column_by_every_normalizer(folder, columns, normalize):
    for task in TARGETS:
        model = _model(folder, task, columns, normalize)
        _agree(model, read_like(model.encoder, folder / "new.csv"))


@pytest.mark.parametrize("normalize", normalizer)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("members", [None, 2])
def test_onnx_takes_arrays(tmp_path, dtype, normalize, members):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (60, 4, 3)).astype(dtype)
    np.savez(tmp_path / "a.npz", x=x, y=rng.integers(0, 3, 60))
    data = tables.load(studyfile.parse('[data]\npath = "a.npz"', tmp_path / "t.toml").data)
    model = _with_network(data, normalize, "relu", members)
    _agree(model, read_like(model.encoder, tmp_path / "a.npz"))


@pytest.mark.parametrize("columns", COLUMNS)
def test_onnx_averages_an_ensemble_over_every_kind_of_column(folder, columns):
    for task in TARGETS:
        model = _model(folder, task, columns, "robust", members=5)
        assert model.members == 5
        _agree(model, read_like(model.encoder, folder / "new.csv"))


def test_an_empty_number_is_filled_in_as_in_training(folder):
    model = _model(folder, "regression", "numbers", "standard")
    content = exporter("onnx").content(model)
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    fed = {"area": np.array([np.nan]), "year": np.array([2000.0])}
    (value,) = session.run(["prediction"], fed)
    wanted = model.predict(pl.DataFrame({"area": [None], "year": [2000.0]})).table()
    assert value == pytest.approx(wanted["prediction"].to_numpy(), rel=1e-5)


def test_what_onnx_cannot_say_names_the_column(folder):
    model = _model(folder, "binary", "numbers", "none")
    encoder = model.encoder

    class Moment:
        name, width = "built", 1

    strange = Encoder(*((Moment(),), *list(vars(encoder).values())[1:]))
    with pytest.raises(UsageError, match="'built' is a moment"):
        exporter("onnx").content(_replaced(model, strange))
    twin = Number("prediction", False)
    clash = Encoder(*((twin, encoder.columns[1]), *list(vars(encoder).values())[1:]))
    with pytest.raises(UsageError, match="'prediction' is called like a result"):
        exporter("onnx").content(_replaced(model, clash))


def _replaced(model, encoder):
    return SavedModel(**{**vars(model), "encoder": encoder})


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(UsageError, match=r"hpsearch\[onnx\]"):
        Graph(())
