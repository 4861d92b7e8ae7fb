"""The query language: what it says, and that it fails with a place."""

import re
from dataclasses import replace

import pytest

from hpsearch.store.records import StudyFacts
from hpsearch.view.fields import FACTS, fields
from hpsearch.view.query import QueryError, parse
from tests.view.board import BOARD, EPOCHS, FIELDS, trial
from tests.view.madeup import SPACE, facts


def found(text, board=BOARD, names=FIELDS):
    return [each.number for each in parse(text, names).apply(board)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("   ", [0, 1, 2, 3, 4, 5]),
        ("acc>=90%", [0, 1, 2, 3, 5]),
        ("val_accuracy>=0.91", []),
        ("learning_rate<1e-2", [0, 2]),
        ("lr<=1%", [0, 2, 5]),
        ("lr=0.02", [3]),
        ("lr = 2e-2", [3]),
        ("lr == .02", [3]),
        ("lr≥0.1", [1, 4]),
        ("activation=tanh", [0, 2, 5]),
        ("act=TANH", [0, 2, 5]),
        ("act!=tanh", [1, 3, 4]),
        ("state:running,complete", [0, 1, 2, 5]),
        ("state:run", [2]),
        ("state=complete,running -#0", [1, 2, 5]),
        ("state!=complete,running", [3, 4]),
        ("-optimizer:gd", [0, 2, 3, 5]),
        ("optimizer:adam", [0, 2, 3]),
        ("optimizer=adam", [0, 3]),
        ("layer_dims~128", [0, 2, 3]),
        ("layer_dims~^128", [0, 3]),
        ("layer_dims:128", [0, 2]),
        ("layer_dims:128-64", [0]),
        ("layers=128-64", [0]),
        ("layers=[128,64]", [0]),
        ("layers=none", [4]),
        ("lr:0.02,0.001", [2, 3]),
        ("beta1=none", [1, 2, 3, 4, 5]),
        ("beta1!=0.9", [1, 2, 3, 4, 5]),
        ("beta1>0", [0]),
        ("val_cost=none", [4]),
        ("#3", [3]),
        ("-#3 state=pruned", []),
        ("#3 | #0", [0, 3]),
        ("act=tanh opt=adam | state=pruned", [0, 3]),
        ("top:34%", [0, 1]),
        ("top:1%", [0]),
        ("act=tanh top:66%", [0]),
        ("top:67%", [0, 1, 5]),
        ("-top:100%", [2, 3, 4]),
        ("training.epochs=60", [0, 1, 2, 3, 4, 5]),
        ("epochs=41", [0, 1, 2, 3, 4, 5]),
        ("beta2=0.99", [0, 2, 3]),
        ('act="tanh"', [0, 2, 5]),
        ("train_cost<1", []),
    ],
)
def test_a_query_finds_what_it_says(text, numbers):
    assert found(text) == numbers


def test_the_whole_of_the_language_in_one_query():
    text = (
        "val_accuracy>=88% learning_rate<1e-2 activation=tanh state:running,complete "
        "-optimizer:gd layer_dims~128 top:100% | #4"
    )
    assert found(text) == [0, 4]


def test_top_is_by_the_direction_of_the_study_and_of_all_trials():
    high = replace(FIELDS, direction="maximize")
    assert found("top:1%", names=high) == [5]
    query = parse("top:34%", FIELDS)
    assert [each.number for each in query.apply(BOARD[1:2], among=BOARD)] == [1]
    asked = query.matcher(BOARD)
    assert asked(BOARD[1])
    assert not asked(BOARD[5])


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("lerning_rate<1", 0, "did you mean 'learning_rate'"),
        ("act=tanh acuracy>1", 9, "did you mean 'accuracy'"),
        ("beta>0", 0, "may mean training.beta1, training.beta2"),
        ("act", 3, "is missing"),
        ("running", 0, "Write state:running"),
        ("lr<", 3, "needs a value"),
        ("lr< | #1", 4, "needs a value"),
        ("lr<fast", 3, "needs a number"),
        ("lr<10%%", 3, "needs a number"),
        ("act~(", 4, "no regular expression"),
        ("act~a{99999999999}", 4, "no regular expression"),
        ("| act=tanh", 0, "nothing before"),
        ("act=tanh |", 10, "nothing after"),
        ("act=tanh || #1", 10, "nothing before"),
        ("#x", 1, "number"),
        ("#1x", 1, "number"),
        ("#", 1, "number"),
        ("top:10", 4, "top:10%"),
        ("top:0%", 4, "top:10%"),
        ("top:101%", 4, "top:10%"),
        ("top<10%", 0, "there is no 'top'"),
        ("state:runing", 6, "did you mean 'running'"),
        ("state:complete,prunned", 15, "did you mean 'pruned'"),
        ('act="tanh', 4, "does not end"),
        ('act="a"b', 4, "does not end"),
        ("--act=a", 1, "Write a name"),
        ("act:,", 4, "between the commas"),
        ("act=tanh 5<lr", 9, "Write a name"),
    ],
)
def test_a_mistake_is_shown_with_its_place_and_the_way_out(text, place, said):
    with pytest.raises(QueryError, match=re.escape(said).replace("there", "[Tt]here")) as caught:
        parse(text, FIELDS)
    assert caught.value.position == place
    message, query, caret = str(caught.value).splitlines()
    assert message == caught.value.message
    assert query == f"  {text}"
    assert caret == " " * (place + 2) + "^"


def test_a_caret_stands_under_the_place_whatever_stands_before_it():
    with pytest.raises(QueryError) as caught:
        parse('act="猫\x1b[2J" nope=1', FIELDS)
    _, query, caret = str(caught.value).splitlines()
    assert "\x1b" not in query
    assert caret.index("^") == query.index("nope") + 1  # the cat is two cells wide


@pytest.mark.parametrize("name", [*SPACE, *FACTS, "val_cost", "val_accuracy", EPOCHS])
def test_every_full_name_means_itself(name):
    assert FIELDS.resolve(name) == name


def test_names_of_a_study_are_what_it_searches_what_it_holds_and_its_figures():
    meaning = {**SPACE, EPOCHS: 40, "network.initializer": "he_normal", "data.test": 0.2}
    study = StudyFacts(
        **{
            key: value
            for key, value in facts(meaning=meaning).items()
            if key in StudyFacts.__dataclass_fields__
        }
    )
    known = fields(study, [trial(0, figures={"val_strange": 1.0})])
    assert known.params == tuple(SPACE)
    assert known.fixed == {EPOCHS: 40, "network.initializer": "he_normal"}
    assert "val_strange" in known.names
    assert known.resolve("init") == "network.initializer"


def test_a_text_as_long_as_a_book_is_refused():
    with pytest.raises(QueryError, match="at most"):
        parse("#1 " * 10_000, FIELDS)
