"""Seeds as functions of what they are for, so that nothing depends on what ran before."""

from __future__ import annotations

import numpy as np


def trial_seed(study_seed: int, number: int) -> int:
    """What decides a trial's weights, shuffles and masks.

    >>> trial_seed(0, 1) == trial_seed(0, 1) != trial_seed(0, 2)
    True
    """
    return _word(study_seed, number)


def draw_seed(study_seed: int, number: int, redraw: int) -> int:
    """What decides what the sampler draws for a trial, at the `redraw`-th try from 0."""
    return _word(study_seed, number, redraw, 1)


def _word(*entropy: int) -> int:
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])
