"""Any query reads back as itself and finds what a naive reading finds; no text breaks it."""

import math
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.view.fields import FACTS, USUAL
from hpsearch.view.query import Comparison, Number, Query, QueryError, Top, parse
from hpsearch.view.values import number
from tests.view.board import BOARD, EPOCHS, FIELDS, OPTIMIZER, STATES, trial

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
    assert list(filter(query.matcher(many), many)) == naively
