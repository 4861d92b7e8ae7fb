"""The inbox: whatever lies there, each command is obeyed once, and says what came of it."""

import asyncio
import json
import os
from types import SimpleNamespace

import pytest

from hpsearch import faults
from hpsearch.engine.run import Run
from hpsearch.engine.watchdog import Watchdog
from hpsearch.errors import RunError
from hpsearch.store import inbox
from tests.engine.helm import Helm, checkpoint, on

WHOLE = {"learning_rate": 0.03, "layer_dims": [7], "optimizer": "adam"}


def outcomes(helm):
    helm.store.flush()
    return [row[0] for row in helm.store._db.execute("SELECT outcome FROM command ORDER BY id")]


async def ask(helm, verb, **args):
    """Send a command and have it obeyed; what came of it."""
    inbox.send(helm.folder.inbox, verb, **args)
    await helm.commands.obey(helm.folder.inbox)
    return outcomes(helm)[-1]


def deep(depth):
    return "[" * depth + "]" * depth


HOSTILE = [
    b"",
    b"\xff\xfe",
    b"null",
    b'{"verb": "stop"}',
    b'{"verb": ["stop"], "sender": "x", "sent": 1}',
    b'{"verb": "stop", "sender": "x", "sent": NaN}',
    b'{"verb": "stop", "sender": "x", "sent": 1' + b"0" * 400 + b"}",
    deep(100_000).encode(),
    b'{"verb": "stop", "sender": "x", "sent": 1, "args": []}',
    b'{"verb": "add", "sender": "x", "sent": 1, "args": {"count": NaN}}',
    b'{"verb": "kill", "sender": "x", "sent": 1, "args": {"numbers": [1' + b"0" * 400 + b"]}}",
    b" " * (inbox.LARGEST + 10),
    *(
        b'{"verb": "enqueue", "sender": "x", "sent": 1, "args": {"entries": [%s]}}' % entry
        for entry in (
            b"{}",
            b'{"lr": NaN}',
            b'{"lr": 1e999}',
            b'{"lr": null}',
            b'{"lr": {"a": 1}}',
            b'{"lr\\ud800": 1}',
            b'{"lr": "\\u0000\\u001b[31m"}',
            *(b'{"lr": %s}' % deep(depth).encode() for depth in range(900, 1000, 9)),
        )
    ),
]


@on
async def test_nothing_that_lies_in_an_inbox_stops_the_engine(tmp_path):
    helm = Helm(tmp_path)
    helm.folder.inbox.mkdir()
    for number, content in enumerate(HOSTILE):
        (helm.folder.inbox / f"{number:03d}.json").write_bytes(content)
    (helm.folder.inbox / "a.json").mkdir()
    (helm.folder.inbox / "b.json").symlink_to("nowhere")
    os.mkfifo(helm.folder.inbox / "c.json")
    (helm.folder.inbox / os.fsdecode(b"\xff.json")).write_text("{}")
    await helm.commands.obey(helm.folder.inbox)
    told = outcomes(helm)
    assert len(told) == len(HOSTILE) + 4
    assert [text for text in told if not text.startswith("refused: ")] == ["done: #0"]  # of {}
    assert inbox.filed(helm.folder.inbox) == []
    assert not helm.engine.ended.done()
    helm.crash()


@on
async def test_who_asks_cannot_move_a_cursor(tmp_path):
    helm = Helm(tmp_path)
    body = {"verb": "pause", "sender": "a\x1b[2Jb\u202ec", "sent": 1.0, "args": {}}
    helm.folder.inbox.mkdir()
    (helm.folder.inbox / "1.json").write_text(json.dumps(body))
    await helm.commands.obey(helm.folder.inbox)
    assert helm.engine.why == "paused by a?[2Jb?c"
    helm.crash()


@on
async def test_many_commands_are_obeyed_a_part_at_a_time(tmp_path):
    helm = Helm(tmp_path)
    for _ in range(inbox.MOST + 1):
        inbox.send(helm.folder.inbox, "add", count=1)
    await helm.commands.obey(helm.folder.inbox)
    assert len(inbox.filed(helm.folder.inbox)) == 1
    helm.crash()


@pytest.mark.parametrize("verb", ["stop", "drain", "abort"])
@on
async def test_what_ends_a_run_means_the_one_it_was_sent_to_whatever_the_clock_says(
    tmp_path, verb, monkeypatch
):
    earlier = inbox.send(tmp_path / "inbox", verb)
    helm = Helm(tmp_path)
    helm.commands._earlier = {earlier.id}
    await helm.commands.obey(helm.folder.inbox)
    assert outcomes(helm) == ["refused: too late: meant for an earlier run"]
    monkeypatch.setattr(inbox.time, "time", lambda: 0.0)  # set back
    assert await ask(helm, verb) == "done"
    helm.crash()


