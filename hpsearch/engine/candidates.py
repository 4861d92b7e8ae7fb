"""What may be tried: the space within the limit, what comes first in it, and all of it in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random

from hpsearch.engine.grid import Endless, grid
from hpsearch.study.bounding import bounded, narrowed
from hpsearch.study.space import Config, Dims, Params, Space, applies
from hpsearch.study.studyfile import StudyFile

LAYERS = "network.layer_dims"


class Candidates:
    """Configurations of a study's space whose networks keep to `network.max_parameters`."""

    def __init__(self, study: StudyFile, size: Callable[[Config], int]) -> None:
        """Take a settled study, and what says how many parameters a configuration has."""
        self._file, self._size = study, size
        limit = study.fixed.get("network.max_parameters")
        self._limit = limit if isinstance(limit, int) else None
        self.space: Space = study.space
        """Without the layers that could never fit."""
        if self._limit is not None and LAYERS in study.space:
            within = bounded(study.space[LAYERS], self._layers_fit)
            self.space = {**study.space, LAYERS: within}

    def fits(self, params: Params) -> bool:
        """Whether the network keeps to the limit."""
        return self._limit is None or self._size(self._file.config(params)) <= self._limit

    def narrowed(self, params: Params) -> Params:
        """The same with layers that keep to the limit."""
        dims = params.get(LAYERS)
        if self.fits(params) or not isinstance(dims, tuple):
            return params
        smaller = narrowed(self.space[LAYERS], tuple(map(int, dims)), self._layers_fit)
        return {**params, LAYERS: smaller or dims}

    def first(self, whole: bool) -> Iterator[Params]:
        """What comes before the sampler: what the file enqueues, then the defaults.

        Args:
            whole: what an entry leaves out is the default, and not the sampler's to draw.
        """
        defaults = self._file.defaults()
        for entry in self._file.enqueue:
            yield self._applying({**defaults, **entry}) if whole else entry
        if self._file.study.defaults_first:
            yield self.narrowed(defaults)

    def grid(self) -> Iterator[Params]:
        """Everything in a space that has an end, in an order of the study's seed.

        Raises:
            Endless: at once, if the space has no end, or one too far away.
        """
        points = grid(self.space, self._file.fixed)
        Random(self._file.study.seed).shuffle(points)
        return filter(self.fits, points)

    def countable(self) -> Iterator[Params]:
        """Likewise, listed when first asked for; nothing where the space has no end."""
        with suppress(Endless):
            yield from self.grid()

    def _layers_fit(self, dims: Dims) -> bool:
        return self.fits({**self._file.defaults(), LAYERS: dims})

    def _applying(self, params: Params) -> Params:
        config = {**self._file.fixed, **params}
        return {name: value for name, value in params.items() if applies(name, config)}
