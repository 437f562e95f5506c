"""The picture cache: what a second run does not request again, and what it does."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import webserver
from webserver import WebServer

from epubmaker.collector.cache.store import Cache
from epubmaker.collector.web.fetch import Fetcher
from epubmaker.model.articles import Issue
from epubmaker.model.pictures import Fetched, FetchFailed, Picture, PictureFile, PictureRef, PictureRequest
from epubmaker.options import Network

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
FAST = Network(timeout=30.0, backoff=0.001, retries=1, allow_private=True)
FRESH = {"Cache-Control": "max-age=3600"}


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def run(tmp_path: Path, folder: Path) -> Run:
    return Run(tmp_path / "work", folder)


class Run:
    """Builds one after the other, each with a new fetcher and a new cache in the same folder."""

    def __init__(self, work: Path, folder: Path) -> None:
        self._work, self._folder = work, folder
        work.mkdir()
        self.issues: tuple[Issue, ...] = ()

    def __call__(
        self, *addresses: str, settings: Network = FAST, link: str | None = None
    ) -> list[Fetched | FetchFailed]:
        with Cache(self._folder) as cache, Fetcher(settings, self._work, cache) as fetcher:
            requests = [PictureRequest(PictureRef((address,)), link, self._work, self._work) for address in addresses]
            results = [fetcher.fetch(request) for request in requests]
            for result in results:
                if isinstance(result, Fetched):
                    assert hashlib.sha256(result.path.read_bytes()).hexdigest() == result.sha256
            self.issues = fetcher.issues + cache.issues
            return results

    def one(self, address: str, settings: Network = FAST, link: str | None = None) -> Fetched:
        result = self(address, settings=settings, link=link)[0]
        assert isinstance(result, Fetched), result
        return result

    def failed(self, address: str, settings: Network = FAST) -> FetchFailed:
        result = self(address, settings=settings)[0]
        assert isinstance(result, FetchFailed), result
        return result


def headers(**values: str) -> Mapping[str, str]:
    return {name.replace("_", "-"): value for name, value in values.items()}


# --- what addresses gave ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Cache-Control": "max-age=3600"},
        {"Cache-Control": "private, max-age=3600, immutable"},
        {"Expires": "Fri, 31 Dec 2100 00:00:00 GMT"},
        {"Last-Modified": "Wed, 12 Jan 2022 22:00:21 GMT"},
    ],
)
def test_while_an_answer_is_fresh_nothing_is_asked(run: Run, server: WebServer, answer: dict[str, str]) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, answer))
    assert not run.one(address).from_cache
    again = run.one(address)
    assert again.from_cache
    assert again.path.read_bytes() == PNG
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"Cache-Control": "no-cache", "ETag": '"1"'},
        {"Cache-Control": "max-age=0", "ETag": '"1"'},
        {"Cache-Control": "max-age=3600", "Age": "7200", "ETag": '"1"'},
        {"Expires": "0", "Last-Modified": "Wed, 12 Jan 2022 22:00:21 GMT"},
    ],
)
def test_a_stale_answer_is_asked_about_and_not_sent_again(run: Run, server: WebServer, answer: dict[str, str]) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, answer))
    run.one(address)
    again = run.one(address)
    assert again.from_cache
    first, second = server.seen
    assert not {"if-none-match", "if-modified-since"} & set(first.headers)
    assert {"if-none-match", "if-modified-since"} & set(second.headers)


def test_another_picture_at_the_same_address_is_taken(run: Run, server: WebServer) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, headers(Cache_Control="no-cache", ETag='"1"')))
    run.one(address)
    server.add("/a.png", webserver.cacheable(PNG + b"2", headers(Cache_Control="no-cache", ETag='"2"')))
    again = run.one(address)
    assert not again.from_cache
    assert again.path.read_bytes() == PNG + b"2"


def test_an_answer_that_must_not_be_stored_is_not(run: Run, server: WebServer, folder: Path) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, {"Cache-Control": "no-store"}))
    assert run.one(address).path.is_file()
    assert not run.one(address).from_cache
    assert len(server.seen) == 2
    assert not [path for path in folder.rglob("*") if path.is_file() and path.read_bytes() == PNG]


def test_an_answer_that_varies_is_used_for_equal_requests_only(run: Run, server: WebServer) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, {**FRESH, "Vary": "Accept, Referer"}))
    run.one(address, link="http://example.org/1")
    assert run.one(address, link="http://example.org/1").from_cache
    assert not run.one(address, link="http://example.org/2").from_cache
    server.add("/b.png", webserver.cacheable(PNG, {**FRESH, "Vary": "*"}))
    assert [run.one(f"{server.address}/b.png").from_cache for _ in range(2)] == [False, False]


def test_a_temporary_redirect_is_asked_about_again_a_permanent_one_not(run: Run, server: WebServer) -> None:
    server.add("/a.png", webserver.cacheable(PNG, {**FRESH, "ETag": '"1"'}))
    temporary = server.add("/t.png", webserver.redirect("/a.png", 302))
    permanent = server.add("/p.png", webserver.redirect("/a.png", 301))
    run(temporary, permanent)
    server.forget()
    assert run.one(temporary).from_cache
    assert run.one(permanent).from_cache
    assert server.paths == ["/t.png", "/a.png"]


def test_a_stale_picture_is_better_than_none(run: Run, server: WebServer) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, headers(Cache_Control="no-cache", ETag='"1"')))
    run.one(address)
    server.add("/a.png", webserver.status(500))
    assert run.one(address).from_cache
    server.forget()
    assert run.one(address).from_cache
    assert server.seen == ()  # the failure is remembered for a while


def test_offline_asks_nothing_and_uses_even_what_is_stale(run: Run, server: WebServer) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, {"Cache-Control": "no-cache"}))
    run.one(address)
    server.forget()
    offline = replace(FAST, offline=True)
    assert run.one(address, offline).from_cache
    failed = run.failed(f"{server.address}/b.png", offline)
    assert (failed.code, failed.reason) == ("picture-not-asked", "offline, and not in the cache")
    assert server.seen == ()


def test_refresh_asks_for_everything_again(run: Run, server: WebServer) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, {**FRESH, "ETag": '"1"'}))
    gone = f"{server.address}/gone.png"
    run(address, gone)
    server.forget()
    refresh = replace(FAST, refresh=True)
    assert not run.one(address, refresh).from_cache
    run.failed(gone, refresh)
    assert server.paths == ["/a.png", "/gone.png"]
    assert "if-none-match" not in server.seen[0].headers


# --- failures --------------------------------------------------------------------------------------------------------


def test_failures_are_remembered_for_a_while(run: Run, server: WebServer) -> None:
    gone = server.add("/gone.png", webserver.status(404))
    page = server.add("/page.png", webserver.status(200))
    first = run(gone, page)
    server.forget()
    second = run(gone, page)
    assert server.seen == ()
    assert second == [
        replace(item, reason=f"{item.reason} (asked not long ago)") for item in first if isinstance(item, FetchFailed)
    ]


def test_a_host_that_does_not_answer_is_remembered_when_others_did(run: Run, server: WebServer) -> None:
    dead = f"http://127.0.0.1:{webserver.closed_port()}"
    run(*(f"{dead}/{number}.png" for number in range(3)))
    assert run.failed(f"{dead}/0.png").reason == "connection refused"  # perhaps the network was down: asked again
    good = server.add("/a.png", webserver.picture(PNG))
    run(good, *(f"{dead}/{number}.png" for number in range(7)))
    assert [issue.code for issue in run.issues] == ["host-unavailable"]
    failed = run.failed(f"{dead}/99.png")
    assert failed.reason.startswith("host given up: connection refused")
    assert failed.kind == "given-up"


def test_a_failure_that_the_settings_cause_is_not_remembered(run: Run, server: WebServer) -> None:
    address = server.add("/a.png", webserver.picture(PNG))
    assert run.failed(address, replace(FAST, max_bytes=10)).code == "picture-too-large"
    assert run.failed(address, replace(FAST, allow_private=False)).code == "picture-blocked"
    assert not run.one(address).from_cache
    assert run.failed(address, replace(FAST, allow_private=False)).code == "picture-blocked"


# --- pictures made ready ---------------------------------------------------------------------------------------------


def ready(tmp_path: Path, data: bytes = PNG) -> Picture:
    sha256 = hashlib.sha256(data).hexdigest()
    path = tmp_path / f"{sha256}.png"
    path.write_bytes(data)
    file = PictureFile(path, f"images/{sha256[:20]}.png", "image/png", 3, 4, len(data), sha256)
    return Picture(
        "http://a/b.png", (file, file), 77, issues=(Issue("picture-cut-off", "warning", "http://a/b.png", "b"),)
    )


def test_a_picture_made_ready_is_found_by_the_next_run(tmp_path: Path, folder: Path) -> None:
    picture = ready(tmp_path)
    with Cache(folder) as cache:
        assert cache.get_processed("key", "http://a/b.png") is None
        cache.put_processed("key", picture)
        assert picture.files[0].path.read_bytes() == PNG
    with Cache(folder) as cache:
        found = cache.get_processed("key", "http://a/b.png")
    assert isinstance(found, Picture)
    files = tuple(replace(file, path=picture.files[0].path) for file in found.files)
    assert replace(found, files=files, from_cache=False) == picture
    assert found.from_cache
    assert found.files[0].path.read_bytes() == PNG


def test_the_same_bytes_at_another_address_are_made_ready_once(tmp_path: Path, folder: Path) -> None:
    with Cache(folder) as cache:
        cache.put_processed("key", ready(tmp_path))
        found = cache.get_processed("key", "http://other/")
    assert isinstance(found, Picture)
    assert (found.url, found.issues[0].where) == ("http://other/", "http://other/")


def test_why_a_picture_could_not_be_made_ready_is_kept_too(folder: Path) -> None:
    failed = FetchFailed("http://a/b.png", "picture-broken", "no", "skipped")
    with Cache(folder) as cache:
        cache.put_processed("key", failed)
        assert cache.get_processed("key", "http://a/b.png") == failed


# --- trouble ---------------------------------------------------------------------------------------------------------


def blob(folder: Path) -> Path:
    (path,) = (folder / "blobs").glob("*/*")
    return path


DAMAGES: Mapping[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(PNG[:10]),
    "other bytes": lambda path: path.write_bytes(bytes(len(PNG))),
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),  # noqa: PLW0108 - Windows has none
    "a link": lambda path: path.symlink_to(os.devnull),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_fetched_again_and_said(run: Run, server: WebServer, folder: Path, damage: str) -> None:
    if sys.platform == "win32" and damage in {"a pipe", "a link"}:
        pytest.skip("not to be made there")
    address = server.add("/a.png", webserver.cacheable(PNG, FRESH))
    run.one(address)
    path = blob(folder)
    path.unlink()
    DAMAGES[damage](path)
    assert not run.one(address).from_cache
    assert [(issue.code, issue.where) for issue in run.issues] == [("cache-damaged", str(folder))]
    assert run.one(address).from_cache
    assert run.issues == ()


def test_a_file_that_somebody_removed_is_fetched_again(run: Run, server: WebServer, folder: Path) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, FRESH))
    run.one(address)
    blob(folder).unlink()
    assert not run.one(address).from_cache
    assert run.issues == ()
    assert run.one(address).from_cache


@pytest.mark.parametrize("trouble", ["file", "read-only"])
def test_a_folder_that_cannot_be_used_costs_a_warning(run: Run, server: WebServer, folder: Path, trouble: str) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, FRESH))
    if trouble == "file":
        folder.write_bytes(b"")
    elif os.name == "nt" or os.geteuid() == 0:
        pytest.skip("folders cannot be made read-only for this user")
    else:
        folder.mkdir(mode=0o500)
    for _ in range(2):
        assert not run.one(address).from_cache
        assert [(issue.code, issue.where) for issue in run.issues] == [("cache-unusable", str(folder))]


def test_an_index_that_is_no_database_is_replaced(run: Run, server: WebServer, folder: Path) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, FRESH))
    folder.mkdir()
    (folder / "index-3.sqlite3").write_bytes(b"not a database at all" * 100)
    assert not run.one(address).from_cache
    assert [issue.code for issue in run.issues] == ["cache-damaged"]
    assert run.one(address).from_cache
    assert run.issues == ()


def test_a_damaged_index_costs_a_warning_and_is_replaced(run: Run, server: WebServer, folder: Path) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, FRESH))
    run.one(address)
    index = folder / "index-3.sqlite3"
    data = index.read_bytes()
    index.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    assert not run.one(address).from_cache
    assert [issue.code for issue in run.issues] == ["cache-damaged"]
    assert run.one(address).from_cache
    assert run.issues == ()


def test_a_cache_that_takes_nothing_more_costs_the_cache_not_the_picture(
    server: WebServer, folder: Path, tmp_path: Path
) -> None:
    request = PictureRequest(PictureRef((server.add("/a.png", webserver.picture(PNG)),)), None, tmp_path, tmp_path)
    with Cache(folder) as cache, Fetcher(FAST, tmp_path, cache) as fetcher:
        assert cache.parts is not None
        cache.parts.rmdir()
        result = fetcher.fetch(request)
        assert isinstance(result, Fetched)
        assert result.path.parent == tmp_path
        assert [issue.code for issue in cache.issues] == ["cache-unusable"]
        assert isinstance(fetcher.fetch(request), Fetched)


def test_an_index_that_another_program_changes_costs_the_index_not_the_picture(
    server: WebServer, folder: Path, tmp_path: Path
) -> None:
    request = PictureRequest(PictureRef((server.add("/a.png", webserver.picture(PNG)),)), None, tmp_path, tmp_path)
    with Cache(folder) as cache, Fetcher(FAST, tmp_path, cache) as fetcher:
        index = sqlite3.connect(folder / "index-3.sqlite3")
        index.execute("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        index.close()
        result = fetcher.fetch(request)
        assert isinstance(result, Fetched)
        assert result.path.read_bytes() == PNG
        assert [issue.code for issue in cache.issues] == ["cache-damaged"]


def test_a_failure_that_the_deadline_causes_is_not_remembered(run: Run, server: WebServer) -> None:
    address = server.add("/a.png", webserver.stall_before_headers)
    failed = run.failed(address, replace(FAST, deadline=0.1))
    assert (failed.code, failed.reason) == ("picture-not-asked", "the time for fetching was over")
    server.add("/a.png", webserver.picture(PNG))
    assert not run.one(address).from_cache


def test_a_clock_that_was_set_back_only_makes_entries_stale(
    run: Run, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.add("/a.png", webserver.cacheable(PNG, {**FRESH, "ETag": '"1"'}))
    now = time.time
    with monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda: now() + 70_000)
        run.one(address)
    assert run.one(address).from_cache
    assert server.seen[-1].headers["if-none-match"] == '"1"'


def test_two_runs_may_share_a_cache(server: WebServer, folder: Path, tmp_path: Path) -> None:
    addresses = [
        server.add(f"/{number}.png", webserver.cacheable(PNG + bytes([number]), FRESH)) for number in range(30)
    ]
    runs = [Run(tmp_path / str(number), folder) for number in range(3)]
    results: list[list[Fetched | FetchFailed]] = []
    threads = [threading.Thread(target=lambda run=run: results.append(run(*addresses))) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    assert all(isinstance(result, Fetched) for one_run in results for result in one_run)
    with Cache(folder) as cache:
        assert cache.info().pictures == 30
        assert cache.issues == ()


_ENDLESS_RUN = """
import sys
from pathlib import Path
from epubmaker.collector.cache.store import Cache
from epubmaker.collector.web.fetch import Fetcher
from epubmaker.options import Network
from epubmaker.model.pictures import PictureRef, PictureRequest
address, folder, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
work.mkdir(exist_ok=True)
with Cache(folder) as cache, Fetcher(Network(allow_private=True, refresh=True), work, cache) as fetcher:
    while True:
        for number in range(20):
            fetcher.fetch(PictureRequest(PictureRef((f"{address}/{number}.png",)), None, work, work))
        print("round", flush=True)
