import socket

import pytest

from hpsearch.engine import cluster, versions
from hpsearch.engine.reach import Reach
from hpsearch.errors import RunError, UsageError


@pytest.fixture
def pem(tmp_path):
    file = tmp_path / "some.pem"
    file.write_text("-----BEGIN CERTIFICATE-----")
    return str(file)


def test_without_options_nobody_is_joined_and_loopback_alone_hears():
    reach = Reach.given()
    assert reach == Reach()
    assert reach.host_and_port() == ("127.0.0.1", 0)


def test_what_was_asked_for_survives_the_way_to_the_engine(pem):
    reach = Reach.given("tls://10.0.0.1:8786", "127.0.0.1:5555", pem, pem, pem)
    assert Reach.from_json(reach.to_json()) == reach
    assert reach.words() == [
        *("--scheduler", "tls://10.0.0.1:8786", "--listen", "127.0.0.1:5555"),
        *("--tls-ca", pem, "--tls-cert", pem, "--tls-key", pem),
    ]
    assert Reach.given(listen="127.0.0.1").words() == ["--listen", "127.0.0.1"]


@pytest.mark.parametrize(
    ("listen", "found"),
    [
        ("127.0.0.1", ("127.0.0.1", 0)),
        ("127.0.0.1:7000", ("127.0.0.1", 7000)),
        ("localhost:7000", (socket.gethostbyname("localhost"), 7000)),
        ("[::1]:7000", ("::1", 7000)),
        ("::1", ("::1", 0)),
    ],
)
def test_an_address_may_have_a_port(listen, found):
    assert Reach.given(listen=listen).host_and_port() == found


@pytest.mark.parametrize("listen", ["0.0.0.0", "0.0.0.0:7000", "::", "[::]:7000"])
def test_every_address_at_once_is_none_that_trainers_could_call(listen):
    with pytest.raises(UsageError, match="name the one they reach this host by"):
        Reach.given(listen=listen)


@pytest.mark.parametrize("listen", ["no.such.host.invalid", ":7000", "127.0.0.1:port", "a:99999"])
def test_what_is_no_address_is_refused(listen):
    with pytest.raises(UsageError, match="--listen"):
        Reach.given(listen=listen)


@pytest.mark.parametrize("scheduler", ["10.0.0.1:8786", "http://10.0.0.1:8786", "tcp://10.0.0.1"])
def test_what_is_no_scheduler_is_refused(scheduler):
    with pytest.raises(UsageError, match="tcp://HOST:PORT"):
        Reach.given(scheduler)


def test_tls_takes_all_three_files(pem, tmp_path):
    scheduler = "tls://10.0.0.1:8786"
    with pytest.raises(UsageError, match="TLS needs --tls-ca, --tls-cert and --tls-key"):
        Reach.given(scheduler)
    with pytest.raises(UsageError, match="--tls-key: missing"):
        Reach.given(scheduler, ca=pem, cert=pem)
    with pytest.raises(UsageError, match="there is no such file"):
        Reach.given(scheduler, ca=pem, cert=pem, key=str(tmp_path / "gone.pem"))
    with pytest.raises(UsageError, match="go with --scheduler tls"):
        Reach.given("tcp://10.0.0.1:8786", ca=pem, cert=pem, key=pem)


def test_where_nobody_answers_it_is_said_how_to_start_a_scheduler(tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")
    monkeypatch.setattr(versions, "SECONDS", 0.01)
    with pytest.raises(RunError, match=r"No dask scheduler answers at .*: nobody has in"):
        cluster.Cluster(Reach("tcp://127.0.0.1:1"), 1, tmp_path).client()


def test_without_dask_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda package: None)
    with pytest.raises(RunError, match=r"needs distributed: pip install 'hpsearch\[dask\]'"):
        cluster.Cluster(Reach(), 1, tmp_path)


def test_what_only_dask_could_do_is_refused_beside_loky():
    Reach().refuse_without_dask("loky")
    with pytest.raises(UsageError, match=r"study\.backend is loky; add --backend dask"):
        Reach.given(listen="127.0.0.1").refuse_without_dask("loky")
