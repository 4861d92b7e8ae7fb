"""What the report tells of the best trial's network: its mistakes, or why they are not known."""

from dataclasses import replace

from hpsearch.report.page import page
from hpsearch.study.confusion import Confusion
from hpsearch.study.examination import Examination, LayerState, Residuals
from hpsearch.view.format import clean
from tests.report.madereports import HOSTILE
from tests.report.markupreader import read

EXAMINED = Examination(
    "digits", 3, "multiclass", "val_cost", 0.2, {"val_cost": 0.2, "standard_error": 0.01},
    True, 60, 1, "by a network that has not seen them",
)  # fmt: skip


def mistakes(materials, **others):
    found = replace(materials["ordinary"], examination=replace(EXAMINED, **others))
    return read(page(found)).at("mistakes")


def test_a_confusion_matrix_tells_every_count(materials):
    confusion = Confusion("digit", ("a", HOSTILE), ((25, 5), (0, 30)))
    told = mistakes(materials, confusions=(confusion,))
    matrix = next(told.every("table", "matrix"))
    rows = [[cell.text for cell in row.every("td")] for row in next(matrix.every("tbody")).inside]
    assert rows == [["25", "5", "83.3", "30"], ["·", "30", "100.0", "30"]]
    assert "5 of 60 validation rows wrong" in told.text
    assert f"a → {clean(HOSTILE)}" in told.text


def test_of_many_classes_the_worst_are_told(materials):
    names = tuple(f"class {at}" for at in range(50))
    counts = (*(tuple(int(at == k) for k in range(50)) for at in range(49)), (1,) * 50)
    told = mistakes(materials, confusions=(Confusion("digit", names, counts),))
    assert not list(told.every("table", "matrix"))
    first = next(next(told.every("tbody")).every("th"))
    assert first.text == "class 49"
    assert "20 better ones are left out" in told.text


def test_several_labels_have_a_matrix_each_until_there_are_too_many(materials):
    confusions = tuple(Confusion(f"label {at}", ("0", "1"), ((20, 1), (2, 7))) for at in range(30))
    told = mistakes(materials, task="multilabel", confusions=confusions)
    assert len(list(told.every("table", "matrix"))) == 24
    assert "90 of 900 predictions wrong" in told.text
    assert "6 more targets are left out" in told.text


def test_residuals_are_told_and_drawn(materials):
    spread_ = (-30000.0, -2.0, -1.0, 0.25, 1.0, 2.0, 5.0)
    told = mistakes(materials, task="regression", residuals=(Residuals(HOSTILE, spread_),))
    assert clean(HOSTILE) in told.text
    assert "-30,000" in told.text
    assert len(list(told.every("svg", "residual"))) == 1
    flat = mistakes(materials, task="regression", residuals=(Residuals("y", (0.0,) * 7),))
    assert not list(flat.every("svg", "residual"))


def test_why_nothing_is_known_is_said_with_the_way_out(materials):
    why = "The weights of trial 3 are not kept. Train it once more:\n  hpsearch export x\n  and y"
    told = read(page(replace(materials["ordinary"], examination=why))).at("mistakes")
    assert next(told.every("p")).text.startswith("The weights of trial 3 are not kept.")
    assert next(told.every("code")).text == "hpsearch export x\nand y"


def test_where_the_study_lies_is_not_told(materials):
    found = materials["ordinary"]
    study = replace(found.study, path="/home/ann/secret/digits.toml")
    why = "/home/ann/secret/rows.csv is not there."
    told = page(replace(found, status=replace(found.status, study=study), examination=why))
    assert "rows.csv is not there." in told
    assert "/home" not in told


def test_layers_tell_what_became_of_them(materials):
    states = (LayerState("hidden 1", 3.25, 0.125), LayerState("output", 1.5, None))
    found = replace(materials["ordinary"], examination=replace(EXAMINED, layers=states))
    told = read(page(found)).at("network").text
    assert "3.25012.5 %" in told
    assert "1.500–" in told
