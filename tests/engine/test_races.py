"""What happens between two lines: everything that people and processes may do at a bad moment."""

import asyncio
import threading
import time

import pytest

from hpsearch.engine import watchdog
from hpsearch.engine.slots import Slot
from hpsearch.engine.watchdog import Watchdog
from tests.engine.helm import Helm, by_signal, checkpoint, on


async def until(true):
    """Let the others go on until it is so."""
    while not true():
        await asyncio.sleep(0)


@on
async def test_a_waiting_trial_that_is_pruned_while_its_data_is_made_is_not_handed_over(tmp_path):
    helm = Helm(tmp_path)
    begun, gate = asyncio.Event(), asyncio.Event()

    async def slowly(config):
        begun.set()
        await gate.wait()
        return "fingerprint"

    helm.engine._jobs.data_for = slowly
    trainer = helm.trainer()
    job = asyncio.ensure_future(helm.engine.dispatch.next_job(trainer))
    await begun.wait()
    helm.steering.prune([0], "me")
    gate.set()
    frame, _ = await job
    assert frame["number"] == 1
    assert helm.states() == ["pruned", "running"]
    helm.crash()


@on
async def test_a_trainer_that_is_being_killed_gets_no_other_trial(tmp_path):
    helm = Helm(tmp_path, slots=1)
    helm.steering._kill = helm.sessions.kill
    trainer = helm.trainer()
    helm.engine.trainers.clear()
    task = asyncio.ensure_future(helm.sessions._trainer(trainer, helm.sessions._slots[0]))
    await until(lambda: trainer.running)
    helm.steering.kill([0], "me")
    trainer.peer.say("epochs", number=0, wait=False, epochs=[])  # it was under way
    trainer.peer.hang_up()
    helm.sessions._slots[0].ended(trainer.pid, by_signal())
    with pytest.raises(EOFError):
        await task
    assert [frame["number"] for frame in trainer.peer.of("trial")] == [0]
    assert helm.states() == ["failed"]
    helm.crash()


@on
async def test_a_verdict_that_came_before_its_trial_is_said_again(tmp_path):
    helm = Helm(tmp_path, slots=1)
    trainer = helm.trainer()
    helm.engine.trainers.clear()
    task = asyncio.ensure_future(helm.sessions._trainer(trainer, helm.sessions._slots[0]))
    await until(lambda: trainer.running)
    helm.steering.prune([0], "me")  # the trial itself is not sent yet
    await until(lambda: trainer.peer.of("trial"))
    await asyncio.sleep(0)
    kinds = [(head["kind"], head.get("verdict")) for head in trainer.peer.sent]
    assert kinds[-2:] == [("trial", None), ("verdict", "prune")]
    task.cancel()
    helm.crash()


@pytest.mark.parametrize("later", ["stop", "end"])
@on
async def test_who_was_told_to_prune_is_not_asked_for_less(tmp_path, later):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    helm.steering.prune([0], "me")
    trainer.tell(later, "")
    helm.engine.put_aside(trainer, b"", 1.0)
    assert helm.states() == ["pruned"]
    assert helm.reason(0) == "pruned by me, after epoch 1"
    helm.crash()


@pytest.mark.parametrize("end", ["complete", "lost", "died", "stopped"])
@on
async def test_a_trial_that_a_person_prunes_is_pruned_whatever_its_trainer_does_first(
    tmp_path, end
):
    helm = Helm(tmp_path, "retries = 0")
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    helm.steering.prune([0], "me")
    match end:
        case "complete":
            helm.engine.finished(trainer, "complete", "", 1.0)
        case "lost":
            helm.engine.lost(trainer)
        case "died":
            helm.engine.died(trainer, "died", "killed by signal 9")
        case "stopped":
            helm.engine.put_aside(trainer, checkpoint(1), 1.0)
    assert helm.states() == ["pruned"]
    assert helm.reason(0) == "pruned by me, after epoch 1"
    helm.crash()


@on
async def test_a_trial_that_a_person_prunes_is_pruned_though_the_engine_is_killed(tmp_path):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    helm.steering.prune([0], "me")
    helm.store.flush()
    helm.crash()
    again = Helm(tmp_path)
    again.steering.take_up()
    assert again.states() == ["pruned"]
    assert again.reason(0) == "pruned by me, after epoch 1"
    again.crash()


@on
async def test_the_limit_of_a_trial_counts_all_its_attempts(tmp_path):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5, 0.4, seconds=20.0)
    await helm.engine.checkpointed(trainer, checkpoint(2))
    helm.engine.died(trainer, "died", "killed")
    again = await helm.at_work()
    assert (again.running.number, again.running.epochs, again.running.before) == (0, 2, 40.0)
    helm.crash()


def dog(helm):
    return Watchdog(helm.engine, helm.study.study, helm._kill)