@on
async def test_what_one_command_enqueues_is_written_down_with_it_or_not_at_all(tmp_path):
    helm = Helm(tmp_path)
    written = []

    def flush(plain=helm.store.flush):
        written.append((len(helm.engine.line._open), [row for row, _ in helm.store._waiting]))
        plain()

    draw = helm.engine._supply.draw

    async def slowly(given=None):
        trial = await draw(given)
        helm.store.flush()  # as a trial that ends meanwhile does
        return trial

    helm.store.flush, helm.engine._supply.draw = flush, slowly
    assert await ask(helm, "enqueue", entries=[{"lr": 0.01}, {"lr": 0.02}]) == "done: #0, #1"
    assert [rows for count, rows in written if count == 1] == []
    (last,) = [rows for count, rows in written if count == 2 and rows]
    assert sum("INSERT INTO trial" in row for row in last) == 2
    assert any("INTO command" in row for row in last)
    helm.crash()


@pytest.mark.parametrize(("verb", "state"), [("kill", "failed"), ("prune", "pruned")])
@on
async def test_a_command_on_several_trials_is_done_whole_though_a_crash_cuts_it(
    tmp_path, verb, state
):
    helm = Helm(tmp_path)
    await ask(helm, "enqueue", entries=[{"lr": 0.01}, {"lr": 0.02}, {"lr": 0.03}])
    close = helm.engine.close_trial

    def crash(running, *how):
        if running.number == 1:
            raise InterruptedError
        close(running, *how)

    helm.engine.close_trial = crash
    with pytest.raises(InterruptedError):
        await ask(helm, verb, numbers=[0, 1, 2])
    helm.crash()
    again = Helm(tmp_path)
    await again.commands.obey(again.folder.inbox)
    assert outcomes(again)[-1] == "done"
    assert again.states() == [state] * 3
    again.crash()


@on
async def test_what_is_enqueued_while_a_trial_is_drawn_comes_after_it(tmp_path):
    helm = Helm(tmp_path)
    job = asyncio.ensure_future(helm.engine.dispatch.next_job(helm.trainer()))
    await asyncio.sleep(0)
    assert await ask(helm, "enqueue", entries=[WHOLE]) == "done: #1"
    assert (await job)[0]["number"] == 0
    assert helm.states() == ["running", "waiting"]
    helm.crash()


@on
async def test_a_configuration_that_was_tried_is_named_and_those_before_it_count(tmp_path):
    helm = Helm(tmp_path)
    told = await ask(helm, "enqueue", entries=[WHOLE, WHOLE, {"lr": 0.01}])
    assert told == "refused: that is #0; enqueued before it: #0"
    assert helm.states() == ["waiting"]
    helm.crash()


@on
async def test_more_than_the_trials_asked_for_are_said_to_be_so(tmp_path):
    helm = Helm(tmp_path)
    entries = [{"lr": 0.01 * k} for k in range(1, 7)]
    assert (await ask(helm, "enqueue", entries=entries)).endswith(
        "#5; beyond the 4 trials asked for: `add 2` runs all"
    )
    helm.crash()


@on
async def test_a_trial_that_is_tried_again_is_so_after_a_crash_too(tmp_path):
    helm = Helm(tmp_path, "retries = 0")
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5, 0.4)
    helm.engine.died(trainer, "raised", "ValueError: no")
    other = await helm.at_work()
    assert await ask(helm, "retry", numbers="failed") == "done: #0"
    open_, tally = helm.engine._searcher.memory(0), helm.engine.tally
    helm.crash()
    again = Helm(tmp_path, "retries = 0")
    assert again.states() == ["waiting", "waiting"]
    assert other.running.number == 1
    past, _ = again.store.history()
    assert (past.curve, past.failures, past.seconds, past.told) == ({}, 0, 0.0, None)
    assert again.engine._searcher.memory(0) == open_
    assert again.engine.tally.finished == tally.finished
    assert again.engine._checkpoints.read(0) == (0, b"")
    again.crash()


@on
async def test_a_budget_that_is_spent_is_no_pause(tmp_path):
    helm = Helm(tmp_path, "stop_at = 100.0")
    trainer, other = await helm.at_work(0), await helm.at_work(1)
    helm.epochs(trainer, 0.5)
    helm.engine.finished(trainer, "complete", "", 1.0)
    assert other.running.asked == "stop"
    assert (await ask(helm, "resume")).startswith("refused: it is ending: val_cost 0.5 has")
    assert helm.store.facts()["state"] == "stopping"
    helm.engine.put_aside(other, checkpoint(0), 1.0)
    assert helm.engine.ended.result().state == "finished"
    helm.crash()


@on
async def test_a_run_that_cannot_write_any_more_obeys_nobody_either(tmp_path):
    helm = Helm(tmp_path)
    lock = SimpleNamespace(stands=True)
    opened = SimpleNamespace(store=helm.store, folder=helm.folder, lock=lock, seconds=0.0)
    run = Run(opened, SimpleNamespace(hopeless=""), False, lambda: None)
    run._engine, run._commands = helm.engine, helm.commands
    run._watchdog = Watchdog(helm.engine, helm.study.study, helm.sessions.kill)
    full, before = faults.Fault("ENOSPC", "write store", 1), asyncio.all_tasks()
    with faults.plan(full), pytest.raises(RunError, match="No space left"):
        await run._tick_until_ended()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
