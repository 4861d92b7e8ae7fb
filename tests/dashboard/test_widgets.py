"""Every widget at sizes from nothing up: no data, one point, NaN, infinity, ten thousand rows."""

import asyncio
import math
from dataclasses import replace

import numpy as np
import pytest
from textual.app import App

from hpsearch.dashboard.ink import strip
from hpsearch.dashboard.widgets.canvas import Canvas
from hpsearch.dashboard.widgets.curves import Curves, Picture
from hpsearch.dashboard.widgets.events import Ticker
from hpsearch.dashboard.widgets.header import Header
from hpsearch.dashboard.widgets.hints import Hints
from hpsearch.dashboard.widgets.page import Page
from hpsearch.dashboard.widgets.params import Importance, Parallel, Searched, Slices
from hpsearch.dashboard.widgets.said import Said
from hpsearch.dashboard.widgets.textline import TextLine
from hpsearch.dashboard.widgets.timeline import Rota, Timeline
from hpsearch.dashboard.widgets.workers import Crew, Workers
from hpsearch.store.records import EventRecord, StudyFacts, TrialRecord
from hpsearch.view.axes import Axis, axis
from hpsearch.view.chart import Curve, Frame
from hpsearch.view.history import History
from hpsearch.view.timeline import blocks

SIZES = ((0, 0), (1, 1), (3, 2), (10, 4), (40, 12), (120, 40))
DATA = ("nothing", "one", "nan", "inf", "many")
STUDY = StudyFacts("s", "val_cost", "minimize", "multiclass", 9, 2, "running", "", 0, 0, 0, 9)
TRIAL = TrialRecord(3, "complete", 1, {"training.learning_rate": 0.1, "a.b": "x", "a.c": (3, 4)},
                    9, 5, 0.5, 4, {"val_cost": 0.5, "val_accuracy": 0.9}, 12, 0, 1, 10.0, 12.0,
                    2.0, "", 0)  # fmt: skip


def values(data):
    return {
        "nothing": np.empty(0),
        "one": np.array([0.5]),
        "nan": np.array([math.nan, math.nan, 0.3]),
        "inf": np.array([0.3, math.inf, -math.inf, 1e308, -1e308, 0.0]),
        "many": np.exp(np.sin(np.arange(10_000.0))),
    }[data]


def trials(data):
    return [
        replace(TRIAL, number=at, value=value if math.isfinite(value) else None,
                started=float(at), finished=at + 0.5, slot=at % 3,
                params={**TRIAL.params, "training.learning_rate": float(value)})
        for at, value in enumerate(values(data))
    ]  # fmt: skip


def curves(data):
    y = values(data)
    widget = Curves("c")
    line = Curve(np.arange(len(y), dtype=float), y, "top", "#3")
    frame = Frame("cost", float(len(y)), log=True, cross=1.0, rung=2.0)
    widget._picture = Picture(frame, [line, line])
    return widget


def params(kind, data):
    widget = kind()
    drawn = trials(data)
    names = ("training.learning_rate", "a.b", "a.c")
    axes = [axis(n, n, {"float": [0.1, 1.0], "log": True} if at == 0 else None,
                 [t.params[n] for t in drawn]) for at, n in enumerate(names)]  # fmt: skip
    axes.append(Axis("value", "val cost", 0.1, 1.0, log=True))
    widget._searched = Searched(axes if drawn else (), {"a.b": 1.0}, drawn, 1, 3)
    return widget


def workers(data):
    widget = Workers()
    widget._crew = Crew(STUDY if data != "nothing" else None, tuple(trials(data)), 2)
    return widget


def timeline(data):
    widget = Timeline()
    widget._rota = Rota(blocks(trials(data), 100.0), 2, 100.0, True)
    return widget


def ticker(data):
    widget = Ticker()
    widget._events = tuple(EventRecord(t.number, 0.0, "best", 1, "x" * 9) for t in trials(data))
    return widget


def said(data):
    widget = Said()
    widget._text = " ".join(str(value) for value in values(data))
    return widget


def header(data):
    widget = Header("s" * (100 if data == "many" else 1))
    widget._history = History()
    return widget


def page(data):
    widget = Page("p")
    lines = [[(str(value), "plain")] for value in values(data)]
    widget._content = lambda _: lines
    return widget


def hint(data):
    return Hints([("x", "Word")] * (0 if data == "nothing" else 30))


def textline(data):
    widget = TextLine("t")
    widget._line = [(str(list(values(data)[:50])), "plain")]
    return widget


MADE = {
    Curves: curves,
    Importance: lambda data: params(Importance, data),
    Slices: lambda data: params(Slices, data),
    Parallel: lambda data: params(Parallel, data),
    Workers: workers,
    Timeline: timeline,
    Ticker: ticker,
    Said: said,
    Header: header,
    Page: page,
    Hints: hint,
    TextLine: textline,
}


def test_every_widget_is_tried():
    def all_of(kind):
        return {kind, *(found for sub in kind.__subclasses__() for found in all_of(sub))}

    assert {kind for kind in all_of(Canvas) if kind is not Canvas} == set(MADE)


@pytest.mark.parametrize("kind", list(MADE), ids=lambda kind: kind.__name__)
def test_it_survives(kind):
    async def paint():
        app = App()
        async with app.run_test():
            for data in DATA:
                widget = MADE[kind](data)
                for width, height in SIZES:
                    for line in widget.paint(width, height):
                        assert all("\n" not in text for text, _ in line)
                        assert strip(line, width).cell_length == width

    asyncio.run(paint())
