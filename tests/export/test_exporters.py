"""What is written out of a run for other tools: each format says what the store says."""

import csv
import io
import json
import threading
import urllib.request
from wsgiref.simple_server import WSGIRequestHandler, make_server

import optuna
import pytest

from hpsearch.export.formats import exporter, names
from hpsearch.store.reader import Reader


def trials_of(run):
    with Reader(run) as reader:
        return reader.trials()


def test_every_format_is_a_file_with_an_exporter():
    assert {"study", "json", "csv", "python", "arrays", "optuna", "onnx"} <= set(names())
    assert all(exporter(name).default for name in names())


def test_json_holds_what_the_store_holds(typed, run):
    assert typed("export", "flowers", "--to", "json")[0] == 0
    told = json.loads((run.path.parents[1] / "flowers-trials.json").read_text())
    assert told["study"]["metric"] == "val_cost"
    for said, trial in zip(told["trials"], trials_of(run), strict=True):
        assert said["params"] == json.loads(json.dumps(dict(trial.params)))
        assert said["figures"] == trial.figures
        for name in ("number", "value", "seed", "epochs", "best_epoch", "reason"):
            assert said[name] == getattr(trial, name)
    assert told["trials"][-1]["state"] == "waiting"  # as no engine lives


def test_trials_are_never_written_over_the_table_that_a_study_is_named_after(typed, run):
    place = run.path.parents[1]
    for file in ("flowers.csv", "flowers.json"):
        (place / file).write_text("the table")
        assert typed("export", "flowers", "--to", file[8:], "--force")[0] == 0
        assert (place / file).read_text() == "the table"


def test_csv_has_a_row_for_every_trial_and_a_column_for_every_hyperparameter(typed, run):
    _, out, _ = typed("export", "flowers", "--to", "csv", "-o", "-")
    rows = list(csv.DictReader(io.StringIO(out)))
    for row, trial in zip(rows, trials_of(run), strict=True):
        assert int(row["seed"]) == trial.seed
        assert row["value"] == ("" if trial.value is None else repr(trial.value))
        for name, value in trial.params.items():
            told = json.dumps(list(value)) if isinstance(value, tuple) else str(value)
            assert row[name] == told


def test_top_and_where_choose_trials(typed, run):
    _, out, _ = typed("export", "flowers", "--to", "csv", "--top", 2, "-o", "-")
    assert [row["number"] for row in csv.DictReader(io.StringIO(out))] == ["14", "13"]
    words = ("export", "flowers", "--to", "csv", "--where", "state:failed", "-o", "-")
    assert [row["number"] for row in csv.DictReader(io.StringIO(typed(*words)[1]))] == ["3", "10"]
    code, out, err = typed("export", "flowers", "--top", 3, "--where", "epochs=4")
    assert code == 0, err
    best = sorted(trial.number for trial in trials_of(run) if trial.state == "complete")[-3:]
    assert [f"best-{number}.toml" in out for number in best] == [True] * 3
    for number in best:
        text = (run.path.parents[1] / f"best-{number}.toml").read_text()
        assert f"Trial {number} of the study flowers" in text


