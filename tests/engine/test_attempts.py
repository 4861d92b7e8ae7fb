"""How often a trial is tried, and what is said of one that never comes to an end."""

from __future__ import annotations

import pytest

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
