"""Study files that something went wrong with: each is read, or refused with the place."""

import random
import re
from pathlib import Path

import pytest

from hpsearch.errors import StudyFileError
from hpsearch.study import studyfile

DIGITS = (Path(__file__).parents[2] / "studies" / "digits.toml").read_text()
TOKENS = re.findall(r"#[^\n]*|\"[^\"\n]*\"|[\w.+-]+|\s+|.", DIGITS)
STRANGE = [
    *("nan", "inf", "-1", "0", "1e400", "true", '"é\\u0000"', "1979-05-27", "[]", "{}", "[[", "]]"),
    *("9" * 30, "'", '"""', "= =", "\x00", "\\", "a.b.c", "{ float = [1, 2] }", "[study]", "\r"),
    *(
        "{ choice = [[1], 2] }",
        "{ all = [1, 2] }",
        "[[enqueue]]\n",
        "\u202e",
        "0xffffffffffffffffff",
    ),
]


def mutated(seed):
    dice = random.Random(seed)
    if seed % 3 == 0:
        data = bytearray(DIGITS.encode())
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data))
            data[at : at + dice.choice((0, 1, 1, 9))] = dice.randbytes(dice.choice((0, 1, 2)))
        return bytes(data)
    tokens = list(TOKENS)
    for _ in range(dice.randint(1, 5)):
        at, other = dice.randrange(len(tokens)), dice.randrange(len(tokens))
        match dice.randrange(4):
            case 0:
                tokens[at] = dice.choice(STRANGE)
            case 1:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 2:
                tokens[at] = tokens[other]
            case 3:
                del tokens[at : at + dice.randint(1, 8)]
    return "".join(tokens).encode(errors="surrogatepass")


@pytest.mark.parametrize("hundred", range(3))
def test_a_mutated_study_is_read_or_refused_with_its_place(tmp_path, monkeypatch, hundred):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mutated.toml"
    refused = 0
    for seed in range(100 * hundred, 100 * hundred + 100):
        path.write_bytes(mutated(seed))
        try:
            studyfile.read(path)
        except StudyFileError as error:
            refused += 1
            for line in str(error).splitlines():
                assert re.match(r"mutated\.toml(:\d+)?: .+[.?]$", line), (seed, line)
    assert 20 <= refused <= 100


HOSTILE = {
    "dots": "a" + ".a" * 20_000 + " = 1",
    "brackets": "x = " + "[" * 250_000,
    "tables": "x = " + "{a = " * 50_000,
    "open text": 'x = """' + "\\" * 200_001,
    "quotes": '"""\\' * 60_000,
    "digits": "x = " + "9" * 200_000,
    "hexadecimal": "[data]\nsource = 0x" + "f" * 200_000,
    "long key": f"[data]\n{'k' * 200_000} = 1",
    "many keys": "[data]\n" + "".join(f"soruce{i} = 1\n" for i in range(15_000)),
    "many entries": "[data]\nsource = 'a:b'\n" + "[[enqueue]]\nepohcs = 1\n" * 9_000,
    "entry of many": "[data]\nsource = 'a:b'\n[[enqueue]]\n"
    + "".join(f"epohcs{i} = 1\n" for i in range(15_000)),
    "long choice": "[data]\nsource='a:b'\n[network]\nactivation = { choice = ["
    + '"rleu", ' * 25_000
    + "] }",
    "long list": "[data]\nsource='a:b'\ndrop = ["
    + "".join(f'"{i}", ' for i in range(30_000))
    + "1]",
    "many tables": "".join(f"[t{i}]\n" for i in range(30_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_at_once(name):
    with pytest.raises(StudyFileError) as caught:
        studyfile.parse(HOSTILE[name][:262_000], Path("hostile.toml"))
    assert len(str(caught.value)) < 20_000
