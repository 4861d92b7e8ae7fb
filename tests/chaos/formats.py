"""One real file of every kind that is read or written, and how the program reads it."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hpsearch.store.folder import RunFolder
from tests.data import samples

Read = Callable[[Path], object]


@dataclass(frozen=True)
class Kind:
    """A kind of file."""

    sample: Callable[[Path], bytes]
    """Its content, given the folder of `made`."""
    read: Read
    """What the program does with a file of it; the study and model of `made` lie in the folder
    above. Raises an HpsearchError, or nothing."""
    name: str
    """What a file is called; data are told apart by their ending."""
    mend: Callable[[bytes], bytes] = bytes
    """Puts checksums right, so that damage gets behind them."""


def made(place: Path) -> Path:
    """A small study that has run, and its best trial as a model."""
    table = place / "t.csv"
    table.write_bytes(samples.csv())
    study = place / "small.toml"
    study.write_text(
        '[study]\nname = "small"\ntrials = 2\nworkers = 1\n[data]\npath = "t.csv"\n'
        'target = "target"\nvalidation = 0.3\n[network]\nlayer_dims = [4]\n[training]\n'
        "epochs = 3\nlearning_rate = { float = [1e-3, 1e-1], log = true }\n"
    )
    for words in (
        ["run", "small.toml"],
        ["export", "small", "-o", "best.toml"],
        ["retrain", "best.toml", "-o", "model", "--no-baselines"],
    ):
        command = [sys.executable, "-m", "hpsearch", *words]
        subprocess.run(command, cwd=place, check=True, capture_output=True)
    return place


def _data(path: Path) -> None:
    from hpsearch.data import load
    from hpsearch.data.readers import read
    from hpsearch.study.options import DataOptions

    if "idx3" in path.name:  # damaged images beside sound labels
        labels = samples.packed(samples.images()[1].astype(np.uint8))
        packed = gzip.compress(labels) if path.name.endswith(".gz") else labels
        path.with_name(path.name.replace("images.idx3", "labels.idx1")).write_bytes(packed)
    table = read(path)
    if table.frame.height > 1:
        data = load(DataOptions(path=path, target=table.targets or ("target",)))
        assert np.isfinite(data.prepare("standard").dataset.x).all()


def _study(path: Path) -> None:
    from hpsearch.study import studyfile

    studyfile.read(path)


def _model(path: Path) -> None:
    from hpsearch.models.saved import SavedModel

    folder = path.with_suffix(".d")
    shutil.copytree(path.parent.parent / "model", folder, dirs_exist_ok=True)
    file = "model.json" if path.name.endswith("json") else "model.safetensors"
    shutil.copy(path, folder / file)
    if "sound" in path.name:  # its sha256 is made to fit
        said = json.loads((folder / "model.json").read_bytes())
        said["weights"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        (folder / "model.json").write_bytes(_with_checksum(json.dumps(said).encode()))
    try:
        SavedModel.load(folder)
    finally:
        shutil.rmtree(folder)


def _with_checksum(raw: bytes) -> bytes:
    from hpsearch.models.saved import checksum

    try:
        said = json.loads(raw)
        return json.dumps({**said, "checksum": checksum(said)}).encode()
    except (ValueError, TypeError, RecursionError):
        return raw


def _checkpoint(path: Path) -> None:
    from hpsearch.engine.checkpoint import Checkpoint

    Checkpoint.from_bytes(path.read_bytes())


def _store(path: Path) -> None:
    run = path.with_suffix(".d")
    run.mkdir(exist_ok=True)
    folder = RunFolder(run)
    shutil.copy(path, folder.db)
    try:
        _views(folder)
        _engine(folder)
    finally:
        shutil.rmtree(run)


def _views(folder: RunFolder) -> None:
    from hpsearch.errors import HpsearchError
    from hpsearch.store.polling import poll
    from hpsearch.store.reader import Reader

    try:
        with Reader(folder) as reader:
            poll(reader)
            reader.snapshot()
            for trial in reader.leaderboard("minimize", None):
                reader.epochs(trial.number)
                reader.attempts(trial.number)
            reader.events(0)
    except HpsearchError:
        return  # it is the engine's to refuse it, too


def _engine(folder: RunFolder) -> None:
    from hpsearch.store.writer import Store

    store = Store(folder.db)
    try:
        store.facts()
        for past in store.history():
            store.best_of(past.trial.number, ascending=True)
        store.note("note", "it goes on")
        store.close()
    finally:
        store._db.close()


def _inbox(path: Path) -> None:
    from hpsearch.store.inbox import waiting

    inbox = path.with_suffix(".d")
    inbox.mkdir(exist_ok=True)
    shutil.copy(path, inbox / "1.json")
    waiting(inbox)
    shutil.rmtree(inbox)


def _lock(path: Path) -> None:
    from hpsearch.system import holder, last_words

    holder(path)
    last_words(path)


def _arrays(path: Path) -> None:
    """As the engine does: what is not the same is made anew."""
    from hpsearch.engine import arrays

    run = path.with_suffix(".d")
    (source,) = (path.parent.parent / "runs" / "small" / "data").glob("*")
    (right,) = arrays.read(source)
    shutil.copytree(source, run / source.name, dirs_exist_ok=True)
    shutil.copy(path, run / source.name / "x.npy")
    try:
        place = arrays.write(run, source.name, lambda: [right])
        assert np.array_equal(arrays.read(place)[0].x, right.x)
    finally:
        shutil.rmtree(run)


def _config(path: Path) -> None:
    from hpsearch.dashboard import config

    config.load(path)


def _wire(path: Path) -> None:
    from hpsearch.engine.frames import WireError
    from hpsearch.engine.wire import Peer
    from hpsearch.errors import RunError

    async def listen() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(path.read_bytes())
        reader.feed_eof()
        peer = Peer(reader, None)  # type: ignore[arg-type]  # it only reads
        while True:
            await peer.receive()

    try:
        asyncio.run(listen())
    except EOFError:
        return
    except WireError as error:
        raise RunError(str(error)) from None


def _of(name: str) -> Callable[[Path], bytes]:
    return lambda place: next(place.glob(name)).read_bytes()


def _frames(_: Path) -> bytes:
    from hpsearch.engine.frames import pack

    told = {"kind": "epochs", "number": 3, "wait": False, "epochs": [{"number": 1}]}
    return pack({"kind": "hello", "slot": 0}) + pack(told) + pack({"kind": "part"}, b"x" * 90)


def _checkpoint_bytes(_: Path) -> bytes:
    from hpsearch.engine.checkpoint import Checkpoint

    arrays = {"theta": np.arange(40, dtype=np.float32), "m": np.zeros(40, np.float32)}
    return Checkpoint(3, arrays, {"generators": {"shuffle": {"state": 1 << 90}}}).to_bytes()


def _command(_: Path) -> bytes:
    body = {"verb": "enqueue", "sender": "me@here 1", "sent": 1.5, "args": {"entries": [{"a": 1}]}}
    return json.dumps(body).encode()


_ONE_EACH = {make: name for name, make in reversed([*samples.FILES.items()])}.values()
KINDS: Mapping[str, Kind] = {
    **{name: Kind(lambda _, n=name: samples.FILES[n](), _data, name) for name in _ONE_EACH},
    "study file": Kind(lambda _: _digits(), _study, "study.toml"),
    "exported study": Kind(_of("best.toml"), _study, "best.toml"),
    "model.json": Kind(_of("model/model.json"), _model, "model.json"),
    "model.json, checksum": Kind(_of("model/model.json"), _model, "model.json", _with_checksum),
    "model.safetensors": Kind(_of("model/*.safetensors"), _model, "model.safetensors"),
    "model.safetensors, sha": Kind(_of("model/*.safetensors"), _model, "sound.safetensors"),
    "checkpoint": Kind(_checkpoint_bytes, _checkpoint, "checkpoint.safetensors"),
    "study.db": Kind(_of("runs/small/study.db"), _store, "study.db"),
    "inbox": Kind(_command, _inbox, "command.json"),
    "lock": Kind(_of("runs/small/lock"), _lock, "lock"),
    "arrays": Kind(_of("runs/small/data/*/x.npy"), _arrays, "x.npy"),
    "dashboard": Kind(lambda _: b'theme = "x"\n[keys]\nj = "down"\n', _config, "tui.toml"),
    "wire": Kind(_frames, _wire, "frames"),
}
"""By what it is called in the table."""


def _digits() -> bytes:
    return (Path(__file__).parents[2] / "studies" / "digits.toml").read_bytes()
