"""What stands in an exported file beside its values: heading, comments, paths."""

from dataclasses import replace

from hpsearch import data as tables
from hpsearch.export.configuration import configuration
from hpsearch.study import studyfile
from tests.export.wide import AT, WIDE, facts_of, some_params, trial_of


def test_comments_stay_where_they_still_say_the_truth(iris):
    trial = trial_of({"data.normalize": "standard", **some_params()})
    text = configuration(facts_of(WIDE, iris), trial, AT.parent, "best.toml").text
    for kept in (
        "# the flowers",
        '# path = "or.csv"',
        "# a fifth, as usual",
        "# never looked at",
        "# never in the way",
    ):
        assert kept in text
    gone = (
        "Everything is searched",
        "split_seed = 7",
        "these four",
        "both are fine",
        "hidden layers, not",
    )
    for lie in (*gone, "sampler", "pruner", "enqueue", "max_parameters"):
        assert lie not in text


def test_the_heading_tells_the_trial_its_figures_and_what_to_do_with_it(iris):
    trial = trial_of({"data.normalize": "none", **some_params()})
    exported = configuration(facts_of(WIDE, iris), trial, AT.parent, "my best.toml")
    lines = exported.text.splitlines()
    assert "Trial 7 of the study wide" in lines[0]
    assert "epoch 3 of 9 planned: val_cost 0.25, val_accuracy 0.9" in lines[1]
    assert "hpsearch retrain 'my best.toml' -o wide-trial-7" in exported.text


def test_a_file_name_cannot_break_out_of_the_heading(iris):
    trial = trial_of({"data.normalize": "none", **some_params()})
    evil = 'best.toml\n[data]\nsource = "x"'
    exported = configuration(facts_of(WIDE, iris), trial, AT.parent, evil)
    assert studyfile.parse(exported.text, AT).data.source == "sklearn:iris"


def test_paths_to_data_are_written_as_seen_from_the_new_file(tmp_path):
    (tmp_path / "studies").mkdir()
    (tmp_path / "out" / "deep").mkdir(parents=True)
    table = tmp_path / "flowers.csv"
    table.write_text("a,b,kind\n" + "".join(f"{i},{i * i % 7},{'xy'[i % 2]}\n" for i in range(40)))
    for written in ("../flowers.csv", str(table)):
        text = f'[data]\npath = "{written}"\ntarget = "kind"\n'
        at = tmp_path / "studies" / "flowers.toml"
        study = studyfile.parse(text, at)
        data = tables.load(study.data)
        facts = facts_of(text, data, at)
        new = tmp_path / "out" / "deep" / "best.toml"
        exported = configuration(facts, trial_of(study.defaults()), new.parent, "best.toml")
        assert studyfile.parse(exported.text, new).data.path == table
        wanted = written if written.startswith("/") else "../../flowers.csv"
        assert f'path = "{wanted}"' in exported.text
        assert 'target = "kind"' in exported.text
        tables.load(studyfile.parse(exported.text, new).data)


def test_a_pruned_trial_is_exported_with_a_word_about_it(iris):
    params = {"data.normalize": "none", **some_params()}
    trial = replace(trial_of(params), state="pruned", epochs=4)
    text = configuration(facts_of(WIDE, iris), trial, AT.parent, "best.toml").text
    assert "pruned after epoch 4" in text
