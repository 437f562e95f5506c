"""The shelf's server: its own files to whom may read them, and nothing else to anybody."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from select import select
from shutil import which
from threading import Thread
from urllib.parse import quote, urljoin

import commandline
import pytest
from lxml import etree
from pictures import photo_file
from readingsystems import MODULES, SCRIPT
from shelves import ATOM, write_epub

from epubmaker.shelf import server
from epubmaker.shelf.server import ShelfServer

NAME = "A “book” & more.epub"
PASSWORD = "ein Kennwört: lang"
OUTSIDE = b"secret of the user"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shelf, and what must stay hidden in it and beside it."""
    home = tmp_path_factory.mktemp("home")
    shelf = home / "shelf"
    write_epub(shelf / NAME, {"OEBPS/c.png": photo_file(30, 40)}, title="A", date="2022-01-01")
    assert commandline.here("shelf", "rebuild", str(shelf)).returncode == 0
    hidden = ("shelf/.hidden.xml", "shelf/catalog/.hidden.xml")
    beside = ("shelf/notes.txt", "shelf/page.html", "shelf/photo.jpg", "shelf/report.json", "shelf/own/a.epub")
    for path in ("secret.xml", *hidden, *beside):
        (home / path).parent.mkdir(exist_ok=True)
        (home / path).write_bytes(OUTSIDE)
    if sys.platform != "win32":
        (shelf / "link.xml").symlink_to(home / "secret.xml")
        (shelf / "inner.xml").symlink_to(shelf / "opds.xml")
        (shelf / "catalog" / "up").symlink_to(home)
        os.mkfifo(shelf / "pipe.xml")
    return home


@contextmanager
def serving(home: Path, *flags: str, **environment: str) -> Iterator[int]:
    """Serve the shelf by the command; yield the port."""
    command = ["shelf", "serve", "shelf", "--port", "0", *flags]
    address = r"http://127\.0\.0\.1:(\d+)/: shelf; "
    is_second = bool(flags or environment)  # while that of all tests runs
    with commandline.serving(command, address, folder=home, environment=environment, fresh=is_second) as found:
        yield int(found[1])


@pytest.fixture(scope="module")
def port(home: Path) -> Iterator[int]:
    with serving(home) as port:
        yield port


