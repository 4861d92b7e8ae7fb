"""A model's folder: whole or refused, never wrong."""

import json
import random
import shutil
import warnings

import numpy as np
import polars as pl
import pytest

from hpsearch.data.matching import read_like
from hpsearch.errors import DataError, HpsearchError, ModelError
from hpsearch.models.predictions import Predictions
from hpsearch.models.saved import SavedModel, checksum
from tests.models.conftest import TASKS, write_table

MUTATIONS = 200


@pytest.fixture
def model(houses, tmp_path):
    """A copy of a model, to be damaged."""
    return shutil.copytree(houses / "multiclass", tmp_path / "model")


@pytest.fixture
def new(tmp_path):
    return write_table(tmp_path / "new.csv", 30, seed=9, targets=False)


def _mutated(content, dice):
    """Bytes with a few of them turned, cut, doubled or put in."""
    raw = bytearray(content)
    for _ in range(dice.choice([1, 1, 1, 4, 32])):
        at = dice.randrange(len(raw) or 1)
        match dice.randrange(5):
            case 0:
                raw[at] ^= 1 << dice.randrange(8)
            case 1:
                raw[at : at + 1] = bytes([dice.choice(b'0123456789-{}[]",eE.\\ nulltruefalse')])
            case 2:
                del raw[at : at + dice.choice([1, 3, 100])]
            case 3:
                raw[at:at] = raw[at : at + dice.choice([1, 8, 64])]
            case _:
                del raw[at:]
        if not raw:
            break
    return bytes(raw)


@pytest.mark.parametrize("file", ["model.json", "model.safetensors"])
def test_a_damaged_file_is_refused_in_a_sentence_or_changes_nothing(model, new, file):
    whole, dice = (model / file).read_bytes(), random.Random(file)
    sound = SavedModel.load(model)
    frame = read_like(sound.encoder, new)
    wanted = sound.predict(frame).table(proba=True)
    sentences = []
    for _ in range(MUTATIONS):
        (model / file).write_bytes(_mutated(whole, dice))
        try:
            told = SavedModel.load(model).predict(frame).table(proba=True)
        except ModelError as error:
            sentences.append(str(error))
        else:
            assert told.equals(wanted)
    assert len(sentences) > 0.9 * MUTATIONS
    assert all(str(model) in text and "\n" not in text for text in sentences)


def _places(thing, path=()):
    """Every place in a JSON value."""
    yield path
    keys = (
        range(len(thing)) if isinstance(thing, list) else thing if isinstance(thing, dict) else ()
    )
    for key in keys:
        yield from _places(thing[key], (*path, key))


def test_even_a_forged_checksum_never_leads_to_a_traceback_or_a_wrong_shape(houses, tmp_path, new):
    dice = random.Random(1)
    for task in TASKS:
        model = shutil.copytree(houses / task, tmp_path / task)
        text = (model / "model.json").read_text()
        frame = read_like(SavedModel.load(model).encoder, new)
        parts = ("encoder", "network", "task", "classes")
        places = [place for place in _places(json.loads(text)) if place and place[0] in parts]
        for place in dice.sample(places, min(len(places), 80)):
            said = json.loads(text)
            at = said
            for key in place[:-1]:
                at = at[key]
            at[place[-1]] = dice.choice([None, -1, 0, 3, 1e300, "x", "", [], {}, [1], True, 10**12])
            said["checksum"] = checksum(said)
            (model / "model.json").write_text(json.dumps(said))
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    told = SavedModel.load(model).predict(frame).table()
            except HpsearchError:
                continue  # a sentence, as it should be
            assert told.height == frame.height, place


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: shutil.rmtree(folder), "there is no such folder"),
        (lambda folder: (folder / "model.json").unlink(), "no model.json"),
        (lambda folder: (folder / "model.safetensors").unlink(), "no model.safetensors"),
        (lambda folder: (folder / "model.json").write_text("[" * 100_000), "not JSON"),
        (lambda folder: (folder / "model.json").write_text("[]"), "not an object"),
        (lambda folder: (folder / "model.json").write_text('{"a": NaN}'), "not one that hpsearch"),
        (lambda folder: (folder / "model.json").write_bytes(b"\xff\xfe"), "not JSON"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b""), "not the file"),
    ],
)
def test_what_is_no_model_is_refused(model, break_it, said):
    break_it(model)
    with pytest.raises(ModelError, match=said) as refused:
        SavedModel.load(model)
    assert "hpsearch retrain" in str(refused.value)
    assert refused.value.code == 2


def test_a_model_of_a_later_format_is_refused_with_the_way_out(model):
    said = json.loads((model / "model.json").read_text())
    said["format"] = 99
    (model / "model.json").write_text(json.dumps(said))
    with pytest.raises(ModelError, match="format 99, and this hpsearch reads 1"):
        SavedModel.load(model)


