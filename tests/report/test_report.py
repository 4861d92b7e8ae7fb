"""The page of a study: whole, self-contained, escaped and steady whatever the study is like."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.report.markup import Markup, joined, prose, tag, verbatim
from hpsearch.report.material import gather, spread
from hpsearch.report.page import page
from hpsearch.report.theme import style
from hpsearch.view.fields import fields
from hpsearch.view.format import clean, scored
from hpsearch.view.palette import DARK, LIGHT
from hpsearch.view.rows import Key, sort
from tests.report.madereports import HOSTILE, STUDIES, made
from tests.report.markupreader import read

every_study = pytest.mark.parametrize("name", STUDIES)


@every_study
def test_every_element_is_closed_and_every_link_leads_somewhere(pages, name):
    found = read(pages[name])
    ids = found.ids()
    assert len(ids) == len(set(ids))
    assert leading_nowhere(found) == set()


def leading_nowhere(found):
    """Links of a page to what it does not have, or to another one."""
    links = {e.attributes["href"] or "" for e in found.every("a") if "href" in e.attributes}
    inside = {f"#{name}" for name in found.ids()}
    return {link for link in links - inside if not link.startswith("data:application/toml;")}


@every_study
def test_nothing_is_loaded_and_only_our_script_runs(pages, name):
    text = pages[name]
    found = read(text)
    assert "url(" not in text
    assert "@import" not in text
    loading = ("src", "srcset", "data", "poster", "action", "formaction", "background", "ping")
    for element in found.every():
        assert not [word for word in element.attributes.values() if "://" in (word or "")], element
        assert not set(loading) & set(element.attributes), element
        assert not [key for key in element.attributes if key.startswith("on")], element
    names = {element.name for element in found.every()}
    assert not names & {"iframe", "object", "embed", "img", "link", "form", "video", "audio", "use"}
    (script,) = found.every("script")
    known = b64encode(sha256(script.text.encode()).digest()).decode()
    policies = [e for e in found.every("meta") if "http-equiv" in e.attributes]
    assert f"script-src 'sha256-{known}'" in (policies[0].attributes["content"] or "")
    assert "default-src 'none'" in (policies[0].attributes["content"] or "")


@every_study
def test_the_same_study_gives_the_same_page(materials, pages, name):
    assert page(replace(materials[name])) == pages[name]  # a new one: nothing is remembered


@every_study
def test_no_number_is_told_that_is_none(pages, name):
    told = " ".join(element.text for element in read(pages[name]).every("section"))
    assert not re.search(r"\b(nan|inf|None|True|False)\b", told.replace("the cost was nan", ""))
    paths = re.findall(r' d="([^"]*)"', pages[name])
    assert all(re.fullmatch(r"[MlhHvCz0-9. -]*", path) for path in paths)


def test_the_sections_of_an_ordinary_study(pages):
    found = read(pages["ordinary"])
    sections = [element.attributes["id"] for element in found.every("section")]
    assert sections == [
        "summary", "leaderboard", "best-so-far", "curves", "importance", "slices", "parallel",
        "network", "configuration", "failures", "timeline", "reproduce", "data",
    ]  # fmt: skip
    assert [e.attributes["href"] for e in found.every("nav").__next__().every("a")] == [
        f"#{name}" for name in sections[1:]
    ]


@pytest.mark.parametrize("name", ["empty", "all failed", "all waiting"])
def test_what_there_is_nothing_of_is_left_out_or_said(pages, name):
    found = read(pages[name])
    assert "No trial is complete" in found.at("summary").text
    assert not {"best-so-far", "slices", "parallel", "mistakes"} & set(found.ids())
    assert "There is none to copy: no trial is complete" in found.at("configuration").text


def test_ticks_are_whole_trials_and_epochs(pages):
    found = read(pages["hostile"])  # of two epochs and four trials
    for anchor, ticks in (("best-so-far", ["0", "1", "2", "3", "4"]), ("curves", ["0", "1", "2"])):
        across = next(found.at(anchor).every("div", "xs"))
        assert [label.text for label in across.every("span")] == ticks


def test_what_ends_at_1_is_drawn_on_a_plain_axis(tmp_path):
    study = made(tmp_path / "s", 6, metric="val_roc_auc", direction="maximize")
    for number in range(6):
        for epoch in range(1, 9):
            study.epoch(number, epoch, 0.1 * epoch)
            figures = json.dumps({"val_roc_auc": 0.1 * epoch, "val_cost": 2.0 / epoch**2})
            where = "WHERE trial = ? AND number = ?"
            study.db.execute(f"UPDATE epoch SET figures = ? {where}", (figures, number, epoch))
    study.close()
    material = gather(study.folder)
    drawn = [one.text.strip() for one in read(page(material)).at("curves").every("figcaption")]
    assert drawn == ["val_roc_aucby epoch", "val_costlog, by epoch"]


def test_reasons_of_failures_are_counted(pages):
    assert "MemoryErrorfailed3#0" in read(pages["all failed"]).at("failures").text
    assert "the cost was nan after epoch N" in read(pages["all diverged"]).at("failures").text


# Hostile words --------------------------------------------------------------------------------


def test_words_from_files_are_text_and_nothing_else(pages):
    found = read(pages["hostile"])
    assert clean(HOSTILE) == next(found.every("h1")).text
    assert f"{clean(HOSTILE)}: hpsearch report" == next(found.every("title")).text
    for anchor in ("leaderboard", "slices", "parallel", "failures", "reproduce", "data"):
        assert clean(HOSTILE) in found.at(anchor).text, anchor
    assert HOSTILE in found.at("study-file").text  # as it is: somebody copies it
    assert "\u202e" not in found.at("commands").text  # what is pasted is what is seen


@given(st.text())
def test_any_text_comes_back_as_it_is_shown(text):
    (element,) = read(tag("p", text, title=text)).inside
    assert (element.text, element.attributes["title"]) == (clean(text), clean(text))
    assert "<" not in prose(text).replace("<code>", "").replace("</code>", "")
    told = text.encode("utf-8", "backslashreplace").decode()
    assert read(tag("pre", verbatim(text))).text == told


@given(st.lists(st.one_of(st.none(), st.text(), st.text().map(lambda t: tag("b", t)))))
def test_only_markup_stays_markup(parts):
    bold = sum(isinstance(part, Markup) for part in parts)
    assert len(list(read(joined(parts)).every("b"))) == bold


# Themes ---------------------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["plain", "dim", "best", "failed", "running", "line0"])
def test_words_can_be_read_in_both_themes(scheme, ink):
    found = re.search(rf"color-scheme:{scheme};([^}}]*)", style())
    assert found is not None
    inks = dict(re.findall(r"--([\w-]+):(#\w+);", found[1]))
    for ground in ("page", "card"):
        bright, dark = sorted((luminance(inks[ink]), luminance(inks[ground])), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2, level AA


def test_every_colour_of_the_style_sheet_is_defined():
    text = style()
    named, used = set(re.findall(r"--([\w-]+):", text)), set(re.findall(r"var\(--([\w-]+)", text))
    assert used - {"axes"} <= named


# The leaderboard ------------------------------------------------------------------------------


def test_the_leaderboard_is_a_plain_table_in_order(materials, pages):
    found, board = materials["ordinary"], read(pages["ordinary"]).at("leaderboard")
    rows = [row for row in board.every("tr") if "id" in row.attributes]
    assert [row.attributes["id"] for row in rows] == [f"trial-{t.number}" for t in found.trials]
    heads = [head.text for head in next(board.every("thead")).every("th")]
    at = heads.index("val_cost") - 1
    told = [list(row.every("td"))[at].text for row in rows]
    assert told == [scored(trial.value, None) for trial in found.trials]
    assert not list(board.every("button"))  # a script adds what only a script can do


TITLES = {"#": "number", "time": "seconds", "weights": "parameters", "keep": "keep_prob"}
TITLES |= {"lr": "learning_rate", "layers": "layer_dims", "act": "activation"}
TITLES |= {"optim": "optimizer", "batch": "mini_batch_size"}


def test_a_columns_order_is_that_of_every_other_view(materials, pages):
    found, board = materials["ordinary"], read(pages["ordinary"]).at("leaderboard")
    known = fields(found.study, found.trials)
    heads = list(next(board.every("thead")).every("th"))
    assert len(heads) > 10
    for head in heads:
        if head.text == "curve":
            continue
        name = known.resolve(TITLES.get(head.text, head.text))
        ordered = sort(found.trials, [Key(name)], known)
        assert (head.attributes["data-order"] or "").split() == [str(t.number) for t in ordered]
        none = sum(known.reader(name)(trial) is None for trial in found.trials)
        assert int(head.attributes.get("data-none") or 0) == none


def test_a_long_leaderboard_is_cut_and_that_is_said(tmp_path):
    study = made(tmp_path / "digits", 70, curves=70)
    study.close()
    found = read(page(gather(study.folder, rows=2)))
    assert leading_nowhere(found) == set()
    rows = [row for row in found.at("leaderboard").every("tr") if "id" in row.attributes]
    assert len(rows) == 2
    assert "These are the first 2 of 70 trials" in found.at("leaderboard").text


def test_a_thousand_trials_are_less_than_two_megabytes(tmp_path):
    study = made(tmp_path / "digits", 1000, curves=120)
    study.close()
    text = page(gather(study.folder))
    assert 400_000 < len(text.encode()) < 2_000_000


@given(st.lists(st.integers(), max_size=60), st.integers(1, 30), st.integers(0, 30))
def test_spread_keeps_the_first_and_the_order(numbers, most, first):
    first = min(first, most)
    kept = spread(numbers, most, first)  # type: ignore[arg-type]  # any rows will do
    assert len(kept) == min(len(numbers), most)
    assert kept[: min(first, len(kept))] == numbers[: min(first, len(kept))]
    rest = iter(numbers)
    assert all(any(one == other for other in rest) for one in kept)


@pytest.mark.parametrize("inks", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_a_ground_are_as_legible_as_the_web_wants_them(inks):
    """WCAG 2.2, 1.4.3: the lighter is at least 4.5 times as bright as the darker."""
    pairs = [ink.removeprefix("bold ").split(" on ") for ink in inks.values() if " on " in ink]
    assert pairs
    for pair in pairs:
        darker, lighter = sorted(map(brightness, pair))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, pair


def brightness(colour):
    """Relative luminance of a colour such as #1f6fb2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@every_study
def test_headings_skip_no_level_and_pictures_have_a_name_or_are_hidden(pages, name):
    found = read(pages[name])
    levels = [int(e.name[1]) for e in found.every() if re.fullmatch("h[1-6]", e.name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for picture in found.every("svg"):
        assert picture.attributes.keys() & {"aria-label", "aria-hidden"}, picture.attributes
