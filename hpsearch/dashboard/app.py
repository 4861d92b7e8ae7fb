"""The dashboard: modes, theme, one tick, signals, and what can be done from everywhere."""

from __future__ import annotations

import asyncio
import os
import signal
from importlib import import_module
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size

from hpsearch.dashboard import config
from hpsearch.dashboard.actions import bindings
from hpsearch.dashboard.feed import Feed, Reading
from hpsearch.dashboard.ink import THEMES
from hpsearch.dashboard.leaving import Leaving
from hpsearch.dashboard.looking import Looking
from hpsearch.dashboard.messages import Leave
from hpsearch.dashboard.options import Options
from hpsearch.dashboard.screens.base import StudyScreen
from hpsearch.dashboard.screens.trials import Trials
from hpsearch.dashboard.session import Session
from hpsearch.dashboard.steering import Steering
from hpsearch.dashboard.widgets.header import Header
from hpsearch.store.folder import RunFolder

AWAY = 0.5
"""Looks at the store a second while nobody looks."""

WIDTHS = ((0, "-tiny"), (60, "-narrow"), (100, "-wide"))
HEIGHTS = ((0, "-flat"), (12, "-low"), (18, "-medium"), (28, "-tall"))
"""From how many cells on the application wears which class; the style sheet goes by these."""


