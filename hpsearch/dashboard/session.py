"""What a person has chosen to see: shared by all screens, so that one filter drives them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.view.columns import COMPUTED, FROZEN, Board, Column, Setting, columns
from hpsearch.view.fields import fields, size
from hpsearch.view.figures import figure_names
from hpsearch.view.format import ASCII, UNICODE, Glyphs
from hpsearch.view.history import History, News, ordered, rank_keys
from hpsearch.view.importance import importances
from hpsearch.view.query import Query, QueryError, parse

Overlay = Literal["cursor and best", "marked", "top 5", "running", "all"]
OVERLAYS: tuple[Overlay, ...] = ("cursor and best", "marked", "top 5", "running", "all")
SMOOTHING = (0.0, 0.6, 0.9)
SAMPLE = 100
"""So many of the first and of the latest trials decide how wide columns are, and which say
something."""
ALIKE = 10
"""From so many trials on a hyperparameter that is the same in all of them has no column."""
IMPORTANT = 1000
"""Importance is told from that many trials, the latest."""
STATES = {"c": "complete", "p": "pruned", "f": "failed", "r": "running"}
"""What `f` and one of these letters hides or shows; f stands for diverged ones, too."""


@dataclass
class Session:
    """One person's view of one study."""

    name: str
    history: History = field(default_factory=History)
    ascii: bool = False
    chosen: int | None = None
    """The number of the trial that a person set the cursor on."""
    marked: list[int] = field(default_factory=list)
    baseline: int | None = None
    query_text: str = ""
    query: Query | None = None
    hidden_states: frozenset[str] = frozenset()
    sort: list[tuple[str, bool]] = field(default_factory=list)
    """Columns by key, the first decides, and whether the largest comes first; none: by rank."""
    overlay: Overlay = "cursor and best"
    log: bool = True
    by_time: bool = False
    metric: int = 0
    smoothing: float = 0.0
    robust: bool = True
    cross: int | None = None
    """The epoch at which the crosshair stands."""
    zoom: tuple[float, float] = (0.0, 1.0)
    frozen: bool = False
    chosen_columns: tuple[str, ...] | None = None
    """Keys of the columns to show, in order; None: the usual ones."""
    importance: dict[str, float] = field(default_factory=dict)
    """By full name, as far as it has been computed."""
    _columns: tuple[object, tuple[Column, ...]] | None = None
    """What they were made for, and the columns."""
    _order: tuple[object, list[int]] | None = None
    """What it was made for, and the order."""
    _told_from: int = 0
    """How many trials were complete when importance was last found out."""

    @property
    def study(self) -> StudyFacts | None:
        """The study, once it has been read."""
        return self.history.status.study if self.history.status else None

    @property
    def signs(self) -> Glyphs:
        """The character set."""
        return ASCII if self.ascii else UNICODE

    @property
    def cursor(self) -> int | None:
        """The number of the trial under the cursor: the first one until a person chose one, and
        while that one is filtered out."""
        order = self.order()
        filtered = self.query is not None or bool(self.hidden_states)
        if self.chosen in (order if filtered else self.history.trials):
            return self.chosen
        return order[0] if order else None

    @property
    def trial(self) -> TrialRecord | None:
        """The trial under the cursor."""
        return None if self.cursor is None else self.history.trials.get(self.cursor)

    @property
    def best(self) -> int | None:
        """The best trial's number."""
        status = self.history.status
        return status.best.number if status and status.best else None

    def take(self, news: News) -> None:
        """Take in what changed, and find out anew what matters once enough trials are complete."""
        self.history.take(news)
        status = self.history.status
        if status is None:
            return
        complete = status.counts.complete
        # At first with every trial, later with every twentieth part more: it costs milliseconds.
        if complete - self._told_from >= max(1, self._told_from // 20):
            self._told_from = complete
            trials = [t for t in self.history.trials.values() if t.state == "complete"]
            self.importance = importances(status.study, trials[-IMPORTANT:])

    # Which trials, in what order --------------------------------------------------------------

    def ask(self, text: str) -> None:
        """Filter by a query; an empty one shows all.

        Raises:
            QueryError: it cannot be read; the last good one stays.
        """
        if self.study is None:
            return
        names = fields(self.study, list(self.history.trials.values())[:200])
        query = parse(text, names) if text.strip() else None
        self.query_text, self.query = text.strip(), query

    def order(self) -> Sequence[int]:
        """The trials to show, from top to bottom."""
        history, study = self.history, self.study
        if study is None:
            return []
        made_for = (history.revision, self.query, self.hidden_states, tuple(self.sort))
        if self._order is None or self._order[0] != made_for:
            own = [(history.column(f"sort {k}", self._sort_key(k)), fall) for k, fall in self.sort]
            keys = [*own, *rank_keys(history, study.direction)]
            self._order = (made_for, ordered(self.shown(), keys))
        return self._order[1]

    def shown(self) -> list[int]:
        """The trials that the filter leaves, in no order."""
        trials, hidden = self.history.trials, self.hidden_states
        match = self.query.matcher(trials.values()) if self.query else None
        if match is None and not hidden:
            return list(trials)
        return [
            number
            for number, trial in trials.items()
            if trial.state not in hidden and (match is None or match(trial))
        ]

    def metric_names(self) -> tuple[str, ...]:
        """What charts can show of this study: its ranked metric first."""
        if self.study is None:
            return ()
        shown = list(figure_names(self.study))
        for track in list(self.history.tracks.values())[-3:]:
            shown += sorted(track.figures)
        others = [n for n in dict.fromkeys(shown) if n not in ("learning_rate", "gradient_norm")]
        return (*others, "learning_rate", "gradient_norm")

    def sort_by(self, key: str, more: bool = False) -> None:
        """Sort by a column; once more by the same turns it round.

        Args:
            more: after the columns so far, instead of in their place.
        """
        falls = self._falls_first(key)
        for at, (name, falling) in enumerate(self.sort):
            if name == key and (at == 0 or more):
                self.sort[at] = (key, not falling)
                return
        self.sort = [*self.sort, (key, falls)] if more else [(key, falls)]

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The column that decides, and whether its largest comes first."""
        study = self.study
        if self.sort:
            return self.sort[0]
        return (study.metric if study else "", bool(study and study.direction == "maximize"))

    def columns(self) -> tuple[Column, ...]:
        """The leaderboard's columns; the same ones as before where nothing that matters changed."""
        known = len(self.history.trials)
        known = known if known < 2 * SAMPLE else known // 20  # it costs milliseconds
        asked = self.study.trials if self.study else None
        key = (known, asked, self.chosen_columns, tuple(self.importance.items()))
        if self._columns is None or self._columns[0] != key:
            self._columns = (key, self._made_columns())
        return self._columns[1]

    def every_column(self) -> tuple[Column, ...]:
        """All that can be shown, in their usual order."""
        assert self.study is not None
        trials = list(self.history.trials.values())
        sample = [*trials[:SAMPLE], *trials[SAMPLE:][-SAMPLE:]]
        return columns(Board(self.study, sample, importance=self.importance), terse=True)

    def _made_columns(self) -> tuple[Column, ...]:
        every = self.every_column()
        frozen, others = every[:FROZEN], every[FROZEN:]
        if self.chosen_columns is None:
            few = len(self.history.trials) < ALIKE
            return (*frozen, *(column for column in others if few or not column.constant))
        by_name = {column.name: column for column in others}
        return (*frozen, *(by_name[n] for n in self.chosen_columns if n in by_name))

    def setting(self) -> Setting:
        """What cells need to know."""
        status, track = self.history.status, self.history.track
        assert status is not None
        best, metric = status.best.value if status.best else None, status.study.metric
        return Setting(status.study, best, self.signs, lambda n: track(n).figure(metric))

    def _sort_key(self, key: str) -> Callable[[TrialRecord], float | str | None]:
        assert self.study is not None
        read = fields(self.study).reader("value" if key in COMPUTED else key)

        def said(trial: TrialRecord) -> float | str | None:
            value = read(trial)
            return value if value is None or isinstance(value, str) else size(value)

        return said

    def _falls_first(self, key: str) -> bool:
        """Figures of which more is better come largest first."""
        more = ("accuracy", "f1", "r2", "roc_auc")
        study = self.study
        if study is not None and key == study.metric:
            return study.direction == "maximize"
        return key.endswith(more)

    # Marks ----------------------------------------------------------------------------------

    def toggle_mark(self, number: int) -> None:
        """Mark a trial, or unmark it."""
        if number in self.marked:
            self.marked.remove(number)
        else:
            self.marked.append(number)

    def overlaid(self) -> list[int]:
        """The trials whose curves are drawn, the one under the cursor last and on top."""
        order = self.order()
        match self.overlay:
            case "cursor and best":
                picked = [n for n in (self.baseline, self.best) if n is not None]
                picked += order[:4]
            case "marked":
                picked = self.marked[:10]
            case "top 5":
                picked = order[:5]
            case "running":
                trials = self.history.trials
                picked = [n for n in order if trials[n].state == "running"][:12]
            case "all":
                picked = order[:60]
        unique = [n for n in dict.fromkeys(picked) if n != self.cursor]
        return [*unique, *([self.cursor] if self.cursor is not None else [])]


__all__ = ["OVERLAYS", "SMOOTHING", "STATES", "Overlay", "QueryError", "Session"]
