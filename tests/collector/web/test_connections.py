"""No address of this machine or its network is connected to, whatever an article names.

The tests' internet is loopback: the resolver is told names, and the public address that they mean leads to the server.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import webserver
from socksserver import SocksServer
from webserver import WebServer

from epubmaker.collector.web.fetch import Fetcher
from epubmaker.model.pictures import Fetched, FetchFailed, PictureRef, PictureRequest
from epubmaker.options import Network

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PUBLIC = "93.184.215.14"
GUARDED = Network(timeout=30.0, retries=0)


class Internet:
    """Names and what they mean: one answer after the other, the last one stays."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {"public.example": [[PUBLIC]]}
        self.looked_up: list[str] = []
        self._real = socket.getaddrinfo

    def getaddrinfo(self, host: str, port: int, *rest: Any) -> list[Any]:
        self.looked_up.append(host)
        if host == PUBLIC:
            return self._real("127.0.0.1", port, *rest)
        answers = self.names.get(host)
        if answers is None:
            return self._real(host, port, *rest)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    made = Internet()
    monkeypatch.setattr(socket, "getaddrinfo", made.getaddrinfo)
    return made


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        running.add("/a.png", webserver.picture(PNG))
        yield running


def fetch(tmp_path: Path, *addresses: str, settings: Network = GUARDED) -> list[Fetched | FetchFailed]:
    with Fetcher(settings, tmp_path) as fetcher:
        requests = [PictureRequest(PictureRef((address,)), None, tmp_path, tmp_path) for address in addresses]
        return [fetcher.fetch(request) for request in requests]


def codes(results: list[Fetched | FetchFailed]) -> list[str]:
    return [result.code if isinstance(result, FetchFailed) else "" for result in results]


def test_a_public_host_is_connected_to_at_the_address_that_was_judged(
    tmp_path: Path, server: WebServer, internet: Internet
) -> None:
    assert codes(fetch(tmp_path, f"http://public.example:{server.port}/a.png")) == [""]
    assert internet.looked_up == ["public.example", PUBLIC]
    assert server.seen[0].headers["host"] == f"public.example:{server.port}"


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("127.0.0.1", "is a loopback address"),
        ("localhost", "is a local name"),
        ("[::1]", "is a loopback address"),
        ("[::ffff:127.0.0.1]", "is a loopback address"),
        ("0.0.0.0", "is an unspecified address"),
        ("user:secret@127.0.0.1", "is a loopback address"),
        ("127.0.0.1.", "is a loopback address"),
        ("127。0。0。1", "is a loopback address"),
    ],
)
def test_an_address_of_this_machine_is_not_asked(tmp_path: Path, server: WebServer, host: str, reason: str) -> None:
    (result,) = fetch(tmp_path, f"http://{host}:{server.port}/a.png")
    assert isinstance(result, FetchFailed)
    assert result.code == "picture-blocked"
    assert result.reason.endswith(reason)
    assert server.seen == ()


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1"])
def test_a_number_that_stands_for_an_address_is_not_valid(tmp_path: Path, server: WebServer, host: str) -> None:
    (result,) = fetch(tmp_path, f"http://{host}:{server.port}/a.png")
    assert isinstance(result, FetchFailed)
    assert server.seen == ()


def test_a_name_that_means_this_machine_is_not_asked(tmp_path: Path, server: WebServer, internet: Internet) -> None:
    internet.names["evil.example"] = [["127.0.0.1", "10.0.0.1"]]
    (result,) = fetch(tmp_path, f"http://evil.example:{server.port}/a.png")
    assert isinstance(result, FetchFailed)
    assert result.code == "picture-blocked"
    assert result.reason == "127.0.0.1 is a loopback address; 10.0.0.1 is a private address"
    assert server.seen == ()


def test_of_mixed_answers_only_the_public_one_is_used(tmp_path: Path, server: WebServer, internet: Internet) -> None:
    internet.names["mixed.example"] = [["127.0.0.1", PUBLIC]]
    assert codes(fetch(tmp_path, f"http://mixed.example:{server.port}/a.png")) == [""]
    assert internet.looked_up == ["mixed.example", PUBLIC]


def test_an_answer_that_changes_is_judged_each_time(tmp_path: Path, server: WebServer, internet: Internet) -> None:
    last = webserver.picture(PNG, headers={"Connection": "close"})  # so that the second request needs a second one
    server.add("/last.png", last)
    internet.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    addresses = [f"http://rebind.example:{server.port}/{name}" for name in ("last.png", "a.png")]
    assert codes(fetch(tmp_path, *addresses)) == ["", "picture-blocked"]
    assert server.paths == ["/last.png"]


