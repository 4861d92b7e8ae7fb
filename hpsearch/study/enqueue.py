"""[[enqueue]]: configurations to try first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from hpsearch.study import schema
from hpsearch.study.checks import idle
from hpsearch.study.kinds import Wrong, shown
from hpsearch.study.mistakes import Mistakes
from hpsearch.study.names import ALIASES
from hpsearch.study.ranges import Searched
from hpsearch.study.space import (
    NEEDS,
    Config,
    Int,
    Params,
    Space,
    Value,
    applies,
    contains,
    nearest,
    range_to_json,
)
from hpsearch.study.tables import Draft

_MOST = 1000
"""Entries a file may have."""
_MOST_WRONG = 30
"""Mistakes after which the rest is not looked at: each is compared with every known name."""


def read(
    raw: object, draft: Draft, space: Space, fixed: Config, mistakes: Mistakes
) -> tuple[Params, ...]:
    """The entries, by full names and in the order of the space.

    What the command line fixes is taken out of them: it wins over the file.
    """
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        mistakes.add(("enqueue",), f"is {shown(raw)}; write [[enqueue]] above each entry.")
        return ()
    if len(raw) > _MOST:
        mistakes.add(
            ("enqueue", _MOST), f"{len(raw)} entries; write at most {_MOST}.", key="enqueue"
        )
        return ()
    entries: list[Params] = []
    wrong = 0
    for number, entry in enumerate(raw):
        found: dict[str, Value] = {}
        for path, value in _flat(entry):
            written = ".".join(path)
            try:
                name = _full_name(written)
                read_ = _value(name, value, draft, space, fixed)
            except Wrong as error:
                place = ("enqueue", number, *path)
                mistakes.add(place, *error.sentences, key=f"enqueue: {written[:80]}")
                wrong += 1
                if wrong == _MOST_WRONG:
                    return ()
                continue
            if read_ is not None:
                found[name] = read_
        _hold_to_choices(found, number, draft, fixed, mistakes)
        entries.append({name: found[name] for name in space if name in found})
    return tuple(entries)


def _flat(
    entry: Mapping[str, Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of an entry: `training.epochs = 9` without quotes is a table in a table."""
    for key, value in entry.items():
        if isinstance(value, dict):
            yield from _flat(value, (*above, key))
        else:
            yield (*above, key), value


def _full_name(written: str) -> str:
    known = schema.searchable()
    named = [name for name in known if name == written or name.endswith(f".{written}")]
    if len(named) == 1:
        return named[0]
    if ALIASES.get(written) in known:
        return ALIASES[written]
    endings = [name.rpartition(".")[2] for name in known]
    ending = written.rpartition(".")[2]
    near = get_close_matches(ending, endings, n=1) if len(ending) <= 64 else []
    if near:
        raise Wrong(f"there is no such key; did you mean {known[endings.index(near[0])]}?")
    raise Wrong(f"nothing of that name can be searched; known: {', '.join(endings)}.")


def _value(name: str, value: object, draft: Draft, space: Space, fixed: Config) -> Value | None:
    """The value, if it is in the space; None if something else decides it anyway."""
    chooser, _ = NEEDS.get(name, ("", ()))
    if not draft.sound(name) or name in draft.overridden:
        return None
    if idle(draft, name) and chooser in draft.overridden:
        return None
    kind = schema.kind_of(name)
    assert isinstance(kind, Searched)
    read_ = kind.inner.read(value)
    if name in space:
        if isinstance(space[name], Int) and isinstance(read_, float) and read_.is_integer():
            read_ = int(read_)  # where any number may stand, 7 is read as 7.0
        if contains(space[name], read_):
            return nearest(space[name], read_)  # of a range with steps: the step to the bit
        raise Wrong(
            f"{shown(value)} is not in {shown(range_to_json(space[name]))}; widen the range."
        )
    if idle(draft, name):
        raise Wrong("does nothing in this study; take it out.")
    if name in fixed and fixed[name] == read_:
        return None
    now = shown(fixed[name]) if name in fixed else "not set"
    raise Wrong(f"{shown(value)} cannot be tried, as {name} is {now}; make it a range first.")


def _hold_to_choices(
    found: dict[str, Value], number: int, draft: Draft, fixed: Config, mistakes: Mistakes
) -> None:
    """Refuse what does nothing beside the entry's own choices."""
    for name in list(found):
        chooser, _ = NEEDS.get(name, ("", ()))
        chosen = {**fixed, **found}
        if chooser not in chosen or applies(name, chosen):
            continue
        if chooser not in draft.overridden:
            word = f"{chooser.partition('.')[2]} = {shown(chosen[chooser])}"
            mistakes.add(
                ("enqueue", number),
                f"does nothing beside {word}; take it out.",
                key=f"enqueue: {name}",
            )
        del found[name]