@pytest.mark.slow
@pytest.mark.skipif(which("node") is None, reason="needs Node.js")
@pytest.mark.skipif(not (MODULES / "node_modules" / "r2-opds-js").is_dir(), reason="needs r2-opds-js: see .ci/readers")
def test_a_reading_program_finds_all_books_in_both_catalogs(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    for number in range(80):  # two pages
        day = date(2022, 1, 1) + timedelta(days=number)
        values = {
            "title": f"N & {number}",
            "identifier": f"x:{number}",
            "date": f"{day}",
            "series": "S",
            "position": "2.5",
        }
        write_epub(shelf / f"b {number}.epub", {"OEBPS/c.png": photo_file(30, 40)}, **values)
    assert commandline.here("shelf", "rebuild", str(shelf)).returncode == 0
    with serving(tmp_path, "-v") as port:
        for root in ("opds.xml", "opds.json"):
            base = f"http://127.0.0.1:{port}"
            done = subprocess.run(
                ["node", SCRIPT.with_name("opds.cjs"), MODULES, f"{base}/{root}"],
                capture_output=True,
                timeout=60,
                check=True,
            )
            books = json.loads(done.stdout)
            assert [book["title"] for book in books] == [f"N & {number}" for number in reversed(range(80))]
            first = books[0]
            assert first["series"] == [["S", 2.5]]
            assert first["published"].startswith("2022-03-21")
            assert len(first["images"]) == 2
            for address, kind in ((first["images"][0], "image/jpeg"), (first["files"][0], "application/epub+zip")):
                answer, body = ask(port, address.removeprefix(base))
                assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
            assert body == (shelf / "b 79.epub").read_bytes()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def raw(port: int, request: bytes) -> bytes:
    """Return all that comes for bytes, until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        found = b""
        with suppress(ConnectionError):
            while piece := connection.recv(65536):
                found += piece
        return found


def test_a_reader_finds_and_gets_the_book_byte_for_byte(home: Path, port: int) -> None:
    base = f"http://127.0.0.1:{port}/opds.xml"
    answer, body = ask(port, base.partition(str(port))[2])
    assert (answer.status, answer.headers["Content-Type"]) == (
        200,
        "application/atom+xml;profile=opds-catalog;charset=utf-8",
    )
    first = etree.fromstring(body).find(f"{ATOM}entry/{ATOM}link").get("href")
    base = urljoin(base, first)
    feed = etree.fromstring(ask(port, base.partition(str(port))[2])[1])
    got = {}
    for link in feed.iterfind(f"{ATOM}entry/{ATOM}link"):
        answer, body = ask(port, urljoin(base, link.get("href")).partition(str(port))[2])
        got[answer.headers["Content-Type"]] = body
        assert answer.headers["Content-Type"] == link.get("type")
    assert got["application/epub+zip"] == (home / "shelf" / NAME).read_bytes()
    assert got["image/jpeg"].startswith(b"\xff\xd8")
    for path, media_type in (("/", "text/html; charset=utf-8"), ("/opds.json?x=/../..", "application/opds+json")):
        answer, _ = ask(port, path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    headers = dict(answer.headers.items())
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] == "epubmaker"
    head, body = ask(port, "/opds.json", "HEAD", Range="bytes=0-1")
    assert (head.status, body) == (200, b"")
    assert head.headers["Content-Length"] == headers["Content-Length"]


def test_conditions_and_ranges(port: int) -> None:
    path = quote(f"/{NAME}")
    whole, book = ask(port, path)
    size, tag, date = len(book), whole.headers["ETag"], whole.headers["Last-Modified"]

    for status, headers in (
        (304, {"If_None_Match": tag}),
        (304, {"If_None_Match": f'"other", W/{tag}'}),
        (304, {"If_None_Match": "*"}),
        (200, {"If_None_Match": '"other"', "If_Modified_Since": date}),
        (304, {"If_Modified_Since": date}),
        (200, {"If_Modified_Since": "Sat, 01 Jan 2000 00:00:00 GMT"}),
        (200, {"If_Modified_Since": "yesterday"}),
        (200, {"If_Modified_Since": "Sat, 01 Jan 99999 00:00:00 -9999"}),
    ):
        answer, body = ask(port, path, **headers)
        assert (answer.status, answer.headers["ETag"], body) == (status, tag, book if status == 200 else b""), headers
    for given, first, stop in (
        *(("0-0", 0, 1), ("10-19", 10, 20), ("10-", 10, size), ("-5", size - 5, size), (f"-{size * 2}", 0, size)),
        (f"{size - 1}-{size * 9}", size - 1, size),
    ):
        answer, body = ask(port, path, Range=f"bytes={given}", If_Range=tag)
        assert (answer.status, body) == (206, book[first:stop]), given
        assert answer.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{size}"
        assert answer.headers["Content-Length"] == str(stop - first)
    for given in (f"{size}-", f"{size * 2}-{size * 3}", "-0"):
        answer, body = ask(port, path, Range=f"bytes={given}")
        assert (answer.status, answer.headers["Content-Range"], body) == (416, f"bytes */{size}", b"")
    for given in (
        "bytes=9-5",
        "bytes=0-1,5-6",
        "bytes=-",
        "bytes=x-",
        "bytes=٣-",
        f"lines={1}-",
        f"bytes={'9' * 4000}-",
    ):
        answer, body = ask(port, path, Range=given.encode().decode("latin-1"))
        assert (answer.status, body) == (200, book), given
    assert ask(port, path, Range="bytes=0-1", If_Range='"other"')[0].status == 200
    assert ask(port, path, Range="bytes=0-1", If_Range=date)[0].status == 206


PATHS = (
    *(
        "/../secret.xml",
        "/..%2fsecret.xml",
        "/%2e%2e/secret.xml",
        "/%2e%2e%2fsecret.xml",
        "//../secret.xml",
        "/./opds.xml",
    ),
    *("/catalog/../../secret.xml", "/catalog/%2e%2e/%2e%2e/secret.xml", "/catalog/..%2f..%2fsecret.xml"),
    *(
        "/%252e%252e/secret.xml",
        "/..%c0%afsecret.xml",
        "/%c0%ae%c0%ae/secret.xml",
        "/..\\secret.xml",
        "/..%5csecret.xml",
    ),
    *(
        "/%00",
        "/opds.xml%00.html",
        "/opds.xml/",
        "/opds.xml/.",
        "/catalog/",
        "/catalog",
        "/%2fopds.xml",
        "/%",
        "/%ff.xml",
    ),
    *(
        "/.hidden.xml",
        "/%2ehidden.xml",
        "/catalog/.hidden.xml",
        "/notes.txt",
        "/page.html",
        "/photo.jpg",
        "/report.json",
        "/catalog/README.txt",
        "/own/a.epub",
        "/own",
    ),
    *("/link.xml", "/inner.xml", "/catalog/up/secret.xml", "/catalog/up/shelf/opds.xml", "/pipe.xml", "/no.xml"),
    *(
        "http://127.0.0.1/opds.xml",
        "opds.xml",
        "*",
        "/C:/opds.xml",
        "/opds.xml::$DATA",
        "/" + "a" * 5000,
        "/" + "x/" * 9000,
    ),
)


def test_no_way_leads_out_of_the_shelf_or_to_what_is_hidden(home: Path, port: int) -> None:
    for path in (*PATHS, quote(f"/{home}/secret.xml"), f"file://{home}/secret.xml"):
        found = raw(port, b"GET " + path.encode("latin-1") + b" HTTP/1.0\r\n\r\n")
        assert found.startswith(b"HTTP/1.1 404 "), path
        assert OUTSIDE not in found
        assert found.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /opds.xml HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", b"405"),
        (b"DELETE /opds.xml HTTP/1.0\r\n\r\n", b"405"),
        (b"BREW / HTTP/1.0\r\n\r\n", b"501"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.0\r\n\r\n", b"414"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"GET / HTTP/x\r\n\r\n", b"400"),
        (b"a\rSet-Cookie: x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.0\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
        (b"GET / HTTP/1.0\r\nA: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
        (b"GET /%0d%0aSet-Cookie:%20x=1 HTTP/1.0\r\n\r\n", b"404"),
        (b"GET /\rSet-Cookie:x HTTP/1.0\r\n\r\n", b"400"),
        (b"GET /opds.xml HTTP/1.0\r\nRange: bytes=0-1\rSet-Cookie: x\r\n\r\n", b"206"),
        (b"GET /opds.xml HTTP/1.0\r\nIf-Range: x\r\n Set-Cookie: x\r\nRange: bytes=0-1\r\n\r\n", b"200"),
    ],
    ids=range(13),
)
def test_odd_requests_are_answered_without_a_word_of_them(port: int, request_: bytes, status: bytes) -> None:
    found = raw(port, request_)

    head = found.partition(b"\r\n\r\n")[0]
    is_cut = len(request_) > 65_536 and not head  # closed before all was read, the connection may be reset
    assert head.startswith(b"HTTP/1.1 " + status) or is_cut, head[:200]
    assert b"Cookie" not in head
    assert len(re.findall(rb"HTTP/1\.1 \d", found)) <= 1


def test_what_follows_a_body_is_no_request(port: int) -> None:
    smuggled = b"GET /opds.xml HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for header in (b"Content-Length: 0", b"Transfer-Encoding: chunked"):
        found = raw(port, b"GET /opds.json HTTP/1.1\r\nHost: localhost\r\n" + header + b"\r\n\r\n" + smuggled)
        assert found.count(b"HTTP/1.1 200 OK") <= 1
    two = raw(port, smuggled + smuggled.replace(b"1.1", b"1.0"))
    assert two.count(b"HTTP/1.1 200 OK") == 2


def test_a_password_is_asked_for_and_never_said(home: Path) -> None:
    (home / "password").write_text(f"{PASSWORD}\nsecond line\n", encoding="utf-8")

    def basic(login: str) -> str:
        return f"Basic {b64encode(login.encode()).decode()}"

    with serving(home, "--user", "me", "--password-file", "password", "-v") as port:
        for wrong in (
            "",
            "Basic",
            "Basic !",
            "Basic é",
            basic("me:"),
            basic(f"you:{PASSWORD}"),
            basic(f"me:{PASSWORD}x"),
        ):
            answer, body = ask(port, "/opds.xml", Authorization=wrong)
            assert (answer.status, body) == (401, b""), wrong
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="shelf", charset="UTF-8"'
        assert ask(port, "/no.xml", "HEAD")[0].status == 401
        assert ask(port, "/opds.xml", Authorization=basic(f"me:{PASSWORD}"))[0].status == 200
        proxied = ask(port, "/opds.xml", Host="shelf.example.org", Authorization=basic(f"me:{PASSWORD}"))[0]
        assert proxied.status == 200
        raw(port, b"GET /\x1b[31m HTTP/1.0\r\n\r\n")
    said = (home / "said.txt").read_text(encoding="utf-8")
    assert '127.0.0.1: "GET /opds.xml HTTP/1.1" 200' in said
    assert PASSWORD not in said
    assert b64encode(PASSWORD.encode()).decode()[:10] not in said
    assert "\x1b" not in said
    with serving(home, EPUBMAKER_SHELF_PASSWORD="x") as port:
        assert ask(port, "/opds.xml")[0].status == 401
        assert ask(port, "/opds.xml", Authorization=basic("reader:x"))[0].status == 200


def test_passwords_cannot_be_tried_fast(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]
    monkeypatch.setattr(server, "monotonic", lambda: seconds[0])
    with ShelfServer(home / "shelf", ("127.0.0.1", 0), login="me:x") as shelf:
        Thread(target=shelf.serve_forever, args=(0.01,)).start()

        def status(password: str) -> tuple[int, str | None]:
            authorization = f"Basic {b64encode(f'me:{password}'.encode()).decode()}"
            answer, _ = ask(shelf.server_port, "/opds.xml", Authorization=authorization)
            return answer.status, answer.headers["Retry-After"]

        assert [status("wrong") for _ in range(11)] == [(401, None)] * 10 + [(429, "1")]
        assert status("x") == (429, "1")
        assert ask(shelf.server_port, "/opds.xml")[0].status == 401
        for wait in (2, 4, 8, 16, 30, 30):
            seconds[0] += 30
            assert [status("wrong"), status("wrong")] == [(401, None), (429, str(wait))]
        seconds[0] += 30
        assert [status("x"), status("wrong")] == [(200, None), (401, None)]
        shelf.shutdown()


def test_a_shelf_for_this_computer_alone_is_not_for_pages_of_strangers(port: int) -> None:
    for host, status in (
        *((f"127.0.0.1:{port}", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]:80", 200)),
        *(("evil.example", 421), ("localhost.evil.example", 421), ("127.0.0.1.evil.example:80", 421), ("", 421)),
    ):
        assert ask(port, "/opds.xml", Host=host)[0].status == status, host


def test_slow_clients_are_dropped(home: Path) -> None:
    with serving(home, "--timeout", "0.2") as port:
        for start in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: "):
            assert raw(port, start) == b""
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection, suppress(ConnectionError):
            while not select([connection], [], [], 0.02)[0]:  # bytes that come singly do not prolong the time
                connection.sendall(b"a")


def test_more_connections_than_there_are_threads_for_are_turned_away(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(32):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        assert raw(port, b"").startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    while ask(port, "/")[0].status == 503:  # until it is seen that these have gone
        pass


def test_wrong_usage_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    (home / "empty").write_bytes(b"\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for words, status, said in (
            ("shelf serve .", 2, "no shelf is there"),
            ("shelf serve shelf --password-file empty", 2, "the password is empty"),
            ("shelf serve shelf --user me", 2, "--user: has no password"),
            ("shelf serve shelf --user a:b", 2, "--user: a:b has a colon"),
            ("shelf serve shelf --password-file no", 2, "the password cannot be read"),
            (f"shelf serve shelf --port {taken.getsockname()[1]}", 1, "cannot be listened at"),
            ("shelf serve shelf --address no.invalid --port 0", 1, "cannot be listened at"),
        ):
            done: subprocess.CompletedProcess[str] = commandline.here(*words.split())
            assert (done.returncode, done.stderr.count("\n")) == (status, 1), done.stderr
            assert said in done.stderr
