"""Every lesson runs, is short, and shows what its derivation promises."""

import inspect
import io
import re
from pathlib import Path

import pytest

from nncore.lessons import lessons
from nncore.lessons.__main__ import main

LESSONS = {lesson.name: lesson for lesson in lessons()}

SHOWN = {
    "01_neuron": [
        "sum so far -2.0",
        "as a loop         3.0",
        "dot product  3.0",
        "Neuron       3.0",
    ],
    "02_layer": ["→ 3.0", "→ 0.5", "(3,) @ (3, 2) + (2,) → (2,)", "6 weights + 2 biases = 8"],
    "03_batch": [
        "loop over the rows says the same: True",
        "(4,), with keepdims (4, 1)",
        "an error, luckily",
        "[-0.3 -1.3  1.7]: wrong, without a word",
        "rows add up to [0. 0. 0.]",
    ],
    "04_nonlinearity": [
        "nothing between, differ from one layer by 0\n",
        "[0. 0.]   0   0      0\n",
        "[0. 1.]   1   0      1\n",
        "[1. 0.]   1   0      1\n",
        "[1. 1.]   2   1      0\n",
        "x = 3.0   made  9.00   x²  9.00",
    ],
    "05_network": ["total                          19,602", "528 + 34 = 19,602", "= 1.000"],
    "06_loss": [
        "0.50        0.693",
        "[1 0 0] [0 0 1] [0 1 0]",
        "sparse  0.7068",
        "one-hot 0.7068",
        "SoftmaxLoss   0.7068",
        "says [0 2 0]   accuracy 0.667",
        "without a crash: [1. 0. 0.]",
    ],
    "07_guessing": ["bands    draw_anew", "spiral   perturb", "2 weights: 0.6", "weights: 0.006"],
    "08_chain_rule": [
        "dL/dw₁      -8.0000     -8.0000",
        "dL/dw₂     -12.0000    -12.0000",
        "dL/db       -4.0000     -4.0000",
        "   1   1.080  -0.380   0.540   2.0736",
    ],
    "09_backpropagation": [
        "= [31. 42.]   db = 1 + 10 = [11.]",
        "99 weights turned both ways, 198 forward passes",
        "387 derivatives",
    ],
    "10_training": ["1,000 steps for 300 looks"],
    "11_perceptron": [
        "answers [0 0 0 1]",
        "has not converged: 2 of 4 rows are wrong after 30 epochs",
        "0 of 200 rows wrong at the end",
        "hidden neurons and gradients: answers [0 1 1 0]",
    ],
    "12_search": [
        "1.0000   diverged",
        "0.5623   diverged",
        "three seeds each",
        "test rows, read once",
    ],
}


@pytest.fixture(scope="module")
def shown():
    """What each lesson printed, so that none runs twice."""
    return {}


@pytest.fixture
def printed(shown, capsys):
    def run(name):
        if name not in shown:
            LESSONS[name].run()
            shown[name] = capsys.readouterr().out
        return shown[name]

    return run


def test_they_are_numbered_from_1_without_a_gap():
    assert [lesson.number for lesson in lessons()] == list(range(1, 13))
    assert list(LESSONS) == list(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_a_lesson_shows_what_it_derives(name, printed):
    out = printed(name)
    for words in SHOWN[name]:
        assert words in out


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_one_page_of_code_and_less_of_output(name, printed):
    lines = inspect.getsource(LESSONS[name].module).splitlines()
    assert len(lines) <= 80
    assert len(printed(name).splitlines()) <= 35
    assert max(map(len, printed(name).splitlines())) <= 100


def test_a_lesson_says_where_its_file_is_from_wherever_one_stands(tmp_path, monkeypatch):
    lesson = LESSONS["01_neuron"]
    assert lesson.place.endswith("01_neuron.py")
    for folder in (tmp_path, Path(lesson.module.__file__).parents[2]):
        monkeypatch.chdir(folder)
        assert Path(lesson.place).is_file()
    assert lesson.place == "nncore/lessons/01_neuron.py"


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_derives_before_it_shows(name):
    title, blank, *derivation = (LESSONS[name].module.__doc__ or "").splitlines()
    assert title.endswith((".", "?"))
    assert not blank
    assert len(derivation) >= 15


def test_perturbing_goes_further_than_drawing_anew_and_neither_to_the_end(printed):
    rows = dict(re.findall(r"(\w+ +\w+) +(\d\.\d+)  ", printed("07_guessing")))
    losses = {tuple(key.split()): float(value) for key, value in rows.items()}
    for data in ("bands", "spiral"):
        assert losses[data, "perturb"] < losses[data, "draw_anew"]
    assert losses["spiral", "perturb"] > 0.1


def test_the_gradients_of_the_lesson_are_right_and_a_wrong_sign_is_seen(printed):
    plain, wrong, fast = (
        float(error) for error in re.findall(r"error ([\d.e-]+)", printed("09_backpropagation"))
    )
    assert plain < 1e-7
    assert fast < 1e-7
    assert wrong > 0.1


def test_gradients_leave_guesses_far_behind(printed):
    last = re.findall(r"^ +100 .*$", printed("10_training"), re.MULTILINE)[0].split()
    _, train_loss, _, accuracy, guessed = last
    assert float(train_loss) < float(guessed) / 5
    assert float(accuracy.rstrip("%")) >= 97.0


def test_the_search_chooses_a_rate_between_too_small_and_too_large(printed):
    chosen = re.search(r"chosen: ([\d.]+)", printed("12_search"))
    assert chosen
    assert 0.1 <= float(chosen[1]) < 1.0


def test_the_list_names_every_lesson(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    for lesson in lessons():
        assert f"{lesson.number:>2}  {lesson.title}" in out


def test_one_is_run_by_its_number(capsys):
    assert main(["2"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2. A layer:")
    assert "nncore/lessons/02_layer.py" in out


def test_all_are_run_in_order(capsys):
    assert main(["all"]) == 0
    heads = re.findall(r"^(\d+)\. [A-Z]", capsys.readouterr().out, re.MULTILINE)
    assert heads == [str(number) for number in range(1, 13)]


@pytest.mark.parametrize(("cut", "code"), [(KeyboardInterrupt, 130), (BrokenPipeError, 0)])
def test_an_interrupt_and_a_pipe_that_closes_end_it_without_a_traceback(cut, code, monkeypatch):
    def cut_off(*words, **options):
        raise cut

    monkeypatch.setattr("nncore.lessons.__main__._run", cut_off)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert main(["1"]) == code


@pytest.mark.parametrize("word", ["13", "0", "neuron", "-1", "²"])
def test_a_lesson_there_is_not_is_answered_with_those_there_are(word, capsys):
    assert main([word]) == 2
    assert f"There is no lesson {word!r}: say 1 to 12, or all." in capsys.readouterr().err
