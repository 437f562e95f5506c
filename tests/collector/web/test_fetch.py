"""Pictures from disk, from data addresses and from the web, over real connections on loopback."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import webserver
from webserver import WebServer

from epubmaker.collector.web.fetch import Fetcher
from epubmaker.model.pictures import Fetched, FetchFailed, PictureRef, PictureRequest
from epubmaker.options import Network

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
FAST = Network(timeout=30.0, backoff=0.001, allow_private=True)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


def request(*sources: str, link: str | None = None, folder: Path = Path("nowhere")) -> PictureRequest:
    return PictureRequest(PictureRef(sources), link, folder, folder)


def fetch(tmp_path: Path, asked: PictureRequest, settings: Network = FAST) -> Fetched | FetchFailed:
    with Fetcher(settings, tmp_path) as fetcher:
        return fetcher.fetch(asked)


def got(result: Fetched | FetchFailed) -> bytes:
    assert isinstance(result, Fetched), result
    data = result.path.read_bytes()
    assert (result.size, result.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    return data


def why(result: Fetched | FetchFailed) -> tuple[str, str]:
    assert isinstance(result, FetchFailed), result
    assert result.status == "missing"
    return result.code, result.reason


# --- the web ---------------------------------------------------------------------------------------------------------


def test_a_picture_comes_whole_with_its_hash_and_the_address_asked_for(tmp_path: Path, server: WebServer) -> None:
    address = server.add("/a.png", webserver.picture(PNG))
    result = fetch(tmp_path, request(address))
    assert got(result) == PNG
    assert result.url == address
    assert [path.name for path in tmp_path.iterdir()] == [hashlib.sha256(PNG).hexdigest()]


def test_a_request_names_the_program_the_accepted_types_and_the_page(tmp_path: Path, server: WebServer) -> None:
    server.add("/img/a.png", webserver.picture(PNG))
    link = server.address.replace("//", "//user:secret@") + "/articles/1?x=2#part"
    assert got(fetch(tmp_path, request("../img/a.png", link=link))) == PNG
    headers = server.seen[0].headers
    assert headers["referer"] == f"{server.address}/articles/1?x=2"
    assert headers["user-agent"].startswith("epubmaker/")
    assert "image/avif,image/webp" in headers["accept"]
    assert "cookie" not in headers
    assert "authorization" not in headers


@pytest.mark.parametrize(
    "behavior",
    [
        webserver.chunked(PNG),
        webserver.gzipped(PNG),
        webserver.until_close(PNG),
        webserver.cut_keep_alive(PNG),
        webserver.picture(PNG, "text/html"),
        webserver.turns(webserver.status(503), webserver.picture(PNG)),
        webserver.turns(webserver.status(500), webserver.status(429), webserver.picture(PNG)),
        webserver.turns(webserver.status(503, {"Retry-After": "0"}), webserver.picture(PNG)),
        webserver.turns(
            webserver.status(429, {"Retry-After": "Wed, 12 Jan 2022 22:00:21 GMT"}), webserver.picture(PNG)
        ),
        webserver.turns(webserver.reset_before_reply, webserver.picture(PNG)),
        webserver.turns(webserver.close_before_reply, webserver.picture(PNG)),
        webserver.turns(webserver.reset_in_headers, webserver.picture(PNG)),
        webserver.turns(webserver.reset_in_body(PNG), webserver.picture(PNG)),
        webserver.turns(webserver.truncated(PNG), webserver.picture(PNG)),
        webserver.turns(webserver.bad_chunks(PNG), webserver.picture(PNG)),
        webserver.turns(webserver.garbage, webserver.picture(PNG)),
    ],
)
def test_a_picture_comes_whole_whatever_way_it_comes(
    tmp_path: Path, server: WebServer, behavior: webserver.Behavior
) -> None:
    assert got(fetch(tmp_path, request(server.add("/a.png", behavior)))) == PNG


@pytest.mark.parametrize(
    ("behavior", "code", "reason"),
    [
        (webserver.status(404), "picture-missing", "HTTP 404"),
        (webserver.status(403), "picture-missing", "HTTP 403"),
        (webserver.status(500), "picture-missing", "HTTP 500"),
        (webserver.status(503), "picture-missing", "HTTP 503"),
        (webserver.status(204), "picture-missing", "HTTP 204"),
        (webserver.status(300), "picture-missing", "HTTP 300"),
        (webserver.status(200), "picture-not-a-picture", "HTML page instead of a picture"),
        (webserver.picture(b""), "picture-not-a-picture", "nothing instead of a picture"),
        (webserver.picture(b'{"error": 1}'), "picture-not-a-picture", "JSON instead of a picture"),
        (webserver.reset_before_reply, "picture-missing", "connection dropped by the server"),
        (webserver.close_before_reply, "picture-missing", "connection dropped by the server"),
        (webserver.reset_in_headers, "picture-missing", "connection dropped by the server"),
        (webserver.reset_in_body(PNG), "picture-missing", "connection dropped by the server"),
        (webserver.truncated(PNG), "picture-missing", "answer cut off before its end"),
        (webserver.bad_chunks(PNG), "picture-missing", "answer broken: bad chunk length"),
        (webserver.bad_gzip(PNG), "picture-missing", "answer broken: bad compression"),
        (webserver.garbage, "picture-missing", "answer is not HTTP"),
        (webserver.endless_headers, "picture-missing", "answer broken: bad headers"),
        (webserver.endless(PNG), "picture-too-large", "more than 1 MB"),
        (webserver.gzip_bomb(PNG, 3_000_000), "picture-too-large", "more than 1 MB"),
        (webserver.picture(PNG + bytes(3_000_000)), "picture-too-large", "3 MB"),
        (
            webserver.picture(PNG, headers={"Content-Encoding": "gzip, gzip"}),
            "picture-missing",
            "answer broken: compressed twice",
        ),
        (webserver.redirect("/a.png"), "picture-missing", "more than 10 redirects"),
        (webserver.redirect("file:///etc/passwd"), "picture-blocked", "redirect to a file: address"),
        (webserver.redirect("ftp://host/a.png"), "picture-blocked", "redirect to a ftp: address"),
    ],
)
def test_a_picture_that_cannot_be_had_has_a_reason(
    tmp_path: Path, server: WebServer, behavior: webserver.Behavior, code: str, reason: str
) -> None:
    settings = Network(timeout=30.0, backoff=0.001, max_bytes=1_000_000, allow_private=True)
    assert why(fetch(tmp_path, request(server.add("/a.png", behavior)), settings)) == (code, reason)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("behavior", "reason"),
    [
        (webserver.stall_before_headers, "timed out after 0.1 s"),
        (webserver.stall_in_headers, "timed out after 0.1 s"),
        (webserver.stall_in_body(PNG), "timed out after 0.1 s"),
        (webserver.trickle(PNG, 0.02), "answer took longer than 1 s"),
        (webserver.trickle_headers(0.02), "answer took longer than 1 s"),
    ],
)
def test_a_server_that_is_too_slow_is_left(
    tmp_path: Path, server: WebServer, behavior: webserver.Behavior, reason: str
) -> None:
    settings = Network(timeout=0.1, retries=0, allow_private=True)
    result = fetch(tmp_path, request(server.add("/a.png", behavior)), settings)
    assert why(result) == ("picture-missing", reason)


def test_retries_are_counted_and_what_is_final_is_not_asked_again(tmp_path: Path, server: WebServer) -> None:
    fetch(tmp_path, request(server.add("/busy.png", webserver.status(503))))
    fetch(tmp_path, request(server.add("/gone.png", webserver.status(404))))
    assert server.paths == ["/busy.png"] * 3 + ["/gone.png"]


def test_a_host_that_asks_for_a_long_pause_is_not_asked_again(tmp_path: Path, server: WebServer) -> None:
    address = server.add("/a.png", webserver.status(429, {"Retry-After": "3600"}))
    with Fetcher(FAST, tmp_path) as fetcher:
        assert why(fetcher.fetch(request(address))) == ("picture-missing", "HTTP 429")
        code, reason = why(fetcher.fetch(request(f"{server.address}/b.png")))
        assert code == "picture-not-asked"
        assert reason == "host given up: HTTP 429, come back in 3600 s"
        assert [issue.where for issue in fetcher.issues] == [f"127.0.0.1:{server.port}"]
    assert server.paths == ["/a.png"]


def test_nobody_listening_has_its_reason(tmp_path: Path) -> None:
    refused = fetch(tmp_path, request(f"http://127.0.0.1:{webserver.closed_port()}/a.png"))
    assert why(refused) == ("picture-missing", "connection refused")


@pytest.mark.parametrize(
    ("number", "reason"),
    [(socket.EAI_NONAME, "host name not found"), (socket.EAI_AGAIN, "host name cannot be looked up now")],
)
@pytest.mark.parametrize("allow_private", [True, False])
def test_a_host_without_address_has_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, *, allow_private: bool
) -> None:
    def lookup(*_: object) -> None:
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    settings = replace(FAST, allow_private=allow_private)
    assert why(fetch(tmp_path, request("http://example.org/a.png"), settings)) == ("picture-missing", reason)


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    with WebServer(tls=True) as server:
        result = fetch(tmp_path, request(server.add("/a.png", webserver.picture(PNG))))
    code, reason = why(result)
    assert code == "picture-missing"
    assert reason.startswith("TLS certificate not valid: self-signed certificate")


def test_redirects_are_followed_and_the_referer_stays_with_its_host(tmp_path: Path, server: WebServer) -> None:
    with WebServer() as other:
        there = other.add("/c.png", webserver.picture(PNG))
        server.add("/b.png", webserver.redirect(there, 307))
        address = server.add("/a.png", webserver.redirect("/b.png", 301))
        assert got(fetch(tmp_path, request(address, link="https://example.org/article"))) == PNG
        assert [seen.headers.get("referer") for seen in server.seen] == ["https://example.org/article"] * 2
        assert "referer" not in other.seen[0].headers


def test_a_host_that_refuses_requests_that_name_the_page_is_asked_once_more_without(
    tmp_path: Path, server: WebServer
) -> None:
    def guarded(exchange: webserver.Exchange) -> None:
        (webserver.status(403) if "referer" in exchange.seen.headers else webserver.picture(PNG))(exchange)

    address, never = server.add("/a.png", guarded), server.add("/never.png", webserver.status(403))
    assert got(fetch(tmp_path, request(address, link="https://example.org/article"))) == PNG
    assert why(fetch(tmp_path, request(never, link="https://example.org/article"))) == ("picture-missing", "HTTP 403")
    why(fetch(tmp_path, request(never)))
    told = [seen.headers.get("referer") for seen in server.seen]
    assert told == ["https://example.org/article", None, "https://example.org/article", None, None]


def test_a_whole_picture_is_taken_though_its_length_is_wrong_or_its_end_is_not_said(
    tmp_path: Path, server: WebServer
) -> None:
    whole = b"\xff\xd8\xff\xe0" + bytes(9000) + b"\xff\xd9"

    def too_long(exchange: webserver.Exchange) -> None:
        exchange.close()
        exchange.head(200, {"Content-Length": str(len(whole) + 99)})
        exchange.send(whole)

    def without_last_chunk(exchange: webserver.Exchange) -> None:
        exchange.close()
        exchange.head(200, {"Transfer-Encoding": "chunked"})
        exchange.send(f"{len(whole):x}\r\n".encode() + whole + b"\r\n")

    for behavior in (too_long, without_last_chunk):
        assert got(fetch(tmp_path, request(server.add("/a.jpg", behavior)))) == whole
    cut = server.add("/b.jpg", webserver.truncated(whole[:-2] + bytes(9)))
    assert why(fetch(tmp_path, request(cut)))[0] == "picture-missing"


def test_cookies_last_for_the_redirects_of_one_picture(tmp_path: Path, server: WebServer) -> None:
    def gate(exchange: webserver.Exchange) -> None:
        let_in = exchange.seen.headers.get("cookie") == "pass=1"
        (webserver.picture(PNG) if let_in else webserver.status(302, {"Location": "/in", "Set-Cookie": "pass=1"}))(
            exchange
        )

    for name in ("/a.png", "/b.png"):
        server.add(name, gate)
    server.add("/in", webserver.turns(webserver.redirect("/a.png"), webserver.redirect("/b.png")))
    with Fetcher(FAST, tmp_path) as fetcher:
        for name in ("/a.png", "/b.png"):
            assert got(fetcher.fetch(request(f"{server.address}{name}"))) == PNG
    assert [seen.headers.get("cookie") for seen in server.seen] == [None, "pass=1", "pass=1"] * 2


def test_cookies_and_stored_passwords_are_not_sent(
    tmp_path: Path, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    address = server.add("/a.png", webserver.picture(PNG, headers={"Set-Cookie": "id=1; Path=/"}))
    with Fetcher(FAST, tmp_path) as fetcher:
        got(fetcher.fetch(request(address)))
        got(fetcher.fetch(request(address.replace("//", "//user:secret@"))))
    for seen in server.seen:
        assert "cookie" not in seen.headers
        assert "authorization" not in seen.headers


def test_connections_are_used_again(tmp_path: Path, server: WebServer) -> None:
    addresses = [server.add(f"/{number}.png", webserver.picture(PNG)) for number in range(5)]
    addresses.insert(2, f"{server.address}/gone.png")
    with Fetcher(FAST, tmp_path) as fetcher:
        for address in addresses:
            fetcher.fetch(request(address))
    assert len({seen.client for seen in server.seen}) == 1


def test_no_more_requests_go_to_one_host_at_once_than_allowed(tmp_path: Path, server: WebServer) -> None:
    gate = threading.Event()
    addresses = [server.add(f"/{number}.png", webserver.after(gate, webserver.picture(PNG))) for number in range(12)]
    settings = Network(per_host=3, timeout=30.0, allow_private=True)
    with Fetcher(settings, tmp_path) as fetcher:
        threads = [threading.Thread(target=fetcher.fetch, args=(request(address),)) for address in addresses]
        for thread in threads:
            thread.start()
        while len(server.seen) < 3:
            threading.Event().wait(0.001)
        gate.set()
        for thread in threads:
            thread.join()
    assert len(server.seen) == 12
    assert server.busiest == 3


# --- other places ----------------------------------------------------------------------------------------------------


def test_a_picture_in_the_articles_folder_is_used_where_it_lies(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    picture = folder / "sub" / "图 1#a.png"
    picture.write_bytes(PNG)
    for source in ("sub/%E5%9B%BE%201%23a.png", "./sub/图 1#a.png", "sub/图%201%23a.png?v=2#x", "sub\\图 1%23a.png"):
        result = fetch(tmp_path, request(source, folder=folder))
        assert got(result) == PNG
        assert isinstance(result, Fetched)
        assert result.path == picture.resolve()


def test_nothing_outside_the_input_folder_is_read(tmp_path: Path) -> None:
    root = tmp_path / "in"
    folder = root / "sub"
    folder.mkdir(parents=True)
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    (folder / "link.png").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    sources = ["../../secret.png", "..%2F..%2Fsecret.png", "link.png", "up/secret.png", str(secret), secret.as_uri()]
    sources += [
        "..\\..\\secret.png",
        f"file://localhost{secret}",
        "sub/../../../secret.png",
        "/etc/passwd",
        "file:/etc/passwd",
    ]
    for source in sources:
        asked = PictureRequest(PictureRef((source,)), None, folder, root)
        assert why(fetch(tmp_path, asked)) == ("picture-outside", "outside the input folder"), source


def test_a_file_on_disk_that_is_no_picture_says_so(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_text("<html><body>No.</body></html>")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "big.png").write_bytes(PNG)
    small = Network(max_bytes=100)
    assert why(fetch(tmp_path, request("page.png", folder=tmp_path)))[0] == "picture-not-a-picture"
    assert why(fetch(tmp_path, request("folder.png", folder=tmp_path))) == ("picture-missing", "not a file")
    assert why(fetch(tmp_path, request("none.png", folder=tmp_path))) == ("picture-missing", "no such file")
    assert why(fetch(tmp_path, request("a\0b.png", folder=tmp_path))) == ("picture-missing", "no such file")
    assert why(fetch(tmp_path, request("big.png", folder=tmp_path), small))[0] == "picture-too-large"
    assert why(fetch(tmp_path, request("x" * 5000, folder=tmp_path)))[0] == "picture-missing"


def test_data_addresses_hold_their_picture(tmp_path: Path) -> None:
    text = base64.b64encode(PNG).decode()
    svg = "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert got(fetch(tmp_path, request(f"data:image/png;base64,{text}"))) == PNG
    assert got(fetch(tmp_path, request(f"DATA:;base64,{text[:20]}\n {text[20:].rstrip('=')}"))) == PNG
    assert got(fetch(tmp_path, request(svg))).startswith(b"<svg")
    assert why(fetch(tmp_path, request("data:image/png"))) == ("picture-missing", "data address without data")
    assert why(fetch(tmp_path, request("data:image/png;base64,A")))[0] == "picture-missing"
    assert len(fetch(tmp_path, request(f"data:image/png;base64,{text}")).url) < 200


def test_the_next_candidate_is_tried_when_one_fails(tmp_path: Path, server: WebServer) -> None:
    good = server.add("/small.png", webserver.picture(PNG))
    result = fetch(tmp_path, request(f"{server.address}/large.png", good))
    assert got(result) == PNG
    assert result.url == f"{server.address}/large.png"


def test_a_picture_is_had_from_its_origin_when_the_proxy_fails(tmp_path: Path, server: WebServer) -> None:
    server.add("/proxy", webserver.status(404))
    server.add("/a.png", webserver.picture(PNG))
    address = f"{server.address}/proxy?url=127.0.0.1:{server.port}/a.png"
    result = fetch(tmp_path, request(address))
    assert got(result) == PNG
    assert result.url == address


def test_reasons_name_each_host_that_failed(tmp_path: Path, server: WebServer) -> None:
    with WebServer() as other:
        result = fetch(tmp_path, request(f"{server.address}/p?url={other.address}/a.png"))
        assert why(result) == ("picture-missing", "HTTP 404")
        other.add("/a.png", webserver.status(410))
        result = fetch(tmp_path, request(f"{server.address}/p?url={other.address}/a.png"))
        assert why(result) == ("picture-missing", f"HTTP 404; 127.0.0.1:{other.port}: HTTP 410")


def test_addresses_of_other_kinds_are_not_followed(tmp_path: Path) -> None:
    assert why(fetch(tmp_path, request("blob:https://a/b"))) == ("picture-blocked", "blob: addresses are not followed")
    assert why(fetch(tmp_path, request("ftp://host/a.png")))[0] == "picture-blocked"
    assert why(fetch(tmp_path, request())) == ("picture-missing", "no address")


# --- ends ------------------------------------------------------------------------------------------------------------


def test_closing_ends_pauses_and_what_is_under_way(tmp_path: Path, server: WebServer) -> None:
    settings = Network(timeout=30.0, backoff=600.0, allow_private=True)
    asked = request(server.add("/a.png", webserver.status(500)))
    results: list[Fetched | FetchFailed] = []
    with Fetcher(settings, tmp_path) as fetcher:
        thread = threading.Thread(target=lambda: results.append(fetcher.fetch(asked)))
        thread.start()
        while not server.seen:
            threading.Event().wait(0.001)
        fetcher.close()
        thread.join()
    assert why(results[0]) == ("picture-missing", "HTTP 500")


@pytest.mark.parametrize(
    "behavior",
    [
        webserver.stall_before_headers,
        webserver.stall_in_body(PNG),
        webserver.trickle(PNG, 0.01),
        webserver.status(503, {"Retry-After": "50"}),
    ],
)
def test_the_deadline_ends_what_is_under_way(tmp_path: Path, server: WebServer, behavior: webserver.Behavior) -> None:
    address = server.add("/a.png", behavior)
    settings = Network(timeout=30.0, deadline=0.3, allow_private=True)
    assert why(fetch(tmp_path, request(address), settings)) == ("picture-not-asked", "the time for fetching was over")


def test_after_the_deadline_nothing_is_asked_but_local_pictures_are_still_had(
    tmp_path: Path, server: WebServer
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    address = server.add("/a.png", webserver.picture(PNG))
    settings = Network(deadline=0.0, allow_private=True)
    assert why(fetch(tmp_path, request(address), settings)) == ("picture-not-asked", "the time for fetching was over")
    assert got(fetch(tmp_path, request("a.png", folder=tmp_path), settings)) == PNG
    assert server.seen == ()
