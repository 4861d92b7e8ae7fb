"""What a trial's kept weights do on its validation rows: found out by our own command, once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache

from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.widgets.page import Content
from hpsearch.store.folder import weights_file
from hpsearch.store.records import TrialRecord
from hpsearch.study.examination import Examination, LayerState
from hpsearch.view.examined import examined_lines
from hpsearch.view.format import clean
from hpsearch.view.inked import Line


class Examined:
    """Examinations of trials, for one screen."""

    def __init__(self, screen: StudyScreen) -> None:
        self._screen = screen
        self._found: dict[int, Examination] = {}
        self._asked: set[int] = set()
        """Those that are being found out."""
        self._shown: dict[int, Content] = {}
        """What stands in place of each trial, until it has been found out and from then on."""

    def content(self, trial: TrialRecord) -> Content:
        """Its examination; a word on why there is none, or none yet."""
        if trial.state in ("running", "waiting"):
            return _saying(" there is nothing to examine before the trial has ended", "dim")
        return self._shown.get(trial.number) or self._begin(trial.number)

    def layers(self, trial: TrialRecord) -> Sequence[LayerState]:
        """Its layers after training; none where they are not known yet, or never will be."""
        number, models = trial.number, self._screen.dashboard.folder.models
        if number not in self._shown and trial.state == "complete":
            if not weights_file(models, number).exists():
                return ()
            self._begin(number)
        return self._found[number].layers if number in self._found else ()

    def recalls(self, trials: Sequence[TrialRecord]) -> Mapping[int, Mapping[str, float | None]]:
        """The recall of each class, by trial, as far as it is known; the rest are found out one
        after the other."""
        if not self._asked:
            for trial in trials:
                kept = weights_file(self._screen.dashboard.folder.models, trial.number).exists()
                if trial.number not in self._shown and trial.state == "complete" and kept:
                    self._begin(trial.number)
                    break
        return {
            trial.number: _recalls(self._found[trial.number])
            for trial in trials
            if trial.number in self._found
        }

    def _begin(self, number: int) -> Content:
        dots = "..." if self._screen.session.ascii else "…"
        self._shown[number] = _saying(f" examining #{number} {dots}", "dim")
        self._asked = {number}
        # one at a time: who pages through trials waits for the last one only
        self._screen.run_worker(self._ask(number), group="examine", exclusive=True)
        return self._shown[number]

    async def _ask(self, number: int) -> None:
        try:
            words = (str(number), "--format", "json")
            done = await self._screen.dashboard.run_command("examine", *words)
        except BaseException:  # nobody waits any more: whoever comes back asks again
            self._shown.pop(number, None)
            self._asked.discard(number)
            raise
        self._asked.discard(number)
        self._shown[number] = self._made(number, done.out) if not done.code else _failed(done.err)
        # It may ask for the next one, which would end this worker while it still is one.
        self._screen.call_later(self._screen.refresh_all)

    def _made(self, number: int, text: str) -> Content:
        try:
            found = Examination.from_json(json.loads(text))
        except (ValueError, KeyError, TypeError) as error:
            return _saying(f" what `hpsearch examine` told cannot be read: {error}", "warning")
        self._found[number] = found
        signs = self._screen.session.signs

        @cache
        def lines(width: int) -> Sequence[Line]:
            return examined_lines(found, width, signs)

        return lines


def _recalls(found: Examination) -> Mapping[str, float | None]:
    """By class, with its target's name where there are several."""
    several = len(found.confusions) > 1
    return {
        f"{confusion.target} {one.name}" if several else one.name: one.recall
        for confusion in found.confusions
        for one in confusion.by_class()
    }


def _failed(said: str) -> Content:
    """What a command said on standard error, without the program's name."""
    return _saying(said.strip().removeprefix("hpsearch: ") or "it ended without a word", "warning")


def _saying(text: str, ink: str) -> Content:
    """A text whose sentences are broken where a line ends, and whose commands are not."""

    def lines(width: int) -> list[Line]:
        found: list[Line] = []
        for line in text.splitlines():
            whole = line.startswith("  ")
            for part in [line] if whole else _wrapped(clean(line), max(1, width - 2)):
                found.append([(f" {part}" if not part.startswith(" ") else part, ink)])
        return found

    return lines


def _wrapped(text: str, width: int) -> list[str]:
    from textwrap import wrap

    return wrap(text, width) or [""]