@pytest.mark.parametrize("to", ["study", "onnx"])
def test_several_trials_go_into_a_folder_that_is_there(typed, run, to):
    (run.path.parents[1] / "all").mkdir()
    code, _, err = typed("export", "flowers", "--to", to, "--top", 2, "-o", "all")
    assert code == 0, err
    name = {"study": "best-{}.toml", "onnx": "flowers-{}.onnx"}[to]
    made = {file.name for file in (run.path.parents[1] / "all").iterdir()}
    assert made == {name.format(14), name.format(13)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "cvs"), "did you mean csv?"),
        (("--trial", 3, "--top", 2), "leave --top and --where out"),
        (("--where", "val_cost<0"), "No complete trial"),
        (("--to", "csv", "--trial", 99), "has no trial 99"),
        (("--to", "csv", "--where", "epochs>99"), "no trial that fits"),
        (("--to", "csv", "--where", "nothing=1"), "nothing"),
        (("--top", 2, "-o", "-"), "a file each"),
        (("sqlite:///x.db",), "only --to optuna"),
        (("sqlite:///x.db", "--to", "optuna", "-o", "y.db"), "leave one out"),
        (("--to", "optuna", "-o", "-"), "standard output"),
        (("--to", "arrays", "--top", 2), "All trials share the rows"),
        (("nonsense://x", "--to", "optuna"), "cannot be written as a storage"),
        (("--to", "onnx", "--trial", 2), "Trial 2 of flowers diverged"),
        (("--to", "onnx", "--top", 2, "-o", "-"), "a file each"),
    ],
)
def test_a_wrong_export_is_a_sentence(typed, run, words, said):
    code, out, err = typed("export", "flowers", *words)
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def stored(url):
    return optuna.load_study(study_name="flowers", storage=url)


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_optuna_reads_every_trial_from_its_storage(typed, run):
    code, out, err = typed("export", "flowers", "--to", "optuna", "sqlite:///o.db")
    assert code == 0, err
    assert "optuna-dashboard sqlite:///o.db" in out
    study = stored("sqlite:///o.db")
    ours = trials_of(run)
    with Reader(run) as reader:
        curves = reader.curves(range(len(ours)))
    assert curves[0] == (4.0, 3.0, 2.0, 1.0)
    assert len(study.trials) == len(ours)
    best = min((t for t in ours if t.state == "complete"), key=lambda t: t.value)
    assert (study.best_trial.number, study.best_value) == (best.number, best.value)
    states = {"complete": "COMPLETE", "pruned": "PRUNED", "running": "WAITING"}
    for told, trial in zip(study.trials, ours, strict=True):
        assert told.number == told.user_attrs["number"] == trial.number
        assert told.state.name == states.get(trial.state, "FAIL")
        assert told.user_attrs["params"] == json.loads(json.dumps(dict(trial.params)))
        assert told.intermediate_values == dict(enumerate(curves[trial.number], 1))
        assert told.user_attrs["seed"] == trial.seed
        assert set(told.distributions) == set(told.params)
        for name in set(told.params) & set(trial.params):
            assert told.params[name] == trial.params[name]
            told.distributions[name].to_internal_repr(told.params[name])
        if trial.params:
            depth = told.params["network.layer_dims.depth"]
            widths = [told.params[f"network.layer_dims.{at}"] for at in range(depth)]
            assert tuple(widths) == trial.params["network.layer_dims"]
    # and Optuna can go on from there
    study.sampler = optuna.samplers.TPESampler(seed=0)
    study.ask(fixed_distributions=study.best_trial.distributions)
    again = typed("export", "flowers", "--to", "optuna", "-o", "o.db")
    assert again[0] == 2
    assert "--force replaces it" in again[2]
    assert typed("export", "--to", "optuna", "sqlite:///o.db", "--force", "--top", 2)[0] == 0
    assert len(stored("sqlite:///o.db").trials) == 2


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


def test_the_dashboard_of_optuna_lists_the_study(typed, run):
    dashboard = pytest.importorskip("optuna_dashboard")
    assert typed("export", "flowers", "--to", "optuna", "-o", "o.db")[0] == 0
    with make_server(
        *("127.0.0.1", 0, dashboard.wsgi("sqlite:///o.db")), handler_class=_Quiet
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{server.server_port}/api/studies"
        (study,) = json.load(urllib.request.urlopen(at))["study_summaries"]
        assert study["study_name"] == "flowers"
        whole = json.load(urllib.request.urlopen(f"{at}/{study['study_id']}?after=0"))
        assert len(whole["trials"]) == len(trials_of(run))
        server.shutdown()


def test_a_retrained_model_is_written_as_onnx_and_as_nothing_else(typed, run, tmp_path):
    onnx = pytest.importorskip("onnx", reason="pip install 'hpsearch[onnx]'")
    assert typed("export", "flowers")[0] == 0
    assert typed("retrain", "best.toml", "-o", "model")[0] == 0
    code, out, err = typed("export", "model", "--to", "onnx")
    assert (code, "model.onnx" in out) == (0, True), err
    graph = onnx.load(tmp_path / "model.onnx").graph
    assert [one.name for one in graph.output] == ["prediction", "probabilities"]
    code, _, err = typed("export", "model", "--to", "csv")
    assert (code, "--to onnx does" in err) == (2, True)
    assert "--force replaces it" in typed("export", "model", "--to", "onnx")[2]
    code, _, err = typed("export", "model", "--to", "onnx", "--top", 2)
    assert (code, "not of a model" in err) == (2, True)


def test_trials_are_written_as_onnx_as_if_they_had_been_retrained(typed, run, tmp_path):
    pytest.importorskip("onnx", reason="pip install 'hpsearch[onnx]'")
    code, out, err = typed("export", "flowers", "--to", "onnx", "--top", 2, "-o", "f.onnx")
    assert (code, "accuracy" in out) == (0, True), err
    assert typed("retrain", "flowers#14", "-o", "model", "--no-baselines")[0] == 0
    assert typed("export", "model", "--to", "onnx")[0] == 0
    assert (tmp_path / "f-14.onnx").read_bytes() == (tmp_path / "model.onnx").read_bytes()
    assert (tmp_path / "f-13.onnx").read_bytes() != (tmp_path / "model.onnx").read_bytes()
