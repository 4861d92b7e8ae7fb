"""What a file system refuses is a sentence, whichever command meets it."""

import pytest

from hpsearch.cli import MODULES, run_app

LONG = "a" * 300


@pytest.mark.parametrize("command", MODULES)
def test_a_name_that_is_too_long(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = {"predict": [LONG, "x.csv"], "evaluate": [LONG, "x.csv"], "compare": [LONG, "1"]}
    words |= {"ls": ["--runs", LONG], "ctl": [LONG, "prune", "1"], "schema": ["--runs", LONG]}
    monkeypatch.setattr("sys.argv", ["hpsearch", command, *words.get(command, [LONG])])
    try:
        code = run_app()
    except SystemExit as end:  # typer's own way for words that it does not know
        code = end.code
    said = capsys.readouterr().err
    assert code == 2, said
    assert "Traceback" not in said


def test_a_folder_that_may_not_be_looked_into(monkeypatch, capsys):
    def refused(word):
        raise PermissionError(13, "Permission denied", "/root/runs")

    monkeypatch.setattr("hpsearch.cli._run", refused)
    assert run_app() == 2
    assert capsys.readouterr().err == "hpsearch: /root/runs: Permission denied.\n"


def test_a_mistake_of_ours_is_no_sentence(monkeypatch):
    def wrong(word):
        raise FileNotFoundError(2, "No such file or directory", "lost")

    monkeypatch.setattr("hpsearch.cli._run", wrong)
    with pytest.raises(FileNotFoundError):
        run_app()
