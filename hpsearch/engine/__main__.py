"""`python -P -m hpsearch.engine`: the engine's process, started by `begun`."""

from __future__ import annotations

import gc


def main() -> None:
    """Import without looking for garbage, of which imports make none; then go to work."""
    gc.disable()  # looking for it takes a tenth of their time
    from hpsearch.engine.process import work

    work()


if __name__ == "__main__":
    main()
