"""The real engine's process for `fleet`: everything but the shells, which it does not start.

Where its trainers shall call goes as a line of JSON into the file descriptor FLEET_ADDRESS.
"""

from __future__ import annotations

import json
import os

from hpsearch.engine import __main__ as program
from hpsearch.engine import staff
from hpsearch.engine.calling import Address


class Absent:
    """Stands where the fleet stands, and starts nobody."""

    hopeless = ""

    def __init__(self, *_: object, **__: object) -> None:
        """Whatever a fleet is told."""

    def start(self, address: Address) -> None:
        """Say where the engine listens."""
        told = {"host": address.host, "port": address.port, "key": address.key.hex()}
        with os.fdopen(int(os.environ["FLEET_ADDRESS"]), "w") as file:
            file.write(json.dumps(told) + "\n")

    def end(self, *_: object) -> None:
        """There is nobody to end."""


if __name__ == "__main__":
    staff.Fleet = Absent  # type: ignore[misc,assignment]  # as much of one as the program uses
    program.main()
