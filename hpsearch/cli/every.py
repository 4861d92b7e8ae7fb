"""The application with all of its commands: what help, completion and tests want."""

from __future__ import annotations

from importlib import import_module

from hpsearch.cli import MODULES
from hpsearch.cli.app import app

for _module in sorted(set(MODULES.values())):
    import_module(f"hpsearch.cli.{_module}")

__all__ = ["app"]
