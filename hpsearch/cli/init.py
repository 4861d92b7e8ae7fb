"""init: a study file for a table, or a bundled one, to begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.app import app
from hpsearch.cli.completing import complete_example
from hpsearch.cli.examples import bundled
from hpsearch.cli.files import refuse_to_replace, write_text
from hpsearch.cli.saying import say, word
from hpsearch.errors import UsageError

if TYPE_CHECKING:
    from hpsearch.study.options import DataOptions

_OPTIONS = {
    **{key: f"--{key}" for key in ("target", "drop", "task", "separator", "decimal", "encoding")},
    **{key: f"--{key}" for key in ("group", "order")},
    "null_values": "--null-value",
}
_KEYS = re.compile(rf"\bdata\.({'|'.join(_OPTIONS)})\b")


@app.command()
def init(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA]",
            help="A file or folder of data, or a bundled set such as sklearn:wine.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="The column to predict; again for several."),
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out.")
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(metavar="TASK", help="binary, multiclass, multilabel or regression."),
    ] = None,
    separator: Annotated[
        str | None, typer.Option(metavar="CHAR", help="Between cells, such as ';'.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="CHAR", help="In numbers, such as ','.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Such as utf-8 or cp1252.")
    ] = None,
    null_value: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD", help="A word to read as an empty cell, beside the usual ones."
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="A column whose rows stay on one side of the split."),
    ] = None,
    order: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="A column by which the split goes by time.")
    ] = None,
    example: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Copy a bundled study instead, such as digits.",
            autocompletion=complete_example,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where to write.", show_default="NAME.toml"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> None:
    """Write a study file for a table or a folder of images.

    With sensible ranges, and every choice explained.

    Without --target, shows the columns and the likely ones.
    """
    if (data is None) == (example is None):
        raise UsageError(
            "init needs a table or an example:\n"
            "  hpsearch init houses.csv --target price\n"
            "  hpsearch init --example digits"
        )
    if example is not None:
        path, text = _example(example, output, force)
    else:
        options = _options(data or "", target, drop, task, null_value)
        options = replace(_dialect(options, separator, decimal, encoding), group=group, order=order)
        path = output or Path(_name(data or "") + ".toml")
        if path.exists() and Path(data or "").exists() and path.samefile(data or ""):
            raise UsageError(f"{path} is the data itself; name another file with -o.")
        with _in_options_of_init():
            _check_target(data or "", options)
            refuse_to_replace(path, force)
            text = _proposal(options, path)
    write_text(path, text)
    say(f"Wrote {path}. Next:")
    say(f"  hpsearch run {word(path)}")


def _example(name: str, output: Path | None, force: bool) -> tuple[Path, str]:
    """Where the copy goes and its text; the table that comes with it is copied beside."""
    from difflib import get_close_matches

    from hpsearch.cli.examples import data_of
    from hpsearch.cli.files import write_bytes

    known = bundled()
    name = name.removesuffix(".toml")
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"there is no example {name!r}. {hint}There are: {', '.join(known)}.")
    text = known[name].read_text(encoding="utf-8")
    path = output or Path(f"{name}.toml")
    refuse_to_replace(path, force)
    if (table := data_of(known[name])) is not None:
        beside = path.with_name(table.name)
        refuse_to_replace(beside, force)
        write_bytes(beside, table.read_bytes())
        say(f"Wrote {beside}.")
        text = text.replace(f"studies/{table.name}", beside.as_posix())
    # Its comments name the commands as they are typed beside the bundled file.
    return path, text.replace(f"studies/{name}.toml", path.as_posix())


def _options(
    data: str,
    target: list[str] | None,
    drop: list[str] | None,
    task: str | None,
    null_values: list[str] | None,
) -> DataOptions:
    from typing import cast, get_args

    from hpsearch.data.table import NOTHING
    from hpsearch.study.options import DataOptions, Task

    if task is not None and task not in get_args(Task):
        raise UsageError(f"there is no task {task!r}; there are: {', '.join(get_args(Task))}.")
    bundled_set = ":" in data and not Path(data).exists()
    return DataOptions(
        source=data if bundled_set else None,
        path=None if bundled_set else Path(data).absolute(),
        target=tuple(target or ()),
        drop=tuple(drop or ()),
        task=cast("Task | None", task),
        null_values=(*filter(None, NOTHING), *null_values) if null_values else None,
        validation="auto",
    )


def _dialect(
    options: DataOptions, separator: str | None, decimal: str | None, encoding: str | None
) -> DataOptions:
    tab = "\t" if separator == "\\t" else separator  # what a shell makes hard to type
    return replace(options, separator=tab, decimal=decimal, encoding=encoding)


def _name(data: str) -> str:
    from hpsearch.propose import study_name

    return study_name(data)


@contextmanager
def _in_options_of_init() -> Iterator[None]:
    """A mistake in the data names a key as a way out; here that is an option."""
    from hpsearch.errors import DataError

    try:
        yield
    except DataError as error:
        text = re.sub(r"[Ww]rite task = \"(\w+)\"", r"give --task \1", str(error))
        raise DataError(_KEYS.sub(lambda key: _OPTIONS[key[1]], text)) from None


def _check_target(data: str, options: DataOptions) -> None:
    from hpsearch.data.loading import open_table

    if not options.target and not open_table(options).targets:
        raise UsageError(_ask_for_target(data, options))


def _proposal(options: DataOptions, path: Path) -> str:
    from hpsearch.propose import propose

    return propose(options, path.absolute().parent, _name(path.name), say=say)


def _ask_for_target(data: str, options: DataOptions) -> str:
    from hpsearch.propose import likely_targets

    lines, likely = likely_targets(options)
    listed = "\n".join(f"  {line}" for line in lines)
    ways = "\n".join(
        f"  hpsearch init {word(data)} --target {word(name)}" for name in likely or ("COLUMN",)
    )
    return f"which column of {data} is to be predicted?\n{listed}\nPerhaps:\n{ways}"
