"""What widgets and dialogs tell the screens above them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Leave:
    """How a person wants to leave; the answer of the leave dialog, and of the whole dashboard."""

    verb: str = ""
    """stop, drain or abort, which was filed before leaving; "" detaches."""
    signal: int = 0
    """The signal that ended the dashboard, if one did."""
