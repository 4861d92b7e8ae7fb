"""How a person leaves: at once, or after a word on what becomes of the search."""

from __future__ import annotations

from hpsearch.dashboard.messages import Leave
from hpsearch.dashboard.options import Options
from hpsearch.dashboard.screens.dialogs import Answer, Ask
from hpsearch.dashboard.speaking import Speaking
from hpsearch.errors import HpsearchError
from hpsearch.store.inbox import send
from hpsearch.view.format import duration
from hpsearch.view.status import LIVE


class Leaving(Speaking):
    """The part of the dashboard that ends it."""

    options: Options

    def action_detach(self) -> None:
        """Leave; the search goes on."""
        if self.options.owned:
            self.action_leave()
        else:
            self.exit(Leave())

    def action_leave(self) -> None:
        """Ask how to leave, where this command started the run and it still runs."""
        status = self.session.history.status
        works = status is not None and status.state in LIVE
        if works and (self.options.started or self.options.owned):
            if not isinstance(self.screen, Ask):
                self.push_screen(self._leave_dialog(), self._left)
        else:
            self.exit(Leave())

    def _leave_dialog(self) -> Ask:
        status = self.session.history.status
        assert status is not None
        counts = status.counts
        left = f", eta {duration(status.eta)}" if status.eta else ""
        alone = counts.running == 1
        running = "1 trial" if alone else f"{counts.running} trials"
        them = "running trial" if alone else f"{counts.running} running trials"
        to_go = counts.asked - counts.finished
        first = Answer("d", f"detach - it goes on  (hpsearch attach {self.session.name})")
        return Ask(
            f" Leave {self.session.name}? ",
            [f"{running} running, {to_go} to go{left}"],
            [
                *([] if self.options.owned else [first]),
                Answer("s", "stop: checkpoint now, go on at the next run"),
                Answer("f", f"finish the {them} first"),
                Answer("a", "abort now; running trials go on from their last checkpoint"),
            ],
        )

    def _left(self, answer: str | None) -> None:
        verb = {"s": "stop", "f": "drain", "a": "abort"}.get(answer or "", "")
        if verb:
            try:
                send(self.folder.inbox, verb)
            except HpsearchError as error:
                self.say(str(error))
                return
        if answer:
            self.exit(Leave(verb))
