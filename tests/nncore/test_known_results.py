"""What others have reached is reached, in a short form; the benchmark has all seeds and the spread.

`python -m tests.benchmarks.known_results`
"""

import gzip
import struct

import numpy as np
import pytest

from nncore.weight_search import strategies
from tests.benchmarks import known_results
from tests.benchmarks.images import Cats, Digits, wilson


def test_a_smooth_function_is_fitted_in_a_quarter_of_the_epochs_to_a_tenth_of_the_published_error():
    assert known_results.smooth_function(seed=0, epochs=200) <= 1.1e-3


@pytest.mark.parametrize("seed", range(3))
def test_two_answers_are_told_from_five_features(seed):
    accuracy, precision = known_results.two_answers(seed)
    assert accuracy >= 0.98
    assert precision >= 0.98


@pytest.mark.parametrize("seed", range(2))
def test_gradients_part_the_spiral_and_guesses_do_not(seed):
    assert known_results.three_arms(seed) >= 0.97
    for name in strategies:
        assert known_results.three_arms_guessed(strategies[name](), seed) < 0.9


@pytest.mark.parametrize("seed", range(10))
def test_a_perceptron_makes_no_error_where_a_line_parts_the_clouds(seed):
    assert known_results.parted_clouds(seed) == 0


def test_the_benchmark_says_when_a_goal_is_missed():
    row = known_results.Row("accuracy", float, goal=0.98)
    assert row.reached([0.97, 0.98, 0.99]) == "≥ 98.0% reached"
    assert row.reached([0.97, 0.97, 0.99]) == "≥ 98.0% NOT REACHED"
    error = known_results.Row("error", float, goal=1e-4, lower_is_better=True, form=".0e")
    assert error.reached([1e-5, 2e-4, 3e-4]) == "≤ 1e-04 NOT REACHED"


@pytest.fixture
def cats(tmp_path):
    """Bright images and dark ones, in two files like those of the course."""
    h5py = pytest.importorskip("h5py")
    rng = np.random.default_rng(0)
    for part, rows in (("train", 200), ("test", 10)):
        y = np.arange(rows) % 2
        x = rng.integers(0, 56, (rows, 4, 4, 3)) + 200 * y[:, None, None, None]
        with h5py.File(tmp_path / f"{part}_catvnoncat.h5", "w") as file:
            file[f"{part}_set_x"], file[f"{part}_set_y"] = x.astype(np.uint8), y
            file["list_classes"] = np.array([b"non-cat", b"cat"])
    return tmp_path


@pytest.fixture
def mnist(tmp_path):
    """A pixel for each digit, in four IDX files, one of them packed."""
    for part, rows in (("train", 120), ("t10k", 30)):
        ids = np.arange(rows) % 10
        pixels = np.uint8(255) * np.eye(16, dtype=np.uint8)[ids]
        images = struct.pack(">4B3I", 0, 0, 8, 3, rows, 4, 4) + pixels.tobytes()
        labels = struct.pack(">4BI", 0, 0, 8, 1, rows) + ids.astype(np.uint8).tobytes()
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(labels)
    return tmp_path


def test_cats_are_read_and_told_apart_from_two_files(cats):
    found = Cats(cats, epochs=100)
    assert found.train(0) == 1.0
    assert found.test(0) == 1.0
    assert found.interval(1.0) == "72% to 100% with 95 % (Wilson, 10 images)"


def test_digits_are_read_and_judged_by_the_official_test(mnist):
    assert Digits(mnist, epochs=25).test(0) == 1.0


def test_a_row_without_its_files_says_that_it_is_not_run(capsys):
    known_results.main(["--only", "MNIST"])
    known_results.main(["--only", "cat/"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "seeds 0" not in line]
    assert len(lines) == 3
    assert all(line.endswith("not run: name the folder of its files") for line in lines)


def test_rows_with_their_files_are_measured_under_their_own_number_of_seeds(cats, monkeypatch):
    monkeypatch.setattr(known_results, "Cats", lambda folder: Cats(folder, epochs=3))
    _, test, _ = known_results.images(cats, None)
    words = known_results.line(test, seeds=1)
    assert words.count("%") >= 13
    assert "Wilson, 10 images" in words


@pytest.mark.parametrize(
    ("share", "rows", "low", "high"),
    [
        (0.74, 50, 0.604, 0.841),
        (0.0, 10, 0.0, 0.278),
        (1.0, 10, 0.722, 1.0),
        (0.5, 100, 0.404, 0.596),
    ],
)
def test_the_wilson_interval_is_as_published(share, rows, low, high):
    assert wilson(share, rows) == pytest.approx((low, high), abs=6e-4)
