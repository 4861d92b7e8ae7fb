"""How often a trial is tried, and what is said of one that never comes to an end."""

from __future__ import annotations

import pytest

from hpsearch.engine.watchdog import Watchdog
from tests.engine.helm import Helm, on


@pytest.mark.parametrize("how", ["died", "raised"])
@on
async def test_the_third_death_of_a_trial_is_its_failure_with_the_end_of_its_log(tmp_path, how):
    helm = Helm(tmp_path)
    for states in (["waiting"], ["waiting"], ["failed"]):
        trainer = await helm.at_work()
        assert trainer.running is not None
        assert trainer.running.number == 0
        helm.engine.died(trainer, how, "no more", "its last words\n")
        assert helm.states()[:1] == states
    assert helm.reason(0) == "no more; its log ends: its last words"
    trainer = await helm.at_work()
    assert trainer.running is not None
    assert trainer.running.number == 1
    helm.crash()


@on
async def test_attempts_count_over_the_engine_s_own_death_which_is_none(tmp_path):
    for states in (["waiting"], ["waiting"], ["failed"]):
        helm = Helm(tmp_path)
        trainer = await helm.at_work()
        helm.engine.died(trainer, "died", "no more")
        assert helm.states()[:1] == states
        if states == ["waiting"]:
            await helm.at_work(1)  # it is running when its engine dies
        helm.store.flush()
        helm.crash()


@pytest.mark.parametrize(("longest", "patience"), [(None, 600), (0.5, 60), (5.0, 100)])
@on
async def test_a_trainer_hangs_after_twenty_of_its_longest_epochs_and_a_minute_at_least(
    tmp_path, longest, patience
):
    helm = Helm(tmp_path)
    trainer = await helm.at_work()
    if longest:
        helm.epochs(trainer, 0.5, seconds=longest)
    assert trainer.running is not None
    watchdog = Watchdog(helm.engine, helm.study.study, helm._kill)
    trainer.running.heard -= patience - 1
    watchdog.look()
    assert helm.killed == []
    trainer.running.heard -= 2
    watchdog.look()
    assert helm.killed == [trainer]
    assert helm.states()[0] == "waiting"
    helm.crash()
