"""export, retrain and predict, as they are typed."""

import csv
import io
import json
import sys

import polars as pl
import pytest

from hpsearch.cli.examples import bundled, hint
from hpsearch.data import pieces
from tests.models.conftest import write_study, write_table
from tests.view.madeup import MadeUp


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


def _rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_retrain_prints_and_keeps_the_test_metrics(typed, tmp_path):
    write_table(tmp_path / "houses.csv")
    write_study(tmp_path, "binary")
    code, out, err = typed("retrain", "binary.toml", "-o", "deep/model", "--no-baselines")
    assert code == 0, err
    told = json.loads((tmp_path / "deep" / "model" / "model.json").read_text())["metrics"]["test"]
    assert f"{told['accuracy']:.4f}" in out
    assert "roc_auc" in out
    assert "hpsearch predict deep/model" in out
    assert "epoch 12/12" in err
    code, _, err = typed("retrain", "binary.toml", "-o", "deep/model", "--no-baselines")
    assert (code, "--force" in err) == (2, True)
    assert typed("retrain", "binary.toml", "-o", "deep/model", "--no-baselines", "--force")[0] == 0


def test_retrain_shows_intervals_a_curve_and_what_baselines_reach(typed, tmp_path):
    write_table(tmp_path / "houses.csv")
    write_study(tmp_path, "regression")
    words = ("--no-baselines", "--members", 2)
    code, out, err = typed("retrain", "regression.toml", "-o", "model", *words)
    assert code == 0, err
    told = json.loads((tmp_path / "model" / "model.json").read_text())
    assert "in 2 networks" in out
    assert f"{told['intervals']['test']['r2'][0]:.4f}" in out.split("95 % from")[1]
    assert "rmse above that of, less is better" in out
    assert err.count("█") >= 1
    assert "train_cost" in err.splitlines()[-1]


def test_a_model_that_takes_another_s_place_knows_of_its_looks_at_the_test_rows(typed, tmp_path):
    write_table(tmp_path / "houses.csv")
    write_study(tmp_path, "binary")
    words = ("retrain", "binary.toml", "-o", "model", "--no-baselines", "--force")
    for times in (1, 2, 3):
        code, _, err = typed(*words, "--seeds", times)
        assert code == 0
        assert (f"read {times} times" in err) == (times > 1)
    typed("evaluate", "model", "houses.csv")
    told = json.loads((tmp_path / "model" / "model.json").read_text())
    assert told["seen"]["test_read"] == 4
    write_table(tmp_path / "houses.csv", seed=1)  # other rows
    assert typed(*words)[0] == 0
    assert json.loads((tmp_path / "model" / "model.json").read_text())["seen"]["test_read"] == 1
    (tmp_path / "model" / "model.json").write_text("{")
    assert typed(*words)[0] == 0


def test_an_ensemble_is_asked_for_by_seeds(typed, tmp_path):
    write_table(tmp_path / "houses.csv")
    write_study(tmp_path, "binary")
    words = ("retrain", "binary.toml", "-o", "model", "--no-baselines", "--seeds")
    for seeds, said in [
        ("1,,2", "a seed is missing"),
        ("1;2", "'1;2' in it is no whole number"),
        ("1,2,1", "Seed 1 is there twice"),
        ("", "a seed is missing"),
    ]:
        code, _, err = typed(*words, seeds)
        assert (code, said in err) == (2, True), err
    assert not (tmp_path / "model").exists()
    assert typed(*words, "4, 5")[0] == 0
    told = json.loads((tmp_path / "model" / "model.json").read_text())
    assert told["training"]["training.seeds"] == [4, 5]
    assert "'--members'" in typed(*words, "1", "--members", "two")[2]


def test_predict_keeps_rows_order_and_the_columns_asked_for(typed, houses, tmp_path):
    new = write_table(tmp_path / "new.csv", 25, seed=3)
    given = _rows(new.read_text())
    code, out, err = typed("predict", houses / "binary", "new.csv", "--proba")
    assert code == 0, err
    assert [*_rows(out)[0]] == ["prediction", "proba_Ja", "proba_Nein"]
    words = ("--keep", "rent", "--keep", "town", "-o", "out.csv")
    code, out, err = typed("predict", houses / "binary", "new.csv", *words)
    assert (code, out) == (0, ""), err
    assert "out.csv: 25 rows." in err
    (tmp_path / "one.csv").write_text("\n".join(new.read_text().splitlines()[:2]))
    assert "o.csv: 1 row." in typed("predict", houses / "binary", "one.csv", "-o", "o.csv")[2]
    told = _rows((tmp_path / "out.csv").read_text())
    assert [*told[0]] == ["rent", "town", "prediction"]
    assert [(row["rent"], row["town"]) for row in told] == [
        (row["rent"], row["town"]) for row in given
    ]
    code, out, _ = typed("predict", houses / "multilabel", "new.csv", "--keep-all")
    assert [*_rows(out)[0]] == [*given[0], "prediction_warm", "prediction_wet"]


