"""schema: the study file as a JSON Schema."""

from __future__ import annotations

import json

import typer

from hpsearch.cli.app import app


@app.command(
    epilog="Example: hpsearch schema > study.schema.json, and `#:schema ./study.schema.json` as "
    "the first line of a study file: editors with a TOML language server then complete it.",
)
def schema() -> None:
    """Print the JSON Schema of study files, for editors."""
    from hpsearch.study.jsonschema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
