"""Questions above a screen: a title, lines of text, and a key for each answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Label, Static

from hpsearch.dashboard.actions import key_text
from hpsearch.dashboard.screens.modal import Modal


@dataclass(frozen=True)
class Answer:
    """One way to answer."""

    key: str
    text: str


class Ask(Modal[str]):
    """A question with answers by key; "" where the person stays."""

    def __init__(self, title: str, told: Sequence[str], answers: Sequence[Answer]) -> None:
        super().__init__()
        self._title, self._told, self._answers = title, told, answers

    def compose(self) -> ComposeResult:
        """The question in a frame."""
        text = Text("\n".join(self._told))
        if self._told:
            text.append("\n\n")
        wide = max([3, *(len(key_text(answer.key)) for answer in self._answers)])
        for answer in self._answers:
            text.append(f" {key_text(answer.key):<{wide}} ", "bold")
            text.append(f" {answer.text}\n")
        text.append(f" {'esc':<{wide}} ", "bold")
        text.append(" stay")
        with Vertical(classes="dialog") as frame:
            frame.border_title = Text(self._title).markup
            yield Static(text)

    def on_key(self, event: events.Key) -> None:
        """An answer's key, or away."""
        event.stop()
        keys: Mapping[str, str] = {answer.key: answer.key for answer in self._answers}
        if event.key in ("escape", "q", "ctrl+c"):
            self.dismiss("")
        elif (found := keys.get(event.key) or keys.get(event.character or "")) is not None:
            self.dismiss(found)


class Line(Modal[str | None]):
    """One line of text; None where the person stays.

    Each keystroke may be judged at once, and a wrong line is told about under it.
    """

    def __init__(
        self,
        title: str,
        told: str,
        value: str = "",
        judge: Callable[[str], str] | None = None,
        low: bool = False,
    ) -> None:
        """Args: low: stands at the foot of the screen, where it hides nothing."""
        super().__init__(classes="low" if low else None)
        self._title, self._told, self._value, self._judge = title, told, value, judge

    def compose(self) -> ComposeResult:
        """The line, and what is said about it."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = Text(self._title).markup
            yield Input(self._value, select_on_focus=False)
            yield Static(Text(self._told), id="told")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Judge it."""
        if self._judge is not None:
            self.query_one("#told", Static).update(Text(self._judge(event.value) or self._told))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Taken, if nothing is wrong with it."""
        if self._judge is None or not self._judge(event.value):
            self.dismiss(event.value)

    def on_key(self, event: events.Key) -> None:
        """Away."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            self.dismiss(None)


class Form(Modal["dict[str, str] | None"]):
    """A line of text for each name; None where the person stays."""

    def __init__(
        self,
        title: str,
        told: str,
        values: Mapping[str, str],
        judge: Callable[[Mapping[str, str]], str],
        object_to: Callable[[Mapping[str, str]], str],
    ) -> None:
        """Args: object_to: judges what is handed in, and may take its time."""
        super().__init__()
        self._title, self._told, self._values = title, told, values
        self._judge, self._object_to = judge, object_to

    def compose(self) -> ComposeResult:
        """Names with their lines, and what is said about them."""
        with Vertical(classes="dialog form") as frame:
            frame.border_title = Text(self._title).markup
            with VerticalScroll(can_focus=False):  # keys are for the lines in it
                for name, value in self._values.items():
                    with Horizontal():
                        yield Label(Text(name))
                        yield Input(value, select_on_focus=False, name=name)
            yield Static(Text(self._told), id="told")

    def on_input_changed(self) -> None:
        """Judge it."""
        wrong = self._judge(self._said())
        self.query_one("#told", Static).update(Text(wrong or self._told))

    def on_input_submitted(self) -> None:
        """Taken, if nothing is wrong with it."""
        said = self._said()
        wrong = self._judge(said) or self._object_to(said)
        if wrong:
            self.query_one("#told", Static).update(Text(wrong))
        else:
            self.dismiss(said)

    def on_key(self, event: events.Key) -> None:
        """Away, or to another line."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            self.dismiss(None)
        elif event.key in ("down", "up"):
            event.stop()
            self.focus_next() if event.key == "down" else self.focus_previous()

    def _said(self) -> dict[str, str]:
        return {line.name or "": line.value.strip() for line in self.query(Input)}