def test_weights_of_another_model_are_refused(model, houses):
    shutil.copy(houses / "binary" / "model.safetensors", model)
    with pytest.raises(ModelError, match="not the file that was saved with it"):
        SavedModel.load(model)


def test_keys_that_are_not_known_are_kept_when_saved_again(model, tmp_path):
    said = json.loads((model / "model.json").read_text())
    said["note"] = "trained on a train"
    said["checksum"] = checksum(said)
    (model / "model.json").write_text(json.dumps(said))
    SavedModel.load(model).save(tmp_path / "again")
    assert json.loads((tmp_path / "again" / "model.json").read_text())["note"] == said["note"]


def test_a_model_never_takes_the_place_of_anything_else(houses, tmp_path):
    model = SavedModel.load(houses / "binary")
    (tmp_path / "empty").mkdir()
    model.save(tmp_path / "empty")
    with pytest.raises(ModelError, match="--force replaces it"):
        model.save(tmp_path / "empty")
    model.save(tmp_path / "empty", force=True)
    (tmp_path / "empty" / "thesis.txt").write_text("precious")
    with pytest.raises(ModelError, match=r"thesis\.txt"):
        model.save(tmp_path / "empty", force=True)
    assert (tmp_path / "empty" / "thesis.txt").read_text() == "precious"
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelError, match="is a file"):
        model.save(tmp_path / "file", force=True)
    with pytest.raises(ModelError, match="cannot be written"):
        model.save(tmp_path / "file" / "inside")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file"]


@pytest.mark.parametrize("task", TASKS)
def test_columns_are_found_by_name_and_the_surprises_are_said(houses, task, new):
    model = SavedModel.load(houses / task)
    frame = read_like(model.encoder, new)
    calm = model.predict(frame)
    assert calm.table().height == 30
    moved = model.predict(frame.select("rooms", "area", "town"))
    assert moved.table().equals(calm.table())
    assert any("another order" in note for note in moved.notes)
    odd = frame.with_columns(pl.lit("Atlantis").alias("town"), pl.lit("9").alias("shoe size"))
    notes = " ".join(model.predict(odd).notes)
    assert "Atlantis" in notes
    assert "shoe size" in notes
    with pytest.raises(DataError, match=r"lacks ('town', 'area'|'area', 'town')"):
        model.predict(frame.drop("area", "town"), "new.csv")
    fewer = model.predict(frame.drop("area"), "new.csv")
    assert fewer.table().height == 30
    assert fewer.notes[0].startswith("WARNING: new.csv has no column 'area'")
    with pytest.raises(DataError, match="lacks 'area', which"):
        model.predict(frame.drop("area"), "new.csv", strict=True)


@pytest.mark.parametrize("task", TASKS)
def test_a_row_s_prediction_does_not_depend_on_its_neighbours(houses, task, new):
    model = SavedModel.load(houses / task)
    frame = read_like(model.encoder, new)
    whole = model.predict(frame).outputs
    one_by_one = [model.predict(frame[at : at + 1]).outputs[0] for at in range(frame.height)]
    assert np.array_equal(whole, np.stack(one_by_one))


def test_labels_are_those_of_the_training_file(houses, new):
    said = {task: SavedModel.load(houses / task).predict for task in TASKS}
    frame = read_like(SavedModel.load(houses / "binary").encoder, new)
    assert set(said["binary"](frame).table()["prediction"]) <= {"Nein", "Ja"}
    assert set(said["multiclass"](frame).table()["prediction"]) <= {10, 20, 30}
    both = said["multilabel"](frame).table()
    assert set(both["prediction_warm"]) <= {"off", "on"}
    assert set(both["prediction_wet"]) <= {0, 1}


def test_probabilities_add_up_and_a_regression_has_none(houses, new):
    frame = read_like(SavedModel.load(houses / "binary").encoder, new)
    for task, names in (("binary", ["Ja", "Nein"]), ("multiclass", ["10", "20", "30"])):
        table = SavedModel.load(houses / task).predict(frame).table(proba=True)
        assert sorted(table.columns[1:]) == [f"proba_{name}" for name in names]
        assert np.allclose(table.drop("prediction").to_numpy().sum(axis=1), 1.0, atol=1e-6)
    with pytest.raises(DataError, match="regression"):
        SavedModel.load(houses / "regression").predict(frame).table(proba=True)


def test_what_cannot_be_computed_gets_no_prediction_and_a_word(houses, new):
    model = SavedModel.load(houses / "multiclass")
    outputs = model.predict(read_like(model.encoder, new)).outputs.copy()
    calm = Predictions.of(outputs, model.encoder, ()).table(proba=True)
    outputs[4, 1] = np.nan
    told = Predictions.of(outputs, model.encoder, ("before",))
    table = told.table(proba=True)
    assert table[4].null_count().row(0) == (1,) * 4
    kept = [at for at in range(30) if at != 4]
    assert table[kept].equals(calm[kept])
    assert told.notes[0] == "before"
    assert "the first is row 5" in told.notes[1]
