"""Of which finished trials the weights are kept: as many as the study asks, the best."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hpsearch import faults
from hpsearch.engine.aside import write_aside
from hpsearch.store.folder import trial_of_file, weights_file
from hpsearch.store.past import Past


class BestWeights:
    """The best epoch's weights of the best trials, a file each."""

    def __init__(
        self, folder: Path, most: int | None, direction: str, history: Iterable[Past]
    ) -> None:
        """Go on with what earlier runs kept.

        Args:
            most: how many trials; None for all of them.
        """
        self._folder, self._most = folder, most
        self._sign = 1.0 if direction == "minimize" else -1.0
        values = {p.trial.number: p.value for p in history if p.state == "complete"}
        self._kept: dict[int, float] = {}
        for number in self._on_disk():
            value = values.get(number)
            if value is None:
                weights_file(folder, number).unlink(missing_ok=True)
            else:
                self._kept[number] = self._sign * value
        self._drop_the_worst()

    def offer(self, number: int, value: float, data: bytes) -> None:
        """Keep a trial's weights, if they are among the best."""
        faults.at("trial ended")
        if not data or self._most == 0:
            return
        rank = self._sign * value
        full = self._most is not None and len(self._kept) >= self._most
        if full and rank >= max(self._kept.values()):
            return
        write_aside(weights_file(self._folder, number), data)
        self._kept[number] = rank
        self._drop_the_worst()

    def _drop_the_worst(self) -> None:
        while self._most is not None and len(self._kept) > self._most:
            worst = max(self._kept, key=lambda number: (self._kept[number], number))
            del self._kept[worst]
            weights_file(self._folder, worst).unlink(missing_ok=True)

    def _on_disk(self) -> list[int]:
        if not self._folder.is_dir():
            return []
        found = (trial_of_file(path) for path in self._folder.iterdir())
        return sorted(number for number in found if number is not None)
