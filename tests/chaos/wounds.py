"""What can happen to the bytes of a file."""

from __future__ import annotations

import numpy as np

EXTREME = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LARGE = (1 << 40, (1 << 63) - 1, (1 << 64) - 1)
WORDS = (
    *(b"", b"0", b"-1", b"1e400", b"nan", b"inf", b"9" * 30, b"null", b"true", b"NaN", b"-0.0"),
    *(b'"', b"'", b'"""', b"\\", b"[", b"]", b"{", b"}", b"[[", b",", b";", b"=", b":", b"#"),
    *(b"\n", b"\r", b"\r\n", b"\0", b"\t", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80"),
    *(b"\x1b[2J", b"[bold]", "\u202e".encode(), "\u2028".encode(), b"../..", b"\\ud800", b"%s%n"),
    *(b"[" * 3000, b'{"a":' * 3000, b"a." * 3000, b"(" * 3000),
)


def wounded(raw: bytes, dice: np.random.Generator) -> bytes:
    """One to four wounds: bits turned, pieces cut out, doubled, moved or overwritten."""
    for _ in range(dice.integers(1, 5)):
        raw = _wound(raw, dice)
    return raw


def _wound(raw: bytes, dice: np.random.Generator) -> bytes:
    at, size = int(dice.integers(0, len(raw) + 1)), int(dice.integers(1, 24))
    match dice.integers(0, 9):
        case 0 | 1:
            changed = bytearray(raw)
            for place in dice.integers(0, len(raw), dice.integers(1, 5)) if raw else ():
                changed[place] ^= 1 << int(dice.integers(0, 8))
            return bytes(changed)
        case 2:
            return raw[:at] + raw[at + size :]
        case 3:
            return raw[:at] + dice.bytes(size) + raw[at:]
        case 4:
            return raw[: at + size] + raw[at:]
        case 5:
            word = WORDS[dice.integers(len(WORDS))]
            return raw[:at] + word + raw[at + (size if dice.random() < 0.5 else 0) :]
        case 6:
            wide = int(dice.choice([1, 2, 4, 8]))
            values = EXTREME if wide < 8 else EXTREME + LARGE
            number = int(values[dice.integers(len(values))]) & ((1 << 8 * wide) - 1)
            order = "little" if dice.random() < 0.5 else "big"
            return raw[:at] + number.to_bytes(wide, order) + raw[at + wide :]
        case 7:
            other = int(dice.integers(0, len(raw) + 1))
            return raw[:at] + raw[other : other + size] + raw[at:]
        case _:
            return raw[:at] if dice.random() < 0.4 else raw
