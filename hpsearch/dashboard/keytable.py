"""The README's table of keys. `python -m hpsearch.dashboard.keytable` prints it."""

from __future__ import annotations

from hpsearch.dashboard.actions import ACTIONS, key_text

BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def key_table() -> str:
    """Every action by group, in Markdown: keys, what they do, the command that does the same."""
    lines = ["| keys | | without the dashboard |", "|---|---|---|"]
    for action in ACTIONS:
        keys = " ".join(f"`{key_text(key)}`" for key in action.keys)
        lines.append(f"| {keys} | {action.description} | `{action.twin}` |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(key_table())  # noqa: T201  # that is what it is for
