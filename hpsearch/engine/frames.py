"""The messages of the wire as bytes: two lengths, a JSON head, and a body of raw bytes.

No pickle. Lengths are checked before reading; a long body (an array, a checkpoint) comes in parts.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HEAD_LIMIT = 1 << 20
BODY_LIMIT = 64 << 20
"""Bytes of one frame's body; a longer one comes in parts."""
MESSAGE_LIMIT = 1 << 30
"""Bytes of all parts together: a checkpoint of some 60 million weights."""

LENGTHS = struct.Struct(">II")
"""Bytes of head and body."""
PART = "part"
"""The kind of a frame that is but a part of a message's body."""

Head = Mapping[str, Any]


class WireError(Exception):
    """The other end is not one of ours, or speaks nonsense."""


@dataclass(frozen=True)
class Frame:
    """One message."""

    head: dict[str, Any]
    """Says in "kind" what it is."""
    body: bytes = b""


def frames(head: Head, body: bytes = b"") -> Iterator[bytes]:
    """A message as frames: parts of its body first, if it is long, then the head.

    Raises:
        WireError: it is larger than the other end would accept.
    """
    if len(body) > MESSAGE_LIMIT:
        raise WireError(f"a message of {len(body)} bytes is over the limit")
    rest = memoryview(body)
    while len(rest) > BODY_LIMIT:
        yield pack({"kind": PART}, rest[:BODY_LIMIT])
        rest = rest[BODY_LIMIT:]
    yield pack(head, rest)


def whole(parts: list[bytes], last: Frame) -> Frame:
    """A message whose parts have come before its last frame."""
    return Frame(last.head, b"".join([*parts, last.body])) if parts else last


def check_parts(parts: list[bytes]) -> None:
    """Hold the parts that have come to the limit.

    Raises:
        WireError: they are over it.
    """
    if sum(map(len, parts)) > MESSAGE_LIMIT:
        raise WireError("parts of a message over the limit")


def pack(head: Head, body: bytes | memoryview = b"") -> bytes:
    """A frame as bytes.

    Raises:
        WireError: it is larger than the other end would accept.
    """
    text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode()
    check(len(text), len(body))
    return LENGTHS.pack(len(text), len(body)) + text + bytes(body)


def check(head: int, body: int) -> None:
    """Hold the lengths of a frame to their limits.

    Raises:
        WireError: one is over it.
    """
    if not 2 <= head <= HEAD_LIMIT or body > BODY_LIMIT:
        raise WireError(f"a frame of {head} + {body} bytes is over the limit")


def parse(text: bytes) -> dict[str, Any]:
    """A head.

    Raises:
        WireError: it is none.
    """
    try:
        head = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("a head that is not JSON") from None
    if not isinstance(head, dict) or not isinstance(head.get("kind"), str):
        raise WireError("a head without a kind")
    return head
