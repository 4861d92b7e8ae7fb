"""The query language: what it says, that it reads back, and that it fails with a place."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.fields import FACTS, USUAL, Fields, fields
from hpsearch.view.query import Comparison, Number, Query, QueryError, Top, parse
from hpsearch.view.values import number
from tests.view.madeup import SPACE, facts

STATES = ("waiting", "running", "complete", "pruned", "diverged", "failed")
LAYERS, RATE = "network.layer_dims", "training.learning_rate"
ACTIVATION, OPTIMIZER = "network.activation", "training.optimizer"
BETA, EPOCHS = "training.beta1", "training.epochs"

FIELDS = Fields(tuple(SPACE), fixed={EPOCHS: 60, "training.beta2": 0.99})


def trial(at, state="complete", value=0.1, figures=None, **params):
    full = {FIELDS.resolve(name): drawn for name, drawn in params.items()}
    known = {"val_cost": value, "val_accuracy": 0.9} if figures is None else figures
    return TrialRecord(
        number=at,
        state=state,
        seed=at,
        params=full,
        planned=60,
        epochs=41,
        value=value,
        best_epoch=31,
        figures=known,
        parameters=4810,
        slot=0,
        attempt=1,
        started=1.0,
        finished=2.0,
        seconds=1.5,
        reason="",
        told=at,
    )


BOARD = [
    trial(0, value=0.1, activation="tanh", optimizer="adam", lr=0.005, hidden=(128, 64), beta1=0.9),
    trial(1, value=0.2, activation="relu", optimizer="gd", lr=0.1, hidden=(32,)),
    trial(2, "running", 0.05, activation="tanh", optimizer="adamw", lr=0.001, hidden=(64, 128)),
    trial(3, "pruned", 0.01, activation="relu", optimizer="adam", lr=0.02, hidden=(1280,)),
    trial(4, "diverged", None, {}, activation="relu", optimizer="gd", lr=0.5, hidden=()),
    trial(5, value=0.3, activation="tanh", optimizer="rmsprop", lr=0.01, hidden=(16, 16, 16)),
]


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
    assert query.matches(BOARD[1], BOARD)
    assert not query.matches(BOARD[5], BOARD)


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


# Properties ---------------------------------------------------------------------------------------

_WORDS = st.text(max_size=12) | st.text('"\\ |,a', max_size=6)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers(0, 200).map(str)
_NUMBERS |= st.sampled_from(["98%", "1e-2", "0.5", ".5", "10%"])
_STATE = st.sampled_from(STATES)
_NAME = st.sampled_from([name for name in FIELDS.names if name != "state"])
_NEGATED = st.booleans()
_COMPARISONS = st.one_of(
    st.builds(Comparison, _NAME, st.sampled_from(["=", "!="]), _WORDS | _NUMBERS, _NEGATED),
    st.builds(Comparison, _NAME, st.sampled_from(["<", "<=", ">", ">="]), _NUMBERS, _NEGATED),
    st.builds(
        Comparison,
        _NAME,
        st.just(":"),
        st.lists((_WORDS | _NUMBERS).filter(lambda w: w.strip(",")), min_size=1, max_size=3).map(
            ",".join
        ),
        _NEGATED,
    ),
    st.builds(Comparison, _NAME, st.just("~"), _WORDS.map(re.escape), _NEGATED),
    st.builds(Comparison, st.just("state"), st.just(":"), _STATE, _NEGATED),
)
_TERMS = st.one_of(
    _COMPARISONS,
    st.builds(Top, st.floats(0, 100, exclude_min=True), _NEGATED),
    st.builds(Number, st.integers(0, 999_999_999), _NEGATED),
)
QUERIES = st.lists(st.lists(_TERMS, min_size=1, max_size=4).map(tuple), max_size=3).map(
    lambda ways: Query(tuple(ways), FIELDS)
)

TRIALS = st.lists(
    st.builds(
        trial,
        st.integers(0, 9),
        _STATE,
        st.none() | st.floats(-1, 1),
        st.dictionaries(st.sampled_from(["val_cost", "train_cost"]), st.none() | st.floats(0, 1)),
        activation=st.sampled_from(["tanh", "relu", ""]),
        optimizer=st.sampled_from(["gd", "adam", "adamw"]),
        hidden=st.lists(st.sampled_from([16, 64, 128]), max_size=3).map(tuple),
        lr=st.sampled_from([0.5, 0.01, 1e-4, 1]),
    ),
    max_size=6,
)


@given(QUERIES)
def test_a_query_that_is_written_reads_back_as_itself(query):
    assert parse(str(query), FIELDS) == query


@given(st.text(max_size=40) | st.text(' |-#:=<>~!%",.(tolprs0123aeics', max_size=40))
@settings(max_examples=400)
def test_no_text_raises_anything_but_a_query_error(text):
    for names in (FIELDS, USUAL):
        query = parsed_or_placed(text, names)
        if query is not None:
            assert parse(str(query), names) == query
            query.apply(BOARD)


def parsed_or_placed(text, names):
    """The query, or None where what is wrong has a place in the text."""
    try:
        return parse(text, names)
    except QueryError as error:
        place = error.position
    assert 0 <= place <= len(text)
    return None


def test_a_text_as_long_as_a_book_is_refused():
    with pytest.raises(QueryError, match="at most"):
        parse("#1 " * 10_000, FIELDS)


def naive(term, each, board):
    """What a term says, read from its definition."""
    if isinstance(term, Number):
        says = each.number == term.number
    elif isinstance(term, Top):
        known = [t for t in board if t.state == "complete" and t.value is not None]
        known.sort(key=lambda t: (t.value, t.number))
        best = known[: math.ceil(len(known) * term.percent / 100)]
        says = each.number in {t.number for t in best}
    else:
        says = compares(term, each)
    return says != term.negated


def compares(term, each):
    if term.name in ("value", "val_cost"):
        value = each.value
    elif term.name == "gap":
        two = each.figures.get("val_cost"), each.figures.get("train_cost")
        value = None if None in two else two[0] - two[1]
    elif term.name == EPOCHS:
        value = 60
    elif term.name == "training.beta2":
        value = 0.99 if each.params[OPTIMIZER] != "gd" else None
    elif "." in term.name:
        value = each.params.get(term.name)
    elif term.name in FACTS:
        value = getattr(each, term.name)
    else:
        value = each.figures.get(term.name)
    shown = "none" if value is None else str(value)
    if isinstance(value, tuple):
        shown = "-".join(map(str, value)) or "none"
    written, limit = term.value.casefold(), number(term.value)
    numeric = isinstance(value, int | float)

    def same(text):
        other = number(text)
        if numeric and other is not None:
            return math.isclose(value, other, rel_tol=1e-9)
        layers = re.fullmatch(r"\d+(,\d+)+", text)
        return shown == (text.replace(",", "-") if layers else text)

    match term.operator:
        case "=":
            return same(written)
        case "!=":
            return not same(written)
        case ":":
            parts = [part for part in written.split(",") if part]
            if isinstance(value, str):
                return any(part in value for part in parts)
            if isinstance(value, tuple):
                return any(f"-{part}-" in f"-{shown}-" for part in parts)
            return any(same(part) for part in parts)
        case "~":
            return value is not None and re.search(term.value, shown, re.I) is not None
    order = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0)}[term.operator]
    return numeric and ((value > limit) - (value < limit)) in order


@given(QUERIES, TRIALS)
def test_it_finds_the_same_as_a_naive_reading(query, many):
    many = [replace(each, number=at) for at, each in enumerate(many)]
    naively = [
        each
        for each in many
        if not query.alternatives
        or any(all(naive(term, each, many) for term in way) for way in query.alternatives)
    ]
    assert query.apply(many) == naively
    assert [each for each in many if query.matches(each, many)] == naively
