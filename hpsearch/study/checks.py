"""What must fit together in a study file: keys that contradict each other or do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hpsearch.study.kinds import shown
from hpsearch.study.ranges import WholeNetwork
from hpsearch.study.space import NEEDS, Choice, Float, Int, Layers, Range
from hpsearch.study.tables import Draft

Found = Iterator[tuple[str, str]]
"""A key by its full name, and a sentence."""


def contradictions(draft: Draft) -> Found:
    """Every mistake that takes two keys to make."""
    yield from _data(draft)
    yield from _study(draft)
    yield from _without_effect(draft)
    yield from _epochs(draft)
    yield from _dropout(draft)


def possible(value: Any) -> tuple[Any, ...]:
    """The words a key may come to have."""
    return value.options if isinstance(value, Choice) else (value,)


def idle(draft: Draft, name: str) -> bool:
    """Whether a key can never take effect, whatever is drawn."""
    if name not in NEEDS:
        return False
    chooser, words = NEEDS[name]
    return not set(possible(draft.values[chooser])).intersection(words)


def _data(draft: Draft) -> Found:
    value = draft.values
    if draft.sound("data.source", "data.path"):
        source, path = value["data.source"], value["data.path"]
        if source and path:
            yield "data.source", f"is {shown(source)} beside path = {shown(path)}; take one out."
        if not source and not path and "data" not in draft.wrong:
            yield "data", 'names no data; write path = "FILE" or source = "sklearn:digits".'
    if draft.sound("data.source", "data.null_values", "data.separator", "data.decimal"):
        for key in ("null_values", "separator", "decimal", "encoding"):
            if value["data.source"] and value[f"data.{key}"] is not None:
                yield f"data.{key}", "is about files and does nothing for a source; take it out."
    yield from _evaluation(draft)
    if draft.sound("data.test", "data.validation"):
        test, validation = value["data.test"], _share(value["data.validation"])
        validation = 0.0 if value["data.folds"] else validation
        if test + validation >= 1:
            sentence = f"test {test:g} and validation {validation:g} leave no rows to train on"
            yield "data.test", f"{sentence}; lower one."
    yield from _columns(draft)


def _evaluation(draft: Draft) -> Found:
    if not draft.sound("data.validation", "data.folds", "data.repeats"):
        return
    validation, folds, repeats = (
        draft.values[f"data.{key}"] for key in ("validation", "folds", "repeats")
    )
    if folds and validation != "auto":
        yield (
            "data.folds",
            f"is {folds} beside validation = {validation:g}, but folds judge by every row in turn; "
            'take folds out, or write validation = "auto".',
        )
    if folds and repeats:
        yield (
            "data.repeats",
            f"is {repeats} beside folds = {folds}, which already train {folds} networks with seeds "
            "of their own; take one out.",
        )


def _columns(draft: Draft) -> Found:
    names = ("data.target", "data.features", "data.drop")
    if not draft.sound(*names):
        return
    target, features, drop = (set(draft.values[name] or ()) for name in names)
    for column in sorted(target & features):
        yield "data.features", f"{column!r} is the target too; take it out of one."
    for column in sorted((target | features) & drop):
        yield "data.drop", f"{column!r} is a target or feature too; take it out of one."
    if not draft.sound("data.group", "data.order"):
        return
    group, order = draft.values["data.group"], draft.values["data.order"]
    if group and order:
        yield "data.order", f"stands beside group = {shown(group)}; one decides the split."
    for key, column in (("data.group", group), ("data.order", order)):
        if column in target:
            yield key, f"{column!r} is the target too; name another column."


def _share(value: Any) -> float:
    return 0.2 if value == "auto" else value


def _study(draft: Draft) -> Found:
    value = draft.values
    if draft.sound("study.workers", "study.max_workers"):
        workers, most = value["study.workers"], value["study.max_workers"]
        if workers and most and workers > most:
            yield "study.workers", f"is {workers} but max_workers is {most}; raise max_workers."
    if draft.sound("study.metric", "training.loss"):
        loss = value["training.loss"]
        if isinstance(loss, Choice) and value["study.metric"] == "val_cost":
            yield (
                "training.loss",
                "costs of different losses cannot be compared, and trials are ranked by val_cost; "
                "write another study.metric, or one loss.",
            )
        if isinstance(loss, Choice) and "auto" in loss.options:
            yield "training.loss", 'choice: "auto" stands for one of the others; write its name.'
    if value["study.pruner"] == "none" and value["study.pruner_options"]:
        yield "study.pruner_options", 'does nothing with pruner = "none"; take it out.'
    if value["study.sampler"] == "grid":
        for name, found in value.items():
            if isinstance(found, Float) and found.step is None and not idle(draft, name):
                yield (
                    name,
                    "a grid cannot list a float range; give it a step or write a choice, "
                    'or write sampler = "random".',
                )


def _without_effect(draft: Draft) -> Found:
    for name, (chooser, words) in NEEDS.items():
        # Who fixes the optimizer on the command line need not clear the file of the others' keys.
        excused = chooser in draft.overridden and name not in draft.overridden
        if name not in draft.written or excused or not draft.sound(name, chooser):
            continue
        if idle(draft, name):
            key = chooser.partition(".")[2]
            now = _list(shown(word) for word in possible(draft.values[chooser]))
            wanted = _list((shown(word) for word in words), "or")
            yield name, f"does nothing, as {key} is {now}; take it out, or write {key} = {wanted}."


def _list(words: Iterable[str], last: str = "or") -> str:
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def _epochs(draft: Draft) -> Found:
    if not draft.sound("training.epochs", "training.schedule_epochs", "training.decay_interval"):
        return
    value = draft.values
    fewest, most = ends(value["training.epochs"])
    planned = value["training.schedule_epochs"]
    if planned is not None and planned < most:
        yield (
            "training.schedule_epochs",
            f"is {planned}, but epochs go up to {most}; raise it or take it out.",
        )
    interval = value["training.decay_interval"]
    if interval is None or idle(draft, "training.decay_interval"):
        return
    lasts = planned or fewest
    if ends(interval)[1] >= lasts:
        yield (
            "training.decay_interval",
            f"{ends(interval)[1]} epochs a step, but only {lasts} in all, so no step would be "
            "taken; lower it.",
        )


def ends(value: Any) -> tuple[Any, Any]:
    """The lowest and the highest that a numeric key may come to be."""
    match value:
        case Int(low, high) | Float(low, high):
            return low, high
        case Choice(options):
            return min(options), max(options)
        case _:
            return value, value


def _dropout(draft: Draft) -> Found:
    names = ("training.keep_prob", "training.regularization", "network.layer_dims")
    if not draft.sound(*names) or idle(draft, "training.keep_prob"):
        return
    keep, regularization, layers = (draft.values[name] for name in names)
    lists = [kept for kept in possible(keep) if isinstance(kept, tuple)]
    if lists and isinstance(layers, Range):
        yield (
            "training.keep_prob",
            f"{shown(lists[0])} is one a hidden layer, which needs fixed layer_dims; "
            "write one number.",
        )
        return
    hidden = layers.hidden if isinstance(layers, WholeNetwork) else layers
    for kept in lists:
        if len(kept) != len(hidden):
            count = len(hidden)
            yield (
                "training.keep_prob",
                f"{shown(kept)} is for {len(kept)} hidden layers, but layer_dims has {count}; "
                "write one a hidden layer, or one number.",
            )
    if not isinstance(layers, Layers) and not all(_hiddens(layers)):
        yield (
            "training.regularization",
            f"{shown(possible(regularization)[-1])}: dropout does nothing without hidden layers; "
            "give layer_dims some, or choose none or l2.",
        )


def _hiddens(layers: Any) -> list[tuple[int, ...]]:
    if isinstance(layers, WholeNetwork):
        return [layers.hidden]
    return list(possible(layers))