"""


def test_a_killed_run_leaves_a_cache_that_is_whole(server: WebServer, folder: Path, tmp_path: Path, run: Run) -> None:
    addresses = [server.add(f"/{number}.png", webserver.cacheable(PNG * (number + 1), FRESH)) for number in range(20)]
    for _ in range(2):
        command = [sys.executable, "-c", _ENDLESS_RUN, server.address, str(folder), str(tmp_path / "killed")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            os.kill(process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        results = run(*addresses, settings=replace(FAST, offline=True))
        assert all(isinstance(result, Fetched) and result.from_cache for result in results)
        assert run.issues == ()


# --- upkeep ----------------------------------------------------------------------------------------------------------


def test_info_counts_and_clear_removes_what_is_the_caches_own(
    run: Run, server: WebServer, folder: Path, tmp_path: Path
) -> None:
    (folder / "blobs" / "ab").mkdir(parents=True)
    mine = [folder / "notes.txt", folder / "blobs" / "ab" / "notes.txt"]
    for path in mine:
        path.write_text("mine")
    run(server.add("/a.png", webserver.picture(PNG)), f"{server.address}/gone.png")
    with Cache(folder) as cache:
        cache.put_processed("key", ready(tmp_path, PNG * 2))
        info = cache.info()
        assert (info.pictures, info.processed, info.failures, info.size) == (1, 1, 1, 3 * len(PNG))
        cache.clear()
        info = cache.info()
        assert (info.pictures, info.processed, info.failures, info.size) == (0, 0, 0, 0)
    assert all(path.read_text() == "mine" for path in mine)
    assert not [path for path in (folder / "blobs").glob("*/*") if len(path.name) == 64]


def age(folder: Path, seconds: float) -> None:
    """Make everything in the cache older."""
    index = sqlite3.connect(folder / "index-3.sqlite3")
    with index:
        index.execute("UPDATE entry SET used = used - ?", (seconds,))
        index.execute("DELETE FROM entry WHERE kind = 'upkeep'")
    index.close()
    then = time.time() - seconds
    for path in (folder / "blobs").glob("*/*"):
        os.utime(path, (then, then))


def test_entries_used_longest_ago_are_removed_first(run: Run, server: WebServer, folder: Path) -> None:
    addresses = [
        server.add(f"/{number}.png", webserver.cacheable(PNG + bytes([number]), FRESH)) for number in range(10)
    ]
    run(*addresses)
    age(folder, 100_000)
    run(*addresses[:3])
    with Cache(folder, max_bytes=6 * len(PNG)):
        pass
    assert len(list((folder / "blobs").glob("*/*"))) == 5
    with Cache(folder, max_bytes=10) as cache:
        pass
    server.forget()
    assert all(isinstance(result, Fetched) and result.from_cache for result in run(*addresses[:3]))
    with Cache(folder) as cache:
        assert cache.info().pictures == 3


def test_entries_not_used_for_long_are_removed(run: Run, server: WebServer, folder: Path, tmp_path: Path) -> None:
    run(server.add("/a.png", webserver.cacheable(PNG, FRESH)))
    with Cache(folder) as cache:
        cache.put_processed("key", ready(tmp_path, PNG * 2))
    age(folder, 100 * 86400.0)
    run(server.add("/b.png", webserver.cacheable(PNG + b"b", FRESH)))
    with Cache(folder) as cache:
        info = cache.info()
    assert (info.pictures, info.processed, info.size) == (1, 0, len(PNG) + 1)
    assert blob(folder).read_bytes() == PNG + b"b"


def test_files_that_killed_runs_left_are_removed_by_a_later_run(folder: Path) -> None:
    with Cache(folder) as cache:
        assert cache.parts is not None
        old, new = cache.parts / "part-old", cache.parts / "part-new"
    old.write_bytes(b"1")
    new.write_bytes(b"1")
    os.utime(old, (1e9, 1e9))
    with Cache(folder):
        pass
    assert (old.exists(), new.exists()) == (False, True)