@pytest.mark.parametrize("target", ["127.0.0.1", "localhost", "[::1]", "evil.example"])
def test_a_redirect_does_not_lead_to_this_machine(
    tmp_path: Path, server: WebServer, internet: Internet, target: str
) -> None:
    internet.names["evil.example"] = [["127.0.0.1"]]
    server.add("/r.png", webserver.redirect(f"http://{target}:{server.port}/a.png"))
    assert codes(fetch(tmp_path, f"http://public.example:{server.port}/r.png")) == ["picture-blocked"]
    assert server.paths == ["/r.png"]


@pytest.mark.usefixtures("internet")
def test_the_origin_behind_a_proxy_address_is_judged_too(tmp_path: Path, server: WebServer) -> None:
    server.add("/p", webserver.status(404))
    fetch(tmp_path, f"http://public.example:{server.port}/p?url=127.0.0.1:{server.port}/a.png")
    assert server.paths == [f"/p?url=127.0.0.1:{server.port}/a.png"]


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_the_environments_proxy_is_used_and_may_be_on_this_machine(
    tmp_path: Path, server: WebServer, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setenv("http_proxy", f"http://user:secret@127.0.0.1:{server.port}")
    server.add("http://far.example/a.png", webserver.picture(PNG))
    assert codes(fetch(tmp_path, "http://far.example/a.png")) == [""]
    assert server.paths == ["http://far.example/a.png"]
    assert "authorization" not in server.seen[0].headers


def test_a_proxy_is_not_asked_for_addresses_of_this_machine(
    tmp_path: Path, server: WebServer, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setenv("http_proxy", server.address)
    server.add("http://far.example/r.png", webserver.redirect("http://169.254.169.254/latest/meta-data/"))
    addresses = ("http://10.0.0.1/a.png", "http://localhost/a.png", "http://far.example/r.png")
    assert codes(fetch(tmp_path, *addresses)) == ["picture-blocked"] * 3
    assert server.paths == ["http://far.example/r.png"]


@pytest.mark.usefixtures("internet")
def test_hosts_exempt_from_the_proxy_are_asked_directly(
    tmp_path: Path, server: WebServer, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setenv("http_proxy", f"http://127.0.0.1:{webserver.closed_port()}")
    no_proxies.setenv("no_proxy", "public.example")
    near, far = fetch(tmp_path, f"http://public.example:{server.port}/a.png", "http://far.example/a.png")
    assert isinstance(near, Fetched)
    assert isinstance(far, FetchFailed)
    assert far.reason == "proxy: connection refused"


@pytest.mark.parametrize("way", [("socks5h", "public.example"), ("socks5", PUBLIC)])
@pytest.mark.usefixtures("internet")
def test_a_socks_proxy_is_used(
    tmp_path: Path, server: WebServer, no_proxies: pytest.MonkeyPatch, way: tuple[str, str]
) -> None:
    scheme, asked = way
    with SocksServer(server.port) as proxy:
        no_proxies.setenv("http_proxy", f"{scheme}://{proxy.address}")
        assert codes(fetch(tmp_path, "http://public.example/a.png")) == [""]
        assert proxy.asked == [asked]


def test_a_socks_proxy_is_not_asked_for_a_name_that_means_this_machine(
    tmp_path: Path, server: WebServer, internet: Internet, no_proxies: pytest.MonkeyPatch
) -> None:
    internet.names["evil.example"] = [["127.0.0.1"]]
    with SocksServer(server.port) as proxy:
        no_proxies.setenv("http_proxy", f"socks5://{proxy.address}")
        assert codes(fetch(tmp_path, "http://evil.example/a.png")) == ["picture-blocked"]
        assert proxy.asked == []


# --- several addresses -----------------------------------------------------------------------------------------------


def test_the_next_address_is_tried_when_one_does_not_answer(
    tmp_path: Path, server: WebServer, internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = "93.184.215.15"
    internet.names["two.example"] = [[dead, PUBLIC]]
    internet.names[dead] = [["127.0.0.1"]]
    closed = webserver.closed_port()
    real = internet.getaddrinfo

    def elsewhere(host: str, port: int, *rest: Any) -> list[Any]:
        return real(host, closed if host == dead else port, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", elsewhere)
    assert codes(fetch(tmp_path, f"http://two.example:{server.port}/a.png")) == [""]
    assert internet.looked_up == ["two.example", dead, PUBLIC]