@on
async def test_a_trial_over_its_limit_that_never_ends_an_epoch_has_failed(tmp_path):
    helm = Helm(tmp_path, "trial_timeout = 20")
    trainer = await helm.at_work()
    looking = dog(helm)
    trainer.running.began -= 30
    looking.look()
    assert trainer.running.asked == "end"
    trainer.running.asked_at -= 30
    trainer.running.heard -= 60
    looking.look()
    assert helm.killed == [trainer]
    assert helm.states() == ["failed"]
    assert helm.reason(0) == "stopped at its limit of 20s, before its first epoch was over"
    helm.crash()


@on
async def test_a_trial_over_its_limit_that_hears_nothing_is_complete_as_it_is(tmp_path):
    helm = Helm(tmp_path, "trial_timeout = 20")
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    looking = dog(helm)
    trainer.running.began -= 30
    looking.look()
    trainer.running.asked_at -= 30
    trainer.running.heard -= 60
    looking.look()
    assert helm.states() == ["complete"]
    assert helm.reason(0) == "stopped at its limit of 20s, after epoch 1"
    helm.crash()


@on
async def test_a_trainer_has_its_time_to_obey_from_when_it_was_asked(tmp_path):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    trainer.running.heard -= watchdog.DEAF + 1  # in the middle of a long first epoch
    helm.steering.set_mode("stopping", "stopped by me")
    dog(helm).look()
    assert trainer.running is not None
    trainer.running.asked_at -= watchdog.DEAF + 1
    dog(helm).look()
    assert helm.states() == ["waiting"]
    helm.crash()


@on
async def test_an_engine_that_was_stopped_itself_takes_no_trial_to_be_over_its_time(tmp_path):
    helm = Helm(tmp_path, 'trial_timeout = "1m"\nstall_timeout = "1m"')
    trainer = await helm.at_work()
    looking = dog(helm)
    looking._looked -= 3600
    trainer.running.began -= 3601
    trainer.running.heard -= 3601
    looking.look()
    assert trainer.running.asked == "go on"
    assert time.monotonic() - trainer.running.began < 30
    helm.crash()


@on
async def test_a_trainer_that_fetches_its_data_is_not_thought_to_hang(tmp_path):
    from hpsearch.engine.frames import Frame

    helm = Helm(tmp_path, "stall_timeout = 60")
    trainer = await helm.at_work()
    trainer.running.heard -= 100
    fetch = {"kind": "fetch", "fingerprint": "x", "name": "x", "offset": 0}
    await helm.sessions._hear(trainer, Frame(fetch, b""))
    dog(helm).look()
    assert trainer.running is not None
    helm.crash()


@on
async def test_a_checkpoint_that_comes_after_its_trial_was_killed_is_not_left(tmp_path):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    gate, write = threading.Event(), helm.engine._checkpoints.write

    def slowly(number, body):
        gate.wait()
        write(number, body)

    helm.engine._checkpoints.write = slowly
    writing = asyncio.ensure_future(helm.engine.checkpointed(trainer, checkpoint(1)))
    await asyncio.sleep(0)
    helm.steering.kill([0], "me")
    helm.steering.retry([0])  # the same number, but another try
    gate.set()
    await writing
    assert list(helm.folder.checkpoints.glob("*")) == []
    helm.crash()


@on
async def test_a_pruner_s_word_is_told_as_such_though_the_run_stops(tmp_path):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    helm.engine.stop_running()
    helm.engine.finished(trainer, "pruned", "pruned after epoch 1", 1.0)
    assert helm.reason(0) == "pruned after epoch 1 by the median pruner"
    helm.crash()


@on
async def test_a_trial_that_was_over_when_its_limit_came_keeps_its_own_reason(tmp_path):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    helm.epochs(trainer, 0.5)
    trainer.tell("end", "stopped at its limit of 20s")
    helm.engine.finished(trainer, "complete", "stopped early: 3 epochs without a better", 1.0)
    assert helm.reason(0).startswith("stopped early")
    helm.crash()


@pytest.mark.parametrize("told", [True, False])
@on
async def test_a_shell_that_went_first_is_not_waited_for(told):
    slot = Slot(0)
    if told:
        slot.ended(7, by_signal())
    assert await slot.how_it_ended(7, float("inf")) == (by_signal() if told else None)


LOG = """Traceback (most recent call last):
  File "/x/conversation.py", line 99, in train
    loss = shape(rows)
ValueError: rows that are none
"""


@on
async def test_a_trial_that_failed_says_how_its_log_ends(tmp_path):
    helm = Helm(tmp_path, "retries = 0")
    trainer = await helm.at_work()
    helm.engine.died(trainer, "raised", "ValueError: rows that are none", LOG)
    assert helm.reason(0) == (
        "ValueError: rows that are none; its log ends: Traceback (most recent call last): | "
        'File "/x/conversation.py", line 99, in train | loss = shape(rows)'
    )
    trainer = await helm.at_work()
    helm.engine.died(trainer, "died", "its process was killed by signal 9", "")
    assert helm.reason(1) == "its process was killed by signal 9"
    helm.crash()
