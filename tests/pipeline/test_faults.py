"""All faults of the network, among good pictures: each fault has its reason, and no good picture is lost."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import webserver
from archives import write_article
from cleanbooks import AssertClean
from pictures import encoded, photo
from webserver import Behavior, WebServer

from epubmaker.collector.cache.store import Cache
from epubmaker.collector.web.fetch import Fetcher
from epubmaker.model.pictures import Fetched, FetchFailed, PictureRef, PictureRequest
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

PNG = encoded(photo(90, 60), "PNG")
ARTICLES = 100

FAULTS: Mapping[str, tuple[Behavior, str]] = {
    **{f"status-{code}": (webserver.status(code), f"HTTP {code}") for code in (400, 401, 403, 404, 410, 418, 451)},
    **{f"status-{code}": (webserver.status(code), f"HTTP {code}") for code in (204, 205, 206, 300, 304, 305, 999)},
    **{f"status-{code}": (webserver.status(code), f"HTTP {code}") for code in (408, 429, 500, 501, 502, 503, 504)},
    "reset-before": (webserver.reset_before_reply, "connection dropped by the server"),
    "close-before": (webserver.close_before_reply, "connection dropped by the server"),
    "reset-headers": (webserver.reset_in_headers, "connection dropped by the server"),
    "reset-body": (webserver.reset_in_body(PNG), "connection dropped by the server"),
    "truncated": (webserver.truncated(PNG), "answer cut off before its end"),
    "bad-chunks": (webserver.bad_chunks(PNG), "answer broken: bad chunk length"),
    "bad-gzip": (webserver.bad_gzip(PNG), "answer broken: bad compression"),
    "gzip-bomb": (webserver.gzip_bomb(PNG, 3_000_000), "more than 1 MB"),
    "endless": (webserver.endless(PNG), "more than 1 MB"),
    "endless-headers": (webserver.endless_headers, "answer broken: bad headers"),
    "long-header": (webserver.long_header, "answer broken: header too long"),
    "garbage": (webserver.garbage, "answer is not HTTP"),
    "html": (webserver.status(200), "HTML page instead of a picture"),
    "empty": (webserver.picture(b""), "nothing instead of a picture"),
    "loop": (webserver.redirect("/loop"), "more than 10 redirects"),
    "to-file": (webserver.redirect("file:///etc/passwd"), "redirect to a file: address"),
    "to-gone": (webserver.redirect("/status-404"), "HTTP 404"),
}
SLOW_FAULTS: Mapping[str, tuple[Behavior, str]] = {
    "stall": (webserver.stall_before_headers, "timed out after 1 s"),
    "stall-headers": (webserver.stall_in_headers, "timed out after 1 s"),
    "stall-body": (webserver.stall_in_body(PNG), "timed out after 1 s"),
    "trickle": (webserver.trickle(PNG, 0.2), "answer took longer than 10 s"),
    "trickle-headers": (webserver.trickle_headers(0.2), "answer took longer than 10 s"),
    "interim": (webserver.endless_interim, "answer took longer than 10 s"),
}
MENDED: Mapping[str, Behavior] = {
    "mended-503": webserver.turns(webserver.status(503, {"Retry-After": "0"}), webserver.picture(PNG)),
    "mended-reset": webserver.turns(webserver.reset_before_reply, webserver.picture(PNG)),
    "mended-body": webserver.turns(webserver.reset_in_body(PNG), webserver.picture(PNG)),
    "mended-truncated": webserver.turns(webserver.truncated(PNG), webserver.picture(PNG)),
    "mended-by-redirects": webserver.redirect("/good", 301),
    "cut-keep-alive": webserver.cut_keep_alive(PNG),
    "chunked": webserver.chunked(PNG),
    "gzipped": webserver.gzipped(PNG),
    "until-close": webserver.until_close(PNG),
}


class World:
    """The servers of the matrix, and the addresses with the expected reason of each ("": a picture)."""

    def __init__(self, stack: ExitStack, faults: Mapping[str, tuple[Behavior, str]]) -> None:
        self.server = stack.enter_context(WebServer())
        tls = stack.enter_context(WebServer(tls=True))
        resetting = stack.enter_context(WebServer())
        resetting.resets_connections = True
        self.expected: dict[str, str] = {
            f"http://127.0.0.1:{webserver.closed_port()}/a.png": "connection refused",
            f"{resetting.address}/a.png": "connection dropped by the server",
            f"{tls.address}/a.png": "TLS certificate not valid: self-signed certificate",
            "http://unknown.example/a.png": "host name not found",
        }
        good = self.server.add("/good", webserver.picture(PNG))
        for name, (behavior, reason) in faults.items():
            self.expected[self.server.add(f"/{name}", behavior)] = reason
        for name, mended in MENDED.items():
            self.expected[self.server.add(f"/{name}", mended)] = ""
        for number in range(ARTICLES - len(self.expected)):
            self.expected[f"{good}?{number}"] = ""

    def requests(self, folder: Path) -> Iterator[PictureRequest]:
        """Yield the requests of 100 articles with two pictures: a good one and one of the matrix."""
        for number, address in enumerate(itertools.islice(itertools.cycle(self.expected), ARTICLES)):
            for source in (f"{self.server.address}/good?article={number}", address):
                yield PictureRequest(PictureRef((source,)), f"http://example.org/{number}", folder, folder)


@pytest.fixture(autouse=True)
def unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def lookup(host: str, *rest: Any) -> Any:
        if host == "unknown.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def check(world: World, results: list[Fetched | FetchFailed]) -> None:
    assert len(results) == 2 * ARTICLES
    for result in results:
        reason = world.expected.get(result.url, "")
        if reason:
            assert isinstance(result, FetchFailed), result
            assert result.reason == reason, result
        else:
            assert isinstance(result, Fetched), result
            assert result.path.read_bytes() == PNG


def fetch_all(world: World, settings: Network, folder: Path, cache: Cache | None) -> list[Fetched | FetchFailed]:
    with Fetcher(settings, folder, cache) as fetcher, ThreadPoolExecutor(settings.connections) as threads:
        return list(threads.map(fetcher.fetch, world.requests(folder)))


def test_every_fault_has_its_reason_and_no_good_picture_is_lost(tmp_path: Path) -> None:
    settings = Network(timeout=30.0, backoff=0.001, max_bytes=1_000_000, allow_private=True)
    with ExitStack() as stack:
        world = World(stack, FAULTS)
        check(world, fetch_all(world, settings, tmp_path, None))
    names = {path.name for path in tmp_path.iterdir()}
    assert len(names) == 1  # the one picture, and nothing half-written


def test_with_a_cache_the_second_run_asks_for_nothing_again(tmp_path: Path) -> None:
    settings = Network(timeout=30.0, backoff=0.001, max_bytes=1_000_000, allow_private=True)
    with ExitStack() as stack:
        world = World(stack, FAULTS)
        with Cache(tmp_path / "cache") as cache:
            check(world, fetch_all(world, settings, tmp_path, cache))
        world.server.forget()
        with Cache(tmp_path / "cache") as cache:
            results = fetch_all(world, settings, tmp_path, cache)
        again = {path for path in world.server.paths if not path.startswith(("/to-file", "/gzip-bomb", "/endless"))}
        assert again == {"/status-304"}  # what the settings forbid is asked for again, as they may change
        for result in results:
            assert isinstance(result, Fetched) == (not world.expected.get(result.url, ""))
            assert not isinstance(result, Fetched) or result.from_cache


@pytest.mark.slow
def test_every_slow_fault_ends_within_its_limits(tmp_path: Path) -> None:
    settings = Network(timeout=1.0, retries=1, backoff=0.01, per_host=16, max_bytes=1_000_000, allow_private=True)
    with ExitStack() as stack:
        world = World(stack, {**FAULTS, **SLOW_FAULTS})
        start = time.perf_counter()
        check(world, fetch_all(world, settings, tmp_path, None))
        taken = time.perf_counter() - start
    one = settings.timeout * (1 + 10) * (settings.retries + 1)
    print(f"{taken:.1f} s for {2 * ARTICLES} pictures; the slowest single one may take {one:.0f} s")


@pytest.mark.slow
def test_a_book_with_every_fault_is_valid_and_holds_every_good_picture(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    network = Network(timeout=1.0, retries=1, backoff=0.01, per_host=16, max_bytes=1_000_000, allow_private=True)
    with ExitStack() as stack:
        world = World(stack, {**FAULTS, **SLOW_FAULTS})
        for number, request in enumerate(world.requests(tmp_path)):
            body = (
                f'<p>Text {number}.</p><img src="{request.ref.sources[0]}"><div><small>Caption {number}.</small></div>'
            )
            write_article(tmp_path / f"in/{number}.txt", link=f"https://example.org/{number}", body=body)

        report = build(Options((tmp_path / "in",), output=tmp_path / "b.epub", network=network))

        assert_clean(tmp_path / "b.epub")
        assert report.books[0].articles == 2 * ARTICLES
        for record in report.pictures:
            reason = world.expected.get(record.url, "")
            assert (record.status, record.reason or "") == ("missing" if reason else "embedded", reason)
