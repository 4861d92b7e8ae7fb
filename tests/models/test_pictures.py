"""Images that a model was asked about, drawn with what is true and what it said."""

import io
import json

import numpy as np
import pytest

from hpsearch.data.matching import read_like
from hpsearch.errors import UsageError
from hpsearch.models.evaluation import evaluate
from hpsearch.models.retraining import prepare
from hpsearch.models.saved import SavedModel
from hpsearch.plain.evaluation import as_json, as_text
from hpsearch.plain.terminal import Terminal
from hpsearch.study import studyfile
from tests.models.conftest import TASKS

ROWS = 60
TARGETS = {
    "binary": lambda rng: np.array(["cat", "dog"])[rng.integers(0, 2, ROWS)],
    "multiclass": lambda rng: rng.integers(0, 4, ROWS),
    "multilabel": lambda rng: rng.integers(0, 2, (ROWS, 3)).astype(np.uint8),
    "regression": lambda rng: rng.normal(size=ROWS),
}


def asked(folder, task, images):
    """A model of small images, and its evaluation on them."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (ROWS, 5, 5), dtype=np.uint8)
    np.savez(folder / "images.npz", x=x, y=TARGETS[task](rng))
    text = f"""
        [data]
        path = "images.npz"
        task = "{task}"
        [network]
        layer_dims = [4]
        [training]
        epochs = 2
        early_stopping = 0
    """
    model = prepare(studyfile.parse(text, folder / "t.toml")).run()
    frame = read_like(model.encoder, folder / "images.npz")
    return model, frame, evaluate(model, frame, "images.npz", images=images), x


@pytest.mark.parametrize("task", TARGETS)
def test_images_are_drawn_with_what_the_model_says_of_their_rows(tmp_path, task):
    model, frame, evaluation, x = asked(tmp_path, task, 7)
    assert len(evaluation.pictures) == 7
    rows = [one.row for one in evaluation.pictures]
    assert rows == sorted(set(rows))
    said = model.predict(frame[rows]).table()
    for at, one in enumerate(evaluation.pictures):
        words = [str(word) for word in said.row(at)]
        if task == "regression":
            assert float(one.predicted) == pytest.approx(float(words[0]), rel=1e-3)
            assert one.right is None
        else:
            assert one.predicted.split() == words
            assert one.right == (one.true == one.predicted)
        low, high = x.min(), x.max()
        wanted = np.rint(255 * ((x[one.row] - low) / (high - low)))
        assert np.array_equal(one.image, wanted)
    again = evaluate(model, frame, images=7)
    assert again.pictures == evaluation.pictures
    assert len(evaluate(model, frame, images=1000).pictures) == ROWS


def printed(evaluation, encoding, tty=False):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    as_text(evaluation, Terminal(stream, 60, is_tty=tty))
    stream.flush()
    return raw.getvalue().decode(encoding)


def test_a_pipe_gets_shades_and_a_terminal_half_blocks(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    _, _, evaluation, _ = asked(tmp_path, "binary", 4)
    named = f"{evaluation.pictures[0].true} → {evaluation.pictures[0].predicted}"
    piped, seen = printed(evaluation, "utf-8"), printed(evaluation, "utf-8", tty=True)
    for text in (piped, seen):
        assert "4 of the images: true → predicted" in text
        assert named in text
    assert "▀" not in piped
    assert "▓" in piped
    assert "▀" in seen
    assert all(len(line) <= 60 for line in piped.splitlines())
    plain = printed(evaluation, "ascii")
    assert "true -> predicted" in plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert "▀" not in printed(evaluation, "utf-8", tty=True)


def test_json_has_the_images(tmp_path):
    _, _, evaluation, _ = asked(tmp_path, "multiclass", 2)
    out = io.StringIO()
    as_json(evaluation, Terminal(out))
    first, _ = json.loads(out.getvalue())["images"]
    assert set(first) == {"row", "true", "predicted", "right", "image"}
    assert len(first["image"]) == 5


@pytest.mark.parametrize("task", TASKS)
def test_rows_that_are_no_images_are_said_to_be_none(houses, task):
    model = SavedModel.load(houses / task)
    frame = read_like(model.encoder, houses / "houses.csv")
    with pytest.raises(UsageError, match="no images that could be drawn: each has 3 columns"):
        evaluate(model, frame, images=3)