def test_predict_reads_a_pipe_and_writes_parquet(typed, houses, tmp_path, monkeypatch):
    new = write_table(tmp_path / "new.csv", 25, seed=3)
    asked = ("predict", houses / "binary", "new.csv", "--proba", "--keep", "town")
    code, wanted, err = typed(*asked)
    assert code == 0
    assert "new.csv: 25 rows × 9 columns, separator ','" in err  # what the reader noticed
    assert "data." not in err  # there is no study file to say otherwise in
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(new.read_bytes())))
    code, out, err = typed(*[word if word != "new.csv" else "-" for word in asked], "-o", "-")
    assert (code, out) == (0, wanted)
    assert "stdin.csv: 25 rows" in err
    assert typed(*asked, "-o", "out.parquet")[0] == 0
    table = pl.read_parquet(tmp_path / "out.parquet")
    assert table.columns == ["town", "prediction", "proba_Ja", "proba_Nein"]
    assert table.write_csv() == wanted
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert "stdin is empty" in typed("predict", houses / "binary", "-")[2]


def test_a_mistake_far_down_leaves_no_half_a_file(typed, houses, tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "AT_ONCE", 500)
    new = write_table(tmp_path / "new.csv", 60, seed=3, targets=False)
    assert typed("predict", houses / "binary", "new.csv", "-o", "out.csv")[0] == 0
    monkeypatch.setattr(pieces, "AT_ONCE", 1 << 20)
    assert typed("predict", houses / "binary", "new.csv", "-o", "at-once.csv")[0] == 0
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "at-once.csv").read_bytes()
    monkeypatch.setattr(pieces, "AT_ONCE", 500)
    with new.open("a", encoding="utf-8") as file:
        file.write("Ulm,large,3\n")
    code, _, err = typed("predict", houses / "binary", "new.csv", "-o", "half.csv")
    assert (code, "row 62, column 'area': 'large'" in err) == (2, True)
    assert not (tmp_path / "half.csv").exists()
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".half")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "new.csv"), "there is no such folder"),
        (("binary", "none.csv"), "none.csv"),
        (("binary", "bare.csv", "--strict"), "'area'"),
        (("binary", "new.csv", "--keep", "towm"), "did you mean 'town'"),
        (("binary", "again.csv", "--keep-all"), "'prediction'"),
        (("binary", "new.csv", "-o", "new.csv"), "the data itself"),
        (("binary", "new.csv", "-o", "out.json"), "as CSV or Parquet"),
        (("binary", "new.csv", "-o", "."), "is a folder"),
        (("binary", "new.csv", "-o", "new.csv/out.csv"), "cannot be written"),
        (("regression", "new.csv", "--proba"), "regression"),
    ],
)
def test_a_wrong_predict_is_a_sentence(typed, houses, tmp_path, words, said):
    write_table(tmp_path / "new.csv", 5, targets=False)
    (tmp_path / "bare.csv").write_text("town,rooms\nUlm,3\n")
    (tmp_path / "again.csv").write_text("town,area,rooms,prediction\nUlm,3,3,Ja\n")
    model, *others = words
    code, out, err = typed("predict", houses / model, *others)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_a_missing_column_is_said_loudly_and_predicted_without(typed, houses, tmp_path):
    (tmp_path / "bare.csv").write_text("town,rooms\nUlm,3\n")
    code, out, err = typed("predict", houses / "binary", "bare.csv")
    assert (code, out) == (0, "prediction\nNein\n")
    assert "WARNING: bare.csv has no column 'area'" in err


def test_export_refuses_what_is_there_and_what_is_not(typed, tmp_path):
    made = MadeUp(tmp_path / "runs" / "digits")
    code, _, err = typed("export", "digits")
    assert code == 1
    assert "No trial of digits is complete" in err
    (tmp_path / "best.toml").write_text("mine")
    code, _, err = typed("export", "digits", "-o", "best.toml")
    assert code == 2
    assert "--force replaces it" in err
    assert (tmp_path / "best.toml").read_text() == "mine"
    assert typed("export", "digit", "-o", "new.toml")[0] == 2
    assert typed("export", "digits", "--trial", 3, "-o", "new.toml")[0] == 2
    made.close()


def test_retrain_without_a_file_or_with_ranges_says_what_to_do(typed, tmp_path):
    code, _, err = typed("retrain", "none.toml", "-o", "model")
    assert (code, "There is no study file none.toml" in err) == (2, True)
    (tmp_path / "wide.toml").write_text('[data]\nsource = "sklearn:iris"\n')
    code, _, err = typed("retrain", "wide.toml", "-o", "model")
    assert (code, "hpsearch export wide -o best.toml" in err) == (2, True)
    assert not (tmp_path / "model").exists()


