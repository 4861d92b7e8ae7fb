"""`hpsearch init`: what it writes reads back, searches the same data, and gives its reasons."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from subprocess import run

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from hpsearch.cli.every import app
from hpsearch.data import bundled_names, load
from hpsearch.errors import DataError, HpsearchError, UsageError
from hpsearch.propose import likely_targets, propose, study_name
from hpsearch.study import studyfile
from hpsearch.study.defaults import default_space_toml
from hpsearch.study.options import DataOptions, Task


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def houses(folder: Path, name: str = "houses.csv", rows: int = 120) -> Path:
    rng = np.random.default_rng(0)
    lines = ["house_id;built;Fläche;Ort;note;price;rare"]
    for at in range(rows):
        area = f"{rng.normal(90, 20):.1f}".replace(".", ",")
        note = " ".join(rng.choice(list("abcdefg"), 6))
        place = rng.choice(["Köln", "Ulm"])
        rare = "yes" if at % 12 == 0 else "no"
        price = f"{rng.normal(300, 50):.2f}".replace(".", ",")
        lines.append(f"{at * 3};2001-02-{at % 28 + 1:02};{area};{place};{note};{price};{rare}")
    path = folder / name
    path.write_bytes("\n".join(lines).encode("cp1252"))
    return path


def typed(*words: str) -> str:
    """What a command says; raises what it raises."""
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("target", ["price", "rare", "Ort"])
def test_a_proposal_reads_back_and_means_the_same_data(here: Path, target: str) -> None:
    options = DataOptions(path=houses(here), target=(target,))
    (here / "h.toml").write_text(propose(options, here, "h"), encoding="utf-8")
    found = studyfile.read(here / "h.toml")
    data = load(options)
    again = load(found.data)
    assert again.fingerprint == data.fingerprint
    found.settle(data.task, data.features, data.outputs)
    assert {column.name for column in data.columns if column.kind == "left out"} == set(
        found.data.drop
    )


@pytest.mark.parametrize("source", bundled_names())
def test_a_bundled_set_can_be_proposed(here: Path, source: str) -> None:
    options = DataOptions(source=source)
    (here / "s.toml").write_text(propose(options, here, "s"), encoding="utf-8")
    data = load(options)
    studyfile.read(here / "s.toml").settle(data.task, data.features, data.outputs)


def test_every_column_left_out_stands_there_with_its_reason(here: Path) -> None:
    text = propose(DataOptions(path=houses(here), target=("price",)), here, "h")
    for words in (
        '"house_id",  # an identifier',
        '"built",  # dates',
        '"note",  # free text',
        "#   'Fläche': number",
        'decimal = ","',
    ):
        assert words in text


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_the_comments_of_the_proposed_training_stand_below_each_other(task: Task) -> None:
    training = default_space_toml(task).partition("[training]")[2]
    assert len({line.index("#") for line in training.splitlines() if "#" in line}) == 1


@pytest.mark.parametrize(
    ("labels", "metric"),
    [
        (["no"] * 57 + ["yes"] * 43, "val_cost"),
        (["no"] * 90 + ["yes"] * 10, "val_roc_auc"),
        (["a"] * 84 + ["b"] * 8 + ["c"] * 8, "val_f1"),
    ],
)
def test_the_metric_minds_uneven_classes_and_says_so(
    here: Path, labels: list[str], metric: str
) -> None:
    rng = np.random.default_rng(0)
    pl.DataFrame({"x": rng.normal(size=100), "y": labels}).write_csv("t.csv")
    heard: list[str] = []
    text = propose(DataOptions(path=here / "t.csv", target=("y",)), here, "t", heard.append)
    assert f'metric = "{metric}"' in text
    uneven = metric != "val_cost"
    assert any(f"Metric: {metric}, and not val_cost, since" in n for n in heard) == uneven
    assert ('class_weight = "balanced"' in text) == uneven
    (here / "t.toml").write_text(text, encoding="utf-8")
    plain = typed("check", "t.toml", "--set", "data.class_weight=none")
    assert ('class_weight = "balanced" makes the others count' in plain) == uneven
    assert "makes the others count" not in typed("check", "t.toml")


@pytest.mark.parametrize(
    ("counts", "written"),
    [
        ({"sick": 10, "well": 90}, 'positive = "sick"'),
        ({"benign": 50, "malignant": 50}, 'positive = "malignant"'),
        ({"no": 10, "yes": 90}, ""),
    ],
)
def test_the_rare_of_two_words_is_the_one_that_is_looked_for(
    here: Path, counts: dict[str, int], written: str
) -> None:
    labels = [word for word, count in counts.items() for _ in range(count)]
    pl.DataFrame({"x": np.random.default_rng(0).normal(size=100), "y": labels}).write_csv("t.csv")
    text = propose(DataOptions(path=here / "t.csv", target=("y",)), here, "t")
    assert written in text
    assert ("positive" in text) == bool(written)
    (here / "t.toml").write_text(text, encoding="utf-8")
    said = f"those of {written[11:]}, as data.positive says".replace('"', "'")
    assert (said in typed("check", "t.toml")) == bool(written)


def test_hostile_names_of_columns_do_not_break_the_file(here: Path) -> None:
    names = ['qu"ote', "new\nline", "esc\x1b[31m", "del\x7f", "#hash", "back\\slash", "tick'", "]"]
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=60).round(3) for name in names}
    constant = {f"{name} same": [7] * 60 for name in names}
    pl.DataFrame({**columns, **constant, "y": ["a", "b"] * 30}).write_csv("hostile.csv")
    options = DataOptions(path=here / "hostile.csv", target=("y",))
    text = propose(options, here, "h")
    assert "\x1b" not in text
    (here / "h.toml").write_text(text, encoding="utf-8")
    assert load(studyfile.read(here / "h.toml").data).fingerprint == load(options).fingerprint


def test_the_path_is_said_from_where_the_study_file_stands(here: Path) -> None:
    (here / "data").mkdir()
    (here / "studies").mkdir()
    path = houses(here / "data")
    typed("init", "data/houses.csv", "--target", "price", "-o", "studies/my study.toml")
    found = studyfile.read(here / "studies" / "my study.toml")
    assert found.data.path is not None
    assert found.data.path.resolve() == path.resolve()
    assert found.study.name == "my-study"


def test_init_writes_the_file_and_the_next_command(here: Path) -> None:
    houses(here)
    said = typed("init", "houses.csv", "--target", "price")
    assert said.endswith("hpsearch run houses.toml\n")
    assert "'built' is left out: dates" in said
    assert studyfile.read(here / "houses.toml").study.name == "houses"


def test_init_keeps_a_file_that_is_there_unless_forced(here: Path) -> None:
    houses(here)
    (here / "houses.toml").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        typed("init", "houses.csv", "--target", "price")
    assert (here / "houses.toml").read_text() == "mine"
    typed("init", "houses.csv", "--target", "price", "--force")
    assert studyfile.read(here / "houses.toml").data.target == ("price",)


def test_without_a_target_the_columns_and_the_likely_ones_are_shown(here: Path) -> None:
    houses(here)
    with pytest.raises(UsageError) as caught:
        typed("init", "houses.csv")
    said = str(caught.value)
    assert UsageError.code == 2
    assert "'Fläche': number" in said
    assert "'built': cannot be used: dates" in said
    assert "hpsearch init houses.csv --target price" in said
    assert not list(here.glob("*.toml"))
    assert likely_targets(DataOptions(path=here / "houses.csv"))[1][0] == "price"


def test_booleans_are_likely_targets_and_names_of_people_or_one_word_are_not(here: Path) -> None:
    rows = [
        {"who": f"P{at % 40}", "ill": at % 3 == 0, "age": at, "odd": "x" if at % 9 else None}
        for at in range(400)
    ]
    (here / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    lines, likely = likely_targets(DataOptions(path=here / "t.jsonl"))
    assert "'ill': boolean, false or true" in lines
    assert likely == ("ill",)


def test_a_column_that_would_steer_the_terminal_is_offered_as_the_shell_takes_it(
    here: Path,
) -> None:
    name = "\x1b[31m'\\é"
    (here / "t.csv").write_text(f"a,{name}\n" + "1,0\n2,1\n" * 30)
    with pytest.raises(UsageError) as caught:
        typed("init", "t.csv")
    said = str(caught.value)
    assert "\x1b" not in said
    offered = said.rpartition("--target ")[2]
    heard = run(["bash", "-c", f"printf %s {offered}"], capture_output=True, check=True).stdout
    assert heard.decode() == name


def test_init_takes_what_it_cannot_guess(here: Path) -> None:
    (here / "t.csv").write_text("a:b\n" + "1,5:x\n2,5:y\n3,5:nix\n4,5:x\n5,5:y\n" * 12)
    dialect = ("--separator", ":", "--decimal", ",", "--null-value", "nix")
    typed("init", "t.csv", "--target", "b", *dialect)
    data = load(studyfile.read(here / "t.toml").data)
    assert data.classes == ("x", "y")
    assert data.inputs[0].name == "a"


def test_an_example_is_copied_and_others_are_listed(here: Path) -> None:
    said = typed("init", "--example", "digits")
    assert "hpsearch run digits.toml" in said
    assert studyfile.read(here / "digits.toml").data.source == "sklearn:digits"
    with pytest.raises(UsageError, match=r"Did you mean 'digits'.*There are: .*digits"):
        typed("init", "--example", "digit")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "init needs a table or an example"),
        (("x.csv", "--example", "digits"), "init needs a table or an example"),
        (("nowhere.csv", "--target", "y"), "There is no file"),
        (("sklearn:digit",), "Did you mean 'digits'"),
        (("houses.csv", "--target", "prise"), "Did you mean 'price'"),
        (("houses.csv", "--target", "price", "--task", "guess"), "no task 'guess'"),
        (("houses.toml",), "not a kind of file"),
    ],
)
def test_a_mistake_is_answered_with_a_way_out(
    here: Path, words: tuple[str, ...], said: str
) -> None:
    houses(here)
    with pytest.raises(HpsearchError, match=said) as caught:
        typed("init", *words)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "file", ["Häuser (2020).csv", "...", "a" * 100 + ".csv", "/x/y z.csv", "é"]
)
def test_any_file_gives_a_name_a_study_may_have(here: Path, file: str) -> None:
    name = study_name(file)
    studyfile.parse(f'[study]\nname = "{name}"\n[data]\nsource = "sklearn:iris"\n', here / "a.toml")


def test_a_table_without_a_usable_column_is_refused(here: Path) -> None:
    (here / "t.csv").write_text("a,y\n" + "1,x\n1,z\n" * 30)
    with pytest.raises(DataError, match="no column to learn from"):
        propose(replace(DataOptions(path=here / "t.csv"), target=("y",)), here, "t")


def test_an_encoding_that_had_to_be_guessed_is_written(here: Path) -> None:
    lines = ["town,price", *(f"{'Köln' if at % 2 else 'Fürth'},{at * 1.5}" for at in range(60))]
    (here / "old.csv").write_bytes("\n".join(lines).encode("latin-1"))
    assert 'encoding = "cp1252"' in propose(
        DataOptions(path=here / "old.csv", target=("price",)), here, "old"
    )
    (here / "new.csv").write_bytes("\n".join(lines).encode())
    assert "encoding" not in propose(
        DataOptions(path=here / "new.csv", target=("price",)), here, "new"
    )


def test_a_word_for_nothing_is_read_beside_the_usual_ones(here: Path) -> None:
    rows = [
        "a,b",
        *(f"{'lost' if at == 3 else 'NA' if at == 4 else at},{at % 2}" for at in range(60)),
    ]
    Path("t.csv").write_text("\n".join(rows))
    typed("init", "t.csv", "--target", "b", "--null-value", "lost")
    data = load(studyfile.read(here / "t.toml").data)
    assert [column.missing for column in data.columns if column.name == "a"] == [2]


def test_a_way_out_of_bad_data_is_an_option_of_init(here: Path) -> None:
    rows = ["a,b", *(f"{'oops' if at == 3 else at},{at % 2}" for at in range(60))]
    Path("t.csv").write_text("\n".join(rows))
    result = CliRunner().invoke(app, ["init", "t.csv", "--target", "b"])
    assert isinstance(result.exception, DataError)
    said = str(result.exception)
    assert "name it in --null-value" in said
    assert "leave the column out with --drop" in said
    assert "data." not in said


def test_the_columns_are_shown_although_a_study_stands_there_already(here: Path) -> None:
    path = houses(here)
    Path(path.stem + ".toml").write_text("mine")
    result = CliRunner().invoke(app, ["init", path.name])
    assert "is to be predicted?" in str(result.exception)
    result = CliRunner().invoke(app, ["init", path.name, "--target", "price"])
    assert "is there already" in str(result.exception)


@pytest.mark.parametrize(("option", "column"), [("group", "house_id"), ("order", "built")])
def test_groups_and_time_are_written_and_not_dropped_too(
    here: Path, option: str, column: str
) -> None:
    path = houses(here)
    typed("init", path.name, "--target", "price", f"--{option}", column, "-o", "g.toml")
    found = studyfile.read(here / "g.toml").data
    assert getattr(found, option) == column
    assert column not in found.drop
    assert column not in [one.name for one in load(found).inputs]
