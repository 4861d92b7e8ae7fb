"""What a person can have done to a trial or a study: commands to the engine, and our own."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hpsearch.dashboard import commands
from hpsearch.dashboard.screens.dialogs import Answer, Ask, Form, Line
from hpsearch.dashboard.speaking import Speaking
from hpsearch.dashboard.trying import meant, objection, written
from hpsearch.errors import HpsearchError
from hpsearch.plain.summary import go_on
from hpsearch.store.inbox import filed, send
from hpsearch.view.status import LIVE, Status

MOST = 999_999_999
"""More of anything nobody asks for."""
EXHAUSTED = "every configuration of its space has been tried; widen a range, and --fork it"


class Steering(Speaking):
    """The half of the dashboard that acts."""

    async def run_command(self, verb: str, *words: str) -> commands.Done:
        """One of our commands, on this study."""
        return await commands.run(verb, str(self.folder.path), *words)

    def ask_engine(self, verb: str, said: str, **args: object) -> None:
        """File a command for the engine, and say so."""
        if verb not in ("add", "retry") and self._rests():
            return
        try:
            send(self.folder.inbox, verb, **args)
        except HpsearchError as error:
            self.say(str(error))
            return
        status = self.session.history.status
        if status is None or status.state in LIVE:
            self.say(said)
            return
        self.say(f"{said}: the next run takes it up")
        self.action_resume_engine()

    def _rests(self) -> bool:
        """Whether no engine is at work, which is said."""
        status = self.session.history.status
        if status is None or status.state in LIVE:
            return False
        self.say(f"no engine is at work ({status.state}); R starts one")
        return True

    # A trial ------------------------------------------------------------------------------

    def action_act(self) -> None:
        """Ask what to do to the trial under the cursor."""
        trial = self.session.trial
        if trial is None:
            return
        if trial.state not in ("running", "waiting"):
            self.say(f"#{trial.number} is {trial.state}: only a trial under way can be ended")
            return
        answers = [
            Answer("p", "prune it at its next epoch; its value so far counts"),
            Answer("k", "kill it: failed, and not tried again"),
        ]
        number = trial.number

        def act(answer: str | None) -> None:
            verb = {"p": "prune", "k": "kill"}.get(answer or "")
            if verb:
                self.ask_engine(verb, f"asked to {verb} #{number}", numbers=[number])

        self.push_screen(Ask(f" Trial #{number} ", [], answers), act)

    def action_new_trial(self) -> None:
        """Ask for values, starting from those of the trial under the cursor."""
        trial, study = self.session.trial, self.session.study
        if study is None or not study.space or self._rests():
            return
        known = trial.params if trial is not None else {}
        values = {n: written(known[n]) if n in known else "" for n in study.space}

        def judge(said: Mapping[str, str]) -> str:
            return "" if meant(said) else "give at least one of them a value"

        def enqueue(said: dict[str, str] | None) -> None:
            if said is not None:
                self.ask_engine("enqueue", "asked to try this next", entries=[meant(said)])

        enter = "enter" if self.session.ascii else "⏎"
        told = f"What is left empty is drawn. {enter} tries it next, esc stays."

        def object_to(said: Mapping[str, str]) -> str:
            return objection(self.folder, meant(said))

        self.push_screen(Form(" New trial ", told, values, judge, object_to), enqueue)

    def action_edit_copy(self) -> None:
        """The same, from the detail screen."""
        self.action_new_trial()

    def action_retrain(self) -> None:
        """Ask for a file, write the trial there, and say how to train it on."""
        trial = self.session.trial
        if trial is not None:
            after = f"-o {shlex.quote(f'{self.session.name}-trial-{trial.number}')}"
            self._ask_where(trial.number, f" Retrain #{trial.number} ", after)

    def action_export(self) -> None:
        """Ask for a file, and write the trial there."""
        trial = self.session.trial
        if trial is not None:
            self._ask_where(trial.number, f" Export #{trial.number} ")

    def _ask_where(self, number: int, title: str, retrain: str = "") -> None:
        """Nothing is written into the folder a person is in before they have said so.

        Args:
            retrain: what follows the file's name in the command that retrains it, which is told.
        """

        def judge(file: str) -> str:
            there = Path(file).expanduser().exists()
            return f"{file} is there already; give another name." if file and there else ""

        def export(file: str | None) -> None:
            if file:
                path = str(Path(file).expanduser())
                after = f"hpsearch retrain {shlex.quote(path)} {retrain}" if retrain else ""
                self.run_worker(self._export(number, path, after), group="export")

        enter = "enter" if self.session.ascii else "⏎"
        then = "it, and tells the command that trains it" if retrain else "it"
        told = (
            f"In {Path.cwd()}, a study file without ranges; `hpsearch retrain` takes it. "
            f"{enter} writes {then}; esc stays."
        )
        free = _free(f"{self.session.name}-trial-{number}")
        self.push_screen(Line(title, told, free, judge), export)

    async def _export(self, number: int, file: str, after: str = "") -> None:
        done = await self.run_command("export", "--trial", str(number), "-o", file)
        path = Path(file).resolve()
        then = f"; then: {after}" if after else ""
        self.say(f"written: {path}{then}" if done.code == 0 else done.last_word)

    def action_yank(self) -> None:
        """Copy the trial as a study file, and leave it in a file as well."""
        trial = self.session.trial
        if trial is not None:
            self.run_worker(self._yank(trial.number), group="export")

    async def _yank(self, number: int) -> None:
        done = await self.run_command("export", "--trial", str(number), "-o", "-")
        if done.code:
            self.say(done.last_word)
            return
        self.copy_to_clipboard(done.out)
        # A terminal or multiplexer may keep programs from the clipboard, and nobody tells.
        handle, name = tempfile.mkstemp(f"-{self.session.name}-{number}.toml", "hpsearch-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(done.out)
        self.say(f"#{number} copied, where the terminal allows it; also in {name}")

    # The study ----------------------------------------------------------------------------

    def action_pause(self) -> None:
        """Pause, or go on."""
        status = self.session.history.status
        if status is not None and status.state == "paused":
            self.ask_engine("resume", "asked to go on")
        else:
            self.ask_engine("pause", "asked to start no new trials; p goes on")

    def action_stop(self) -> None:
        """Ask how to stop."""
        if self._rests():
            return
        answers = [
            Answer("s", "stop: checkpoint now, go on at the next run"),
            Answer("d", "drain: let the running trials finish first"),
            Answer("a", "abort now; running trials go on from their last checkpoint"),
        ]

        def stop(answer: str | None) -> None:
            verb = {"s": "stop", "d": "drain", "a": "abort"}.get(answer or "")
            if verb:
                self.ask_engine(verb, f"asked to {verb}")

        self.push_screen(Ask(f" Stop {self.session.name}? ", [], answers), stop)

    def action_add(self) -> None:
        """Ask how many trials more."""
        status, told = self.session.history.status, "How many more, in all runs together."
        if status is not None and status.exhausted:
            self.say(EXHAUSTED)
            return
        if status is not None and _all_done(status):
            told = f"All {status.counts.asked} asked for are finished. {told}"
        self._ask_number(" Add trials ", told, "add", "more trial")

    def action_workers(self) -> None:
        """Ask how many shall train at once."""
        if self._rests():
            return
        study = self.session.study
        most = study.max_workers if study is not None else 0
        told = f"How many trials train at once{f', at most {most}' if most else ''}."
        self._ask_number(" Workers ", told, "workers", "worker", most or MOST)

    def _ask_number(self, title: str, told: str, verb: str, unit: str, most: int = MOST) -> None:
        def judge(text: str) -> str:
            fine = text.isascii() and text.isdigit() and len(text) <= len(str(MOST))
            fine = fine and 0 < int(text) <= most
            return "" if fine else f"a whole number, from 1{f' to {most}' if most < MOST else ''}"

        def ask(text: str | None) -> None:
            if text:
                count = int(text)
                said = f"asked for {count} {unit}{'' if count == 1 else 's'}"
                self.ask_engine(verb, said, count=count)

        self.push_screen(Line(title, told, "", judge), ask)

    def action_retry_failed(self) -> None:
        """Put failed trials in line again, after a question."""
        status = self.session.history.status
        failed = status.counts.failed if status is not None else 0
        if not failed:
            self.say("no trial has failed")
            return

        def retry(answer: str | None) -> None:
            if answer == "y":
                self.ask_engine("retry", "asked to try failed trials again", numbers="failed")

        told = ["From their first epoch, with the values they had."]
        word = "1 failed trial" if failed == 1 else f"{failed} failed trials"
        self.push_screen(Ask(f" Try {word} again? ", told, [Answer("y", "try again")]), retry)

    def action_resume_engine(self) -> None:
        """Start an engine where none is at work, after a question."""
        status = self.session.history.status
        if status is None or status.state in LIVE:
            self.say("an engine is at work already")
            return
        if not filed(self.folder.inbox):  # then there is nothing to go on with
            if status.exhausted:
                self.say(EXHAUSTED)
                return
            if _all_done(status):
                self.action_add()
                return
        command = go_on(replace(status, state="stopped"), self.folder)
        words = [*shlex.split(command.partition("    ")[0])[1:], "--detach"]
        told = ["hpsearch " + " ".join(words)]

        def start(answer: str | None) -> None:
            if answer == "y":
                self.run_worker(self._start(words), group="start")

        self.push_screen(
            Ask(f" Go on with {self.session.name}? ", told, [Answer("y", "go on")]), start
        )

    async def _start(self, words: list[str]) -> None:
        self.say("starting an engine ...")
        done = await commands.run(*words)
        self.say("an engine is at work" if done.code == 0 else done.last_word)


def _all_done(status: Status) -> bool:
    """Whether every trial that was asked for has ended."""
    return status.state == "finished" and status.counts.finished >= status.counts.asked


def _free(stem: str) -> str:
    """A name for a study file that none in this folder has."""
    names = (f"{stem}{end}.toml" for end in ("", *(f"-{n}" for n in range(2, 1000))))
    return next((name for name in names if not Path(name).exists()), f"{stem}.toml")
