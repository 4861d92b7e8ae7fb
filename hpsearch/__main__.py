"""`hpsearch` and `python -m hpsearch`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a person's mistake becomes a sentence and an exit code."""
    from hpsearch.cli import run_app

    sys.exit(run_app())


if __name__ == "__main__":
    main()