def test_retrain_without_a_folder_says_where_it_goes(typed):
    code, _, err = typed("retrain", "studies/wide.toml")
    assert (code, "  hpsearch retrain studies/wide.toml -o wide-model" in err) == (2, True)
    assert "  hpsearch retrain 'digits#3' -o digits-model" in typed("retrain", "digits#3")[2]


def test_retrain_asks_before_it_trains_whether_the_model_can_be_written(
    typed, tmp_path, monkeypatch
):
    write_table(tmp_path / "houses.csv")
    write_study(tmp_path, "binary")
    code, _, err = typed("retrain", "binary.toml", "-o", "houses.csv/deep/model")
    assert (code, f"{tmp_path / 'houses.csv'} is a file" in err, "epoch" in err) == (2, True, False)
    monkeypatch.setattr("os.access", lambda path, mode: False)  # as on a disk only to be read
    code, _, err = typed("retrain", "binary.toml", "-o", "model")
    assert (code, f"{tmp_path} takes nothing" in err, "epoch" in err) == (2, True, False)


def test_a_name_that_is_neither_study_nor_file_is_answered_for_both(typed, tmp_path):
    (tmp_path / "h.toml").write_text("")
    code, _, err = typed("retrain", "three", "-o", "model")
    assert code == 2
    assert "There is no study file three. There is no run called 'three' in" in err
    assert "Did you mean" not in err  # a name of one letter is near to nothing


def test_a_study_s_name_retrains_its_best_trial(place, typed):
    place.write(trials=3, epochs=6)
    assert place.command("run", "small.toml").returncode == 0
    (place.path / "small.toml").rename(place.path / "studied.toml")
    assert typed("export", "small", "-o", "best.toml")[0] == 0
    words = ("-o", "model", "--no-baselines", "--force")
    code, first, err = typed("retrain", "best.toml", *words)
    assert code == 0, err
    weights = (place.path / "model" / "model.safetensors").read_bytes()
    for name in ("small", "runs/small"):
        code, again, err = typed("retrain", name, *words)
        assert (code, again) == (0, first), err
        assert err.startswith("small: trial ")
        assert (place.path / "model" / "model.safetensors").read_bytes() == weights
    for name, said in [("smal", "Did you mean 'small'?"), ("small#99", "no trial 99")]:
        code, _, err = typed("retrain", name, *words)
        assert (code, said in err) == (2, True), err
    (place.path / "best.toml").rename(place.path / "small.toml")
    code, _, err = typed("retrain", "small", *words)
    assert (code, "small may be small.toml" in err) == (2, True)
    assert typed("retrain", "small.toml", *words)[1] == first
    (place.path / "small").write_text("")
    assert "write ./small for the file" in typed("retrain", "small", *words)[2]


def test_a_name_in_a_refusal_does_not_steer_the_terminal(typed):
    code, _, err = typed("check", "\x1b[31m.toml")
    assert code == 2
    assert err.startswith("hpsearch: There is no study file \\x1b[31m.toml. ")


def test_an_interrupt_while_a_command_is_imported_ends_it_without_a_word(typed, monkeypatch):
    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr("hpsearch.cli.import_module", interrupted)
    assert typed("ls") == (130, "", "")


def test_a_missing_study_with_a_bundled_name_is_answered_with_its_init(tmp_path):
    for name in bundled():
        said = hint(tmp_path / f"{name}.toml")
        assert said == f" `hpsearch init --example {name}` copies the bundled one."
    assert hint(tmp_path / "nothing-like-it.toml") == ""
    assert hint(tmp_path / "digits.csv") == ""


def test_a_search_s_best_trial_run_again_from_its_export_gives_the_same_value(place):
    place.write(trials=4, epochs=12)
    assert place.command("run", "small.toml", "--set", "training.decay=cosine").returncode == 0
    exported = place.command("export", "small", "-o", "out/best.toml")
    assert exported.returncode == 0, exported.stderr
    first = json.loads(place.command("top", "small", "--format", "json").stdout)[0]
    assert place.command("run", "out/best.toml", "--name", "again").returncode == 0
    second = json.loads(place.command("top", "again", "--format", "json").stdout)
    figures = ("val_cost", "val_accuracy", "train_cost", "best_epoch", "parameters")
    assert [{name: row[name] for name in figures} for row in second] == [
        {name: first[name] for name in figures}
    ]
    to_stdout = place.command("export", "small", "-o", "-")
    assert f"# Trial {first['number']} of the study small" in to_stdout.stdout
    assert (
        place.command("retrain", "out/best.toml", "-o", "model", "--no-baselines").returncode == 0
    )
