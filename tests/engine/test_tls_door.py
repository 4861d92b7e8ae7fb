"""Callers from the network who do not get as far as the key: told, counted and hung up on."""

import socket
import ssl
from contextlib import suppress

import pytest

pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")
pytest.importorskip("cryptography", reason="pip install 'hpsearch[dask]'")

from hpsearch.engine import door, wire
from hpsearch.engine.calling import Line
from hpsearch.engine.cluster import made_for_this_run
from tests.conftest import PATIENCE, wait_for
from tests.engine.test_wire import Listening

HELLO = bytes.fromhex("16030100c8010000c40303")
"""How a TLS caller begins: a record of 200 bytes, a client's hello of 196."""


@pytest.fixture(scope="module")
def identity():
    return made_for_this_run()


@pytest.fixture
def secret(identity, patient):
    with Listening(identity) as listening:
        yield listening


def calls(server, said=b""):
    """A caller who says this, and no more."""
    caller = socket.create_connection((server.address.host, server.address.port), PATIENCE)
    caller.sendall(said)
    return caller


def hung_up_on(caller):
    try:
        while caller.recv(4096):
            pass
    except ConnectionError:
        pass
    caller.close()


def works(server):
    """Whether one of ours gets in and is answered."""
    line = Line(server.address)
    line.send({"kind": "hello"})
    answer = line.receive().head["kind"]
    line.close()
    return answer == "hello"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "no TLS: http request (from 127.0.0.1)"),
        (b"n" * 64, "no TLS: wrong version number (from 127.0.0.1)"),
        (HELLO + b"\0" * 300, "no TLS: "),
    ],
)
def test_what_is_no_tls_is_told_with_its_host(secret, said, told):
    hung_up_on(calls(secret, said))
    assert secret.refused_one.wait(60)
    assert secret.refusals[0].startswith(told)
    assert works(secret)


def test_who_does_not_believe_our_certificate_is_told(secret):
    stranger = ssl.create_default_context()
    stranger.check_hostname = False
    with pytest.raises(ssl.SSLError), calls(secret) as caller:
        stranger.wrap_socket(caller)
    assert secret.refused_one.wait(60)
    assert secret.refusals[0].startswith("no TLS: ")


@pytest.mark.parametrize("said", [b"", HELLO])
def test_a_caller_that_never_finishes_tls_has_as_long_as_any(secret, monkeypatch, said):
    monkeypatch.setattr(wire, "HANDSHAKE_SECONDS", 0.2)
    hung_up_on(calls(secret, said))
    assert secret.refused_one.wait(60)
    assert secret.refusals == ["no handshake (from 127.0.0.1)"]


def test_behind_tls_the_key_is_due_within_the_same_time(secret, monkeypatch):
    anybody = ssl.create_default_context(cadata=secret.address.certificate)
    anybody.check_hostname = False
    for seconds in (0.4, 4.0, 40.0):  # on a busy machine the time may be up before TLS stands
        monkeypatch.setattr(wire, "HANDSHAKE_SECONDS", seconds)
        with suppress(OSError):
            hung_up_on(anybody.wrap_socket(calls(secret)))
            break
    assert secret.refused_one.wait(60)
    assert set(secret.refusals) == {"no handshake (from 127.0.0.1)"}


def test_a_flood_of_callers_amid_tls_neither_keeps_ours_out_nor_its_places(secret, monkeypatch):
    monkeypatch.setattr(door, "STRANGERS", 20)
    monkeypatch.setattr(door, "TOLD", 8)
    flood = [calls(secret, HELLO if at % 2 else b"") for at in range(60)]
    assert works(secret)
    for caller in flood[:40]:  # the oldest were hung up on, though none of them did
        hung_up_on(caller)
    wait_for(lambda: len(secret.refusals) >= 8)
    assert secret.refusals[0] == "no handshake (from 127.0.0.1)"
    assert len(secret.refusals) <= 8 + 3
    for caller in flood:
        caller.close()


def test_many_of_ours_get_in_at_once(secret):
    lines = [Line(secret.address) for _ in range(30)]
    for line in lines:
        line.send({"kind": "hello"}, b"x" * 100_000)
    assert all(len(line.receive().body) == 100_000 for line in lines)
    for line in lines:
        line.close()
    assert secret.refusals == []