class Dashboard(Looking, Steering, Leaving):
    """One study on a whole terminal."""

    CSS_PATH = Path(__file__).with_name("dashboard.tcss")
    MODES: ClassVar = {
        "trials": Trials,
        # Read when they are first looked at: the first picture should not wait for them.
        "curves": lambda: _screen("curves", "CurvesScreen"),
        "params": lambda: _screen("params", "ParamsScreen"),
        "workers": lambda: _screen("workers", "WorkersScreen"),
        "log": lambda: _screen("log", "LogScreen"),
    }
    DEFAULT_MODE = "trials"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(
        self, folder: RunFolder, options: Options | None = None, reading: Reading | None = None
    ) -> None:
        """Args: reading: of that folder, where it has been begun already."""
        super().__init__()
        self.folder, self.options = folder, options or Options()
        self.animation_level = "none"
        self.session = Session(folder.name, ascii=self.options.ascii)
        self._kept = config.load()
        self.session.chosen_columns = self._kept.columns
        self._reading = reading or Reading(Feed(folder, self.options.clock))
        self._looking = self._again = self._mounted = self.drawn = False
        for theme in THEMES:
            self.register_theme(theme)
        environ = os.environ.get("TEXTUAL_THEME")
        wanted = self.options.theme or environ or self._kept.theme or THEMES[0].name
        names = (wanted, f"hpsearch-{wanted}", THEMES[0].name)  # "light" is ours
        self.theme = next(name for name in names if name in self.available_themes)
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def ascii(self) -> bool:
        """Whether only ASCII may be shown."""
        return self.session.ascii

    def action_studies(self) -> None:
        """Every study."""
        from hpsearch.dashboard.screens.studies import Studies

        def opened(folder: RunFolder | None) -> None:
            if folder is not None:
                self.open_study(folder)

        self.push_screen(Studies(self.folder), opened)

    def open_study(self, folder: RunFolder) -> None:
        """Change over to another study."""
        self._reading.close()
        self.folder = folder
        self._reading = Reading(Feed(folder, self.options.clock))
        self.session = Session(folder.name, ascii=self.ascii)
        self.session.chosen_columns = self._kept.columns
        for screen in self.screen_stack:
            for header in screen.query(Header):
                header.study_name = folder.name
        self.tick()

    # News ---------------------------------------------------------------------------------

    def on_load(self) -> None:
        """Before anything is laid out: what decides how."""
        self.set_class(self.ascii, "ascii", update=False)
        self._wear(self.size, update=False)
        if self._reading.ready:
            self.session.take(self._reading.look(()).result())

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything anew. While nothing is, Textual would read all sheets twice in vain."""
        if self._mounted:
            super().refresh_css(animate)

    def on_ready(self) -> None:
        """The first picture is under way."""
        if self.session.history.status is not None:
            self.call_after_refresh(self._first_drawn)

    def _first_drawn(self) -> None:
        """The study stands on the screen: now what takes longer."""
        self.drawn = True
        self.show_all()
        self.tick()  # now it is known which trials are in sight

    def on_mount(self) -> None:
        """Begin to look; the first picture does not wait for it."""
        self._mounted = True
        self.set_keymap(self._kept.keys)
        # Back from the shell the terminal is blank, and Textual sends only what becomes different.
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        self._ticking = self.set_interval(1 / self.options.rate(), self._look_now)
        self.tick()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with_number = number
            try:
                loop.add_signal_handler(number, self._ended_by, with_number)
            except (ValueError, RuntimeError):  # not the main thread: a test, or a web server
                return

    def tick(self) -> None:
        """Look at the store; where a look is under way, once more after it."""
        self._again = self._looking
        self._look_now()

    def _look_now(self) -> None:
        """Look at the store, unless a look is under way."""
        if not self._looking and not self.session.frozen:
            self._looking = True
            self.run_worker(self._look(), group="look", exit_on_error=True)

    async def _look(self) -> None:
        reading = self._reading
        try:
            if not self.is_running:  # closing: screens lose their widgets, one after the other
                return
            wanted = self.view.wanted() if self.session.history.status else []
            news = await asyncio.wrap_future(reading.look(wanted))
            if not self.is_running:
                return
        except RuntimeError:  # closing: the thread takes no more work
            return
        finally:
            self._looking = False
        if reading is not self._reading:  # of the study before
            self.tick()
            return
        first = self.session.history.status is None
        self.session.take(news)
        self.show_all()
        if first and news.status is not None:
            self.call_after_refresh(self._first_drawn)
        if self._again:
            self.tick()

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another layout."""
        self._wear(event.size)

    def _wear(self, size: Size, update: bool = True) -> None:
        """Classes by size, for the style sheet; on the application, so that screens and dialogs
        that open later are laid out right from their first picture on."""
        worn = {
            [name for least, name in steps if cells >= least][-1]
            for steps, cells in ((WIDTHS, size.width), (HEIGHTS, size.height))
        }
        every = {name: name in worn for _, name in (*WIDTHS, *HEIGHTS)}
        self.update_classes(every, update=update)

    @property
    def at_rest(self) -> bool:
        """Whether no look is under way, and one has been taken."""
        return not self._looking and self.session.history.now > 0

    def on_app_blur(self, _: events.AppBlur) -> None:
        """Nobody looks: look less often."""
        self._pace(AWAY)

    def on_app_focus(self, _: events.AppFocus) -> None:
        """Somebody looks again."""
        self._pace(self.options.rate())
        self.tick()

    def _pace(self, rate: float) -> None:
        self._ticking.stop()
        self._ticking = self.set_interval(1 / rate, self._look_now)

    # What can be done from everywhere -------------------------------------------------------

    def action_freeze(self) -> None:
        """Hold everything still, or go on."""
        self.session.frozen = not self.session.frozen
        self.show_all()
        self.tick()

    def action_redraw(self) -> None:
        """Draw everything anew."""
        self.refresh(layout=True)

    def action_suspend(self) -> None:
        """To the shell, until `fg`."""
        self.action_suspend_process()

    def _ended_by(self, number: int) -> None:
        """SIGTERM, SIGHUP or SIGINT from outside: give the terminal back, then go."""
        self.exit(Leave(signal=number))

    async def on_unmount(self) -> None:
        """Let go of the store."""
        self._reading.close()


def _screen(module: str, name: str) -> StudyScreen:
    return getattr(import_module(f"hpsearch.dashboard.screens.{module}"), name)()
