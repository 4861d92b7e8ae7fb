"""Three hundred damaged tables: each loads, or is refused with its place; nothing else happens."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from hpsearch.data import load
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions

_TOKENS = [
    *(
        b"",
        b'"',
        b'""',
        b",",
        b";",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
    ),
    *(
        b"1e400",
        b"nan",
        b"inf",
        b"-",
        b"NA",
        b"0x1",
        b"1,5",
        b"\t",
        b"|",
        b"\x1b[2J",
        b"label",
        b"a,b",
    ),
    *(b"99999999999999999999999", b"\xc3\xa4", b"\xe4", "\u2028".encode(), b" ", b"true", b"yes"),
]


def sound(quotes: bool) -> bytes:
    rng = np.random.default_rng(3)
    mark = '"' if quotes else ""
    lines = ["id,size,town,flag,when,label"]
    for at in range(40):
        town = mark + str(rng.choice(["Köln", "Ulm", "Graz"])) + mark
        flag, label = rng.choice(["yes", "no"]), rng.choice(["low", "high"])
        day = f"2020-01-{at % 28 + 1:02}"
        lines.append(f"{at * 7},{rng.normal():.3f},{town},{flag},{day},{label}")
    return "\n".join(lines).encode()


def mutated(raw: bytes, rng: np.random.Generator) -> bytes:
    """One to four wounds: bytes changed, tokens put in, pieces cut out, doubled or cut off."""
    for _ in range(rng.integers(1, 5)):
        at, end = sorted(rng.integers(0, len(raw) + 1, 2))
        end = min(end, at + 30)
        match rng.integers(0, 6):
            case 0:
                raw = raw[:at] + bytes([rng.integers(0, 256)]) + raw[at + 1 :]
            case 1:
                raw = raw[:at] + _TOKENS[rng.integers(len(_TOKENS))] + raw[at:]
            case 2:
                raw = raw[:at] + raw[end:]
            case 3:
                raw = raw[:end] + raw[at:]
            case 4:
                raw = raw[: max(at, 1)] if rng.random() < 0.2 else raw
            case _:
                cells = raw.split(b",")
                cells[rng.integers(len(cells))] = _TOKENS[rng.integers(len(_TOKENS))]
                raw = b",".join(cells)
    return raw


@pytest.mark.parametrize("quotes", [False, True])
def test_a_mutated_table_loads_or_is_refused_with_its_place(tmp_path: Path, quotes: bool) -> None:
    rng = np.random.default_rng(2024)
    path = tmp_path / "wounded.csv"
    refusals = []
    for _ in range(150):
        path.write_bytes(mutated(sound(quotes), rng))
        try:
            data = load(DataOptions(path=path, target=("label",)))
        except DataError as error:
            refusals.append(str(error))
        else:
            assert np.isfinite(data.prepare("standard").dataset.x).all()
    assert 50 < len(refusals) < 130
    for said in refusals:
        assert "wounded.csv" in said
        assert said.isprintable(), said
        assert re.search(r"row \d|column|empty|the target 'label'", said), said
