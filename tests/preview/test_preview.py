"""The preview's server: one book to whom knows the address, and nothing else to anybody. And what its sources are."""

from __future__ import annotations

import json
import os
import socket
import sys
import zipfile
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import commandline
import pytest
from minibook import write_book
from previewing import previewing

from epubmaker.model.chapters import Document
from epubmaker.preview.watch import Watch

TEXT = b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head><body><p>Text</p></body></html>'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a book that has a file that its manifest does not name."""
    home = tmp_path_factory.mktemp("home")
    write_book(home / "b.epub", [Document("one.xhtml", TEXT)], styles={"a b.css": "p { margin: 0 }", "n.bin\n": "x"})
    with zipfile.ZipFile(home / "b.epub", "a") as book:
        book.writestr("EPUB/secret.xhtml", TEXT)
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with previewing(home, "b.epub") as address:
        yield address
    if sys.platform != "win32":
        assert list((home / "tmp").iterdir()) == []  # its copy of the book is gone


def ask(address: str, method: str = "GET", path: str = "", **headers: str) -> tuple[HTTPResponse, bytes]:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        whole = path if path.startswith("/") else parts.path + path
        connection.request(method, whole, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_the_page_and_what_it_shows(address: str) -> None:
    for path, media_type in (("", "text/html"), ("page.css", "text/css"), ("page.js", "text/javascript")):
        answer, body = ask(address, path=path)
        assert (answer.status, answer.headers.get_content_type(), bool(body)) == (200, media_type, True)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    _, body = ask(address, path="book.json")
    book = json.loads(body)["book"]
    assert (book["title"], book["spine"]) == ("Test", ["EPUB/nav.xhtml", "EPUB/one.xhtml"])
    assert book["contents"] == [[1, "one.xhtml", "EPUB/one.xhtml", ""]]


def test_files_of_the_book_come_with_the_manifests_media_types_and_may_reach_nothing(address: str) -> None:
    answer, body = ask(address, path="book/1/EPUB/a%20b.css")
    assert (answer.headers["Content-Type"], body) == ("text/css", b"p { margin: 0 }")
    answer, body = ask(address, path="text/1/EPUB/one.xhtml")
    assert (answer.headers["Content-Type"], body) == ("text/plain", TEXT)
    answer, body = ask(address, path="book/1/EPUB/one.xhtml")
    assert answer.headers["Content-Type"] == "application/xhtml+xml"
    assert b"Text" not in body  # the page puts it there, without what is not of the book
    for header, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")):
        assert answer.headers[header] == value
    policy = dict(each.strip().partition(" ")[::2] for each in answer.headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["form-action"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert "allow-scripts" not in policy["sandbox"]
    assert not {"script-src", "connect-src", "frame-src"} & policy.keys()


@pytest.mark.parametrize(
    "path",
    [
        "book/1/EPUB/secret.xhtml",
        "book/1/META-INF/container.xml",
        "book/1/mimetype",
        "book/1/../b.epub",
        "book/1/%2e%2e/%2e%2e/b.epub",
        "book/1//etc/passwd",
        "book/1/EPUB/one.xhtml%00",
        "book/1/EPUB/%ff",
        "other/1/EPUB/one.xhtml",
        "page.html",
        "__init__.py",
        "../",
        "/",
        "/favicon.ico",
        "/wrong-token/",
        "/wrong-tok%C3%A9n/book.json",
    ],
)
def test_there_is_nothing_else(address: str, path: str) -> None:
    answer, body = ask(address, path=path)
    assert (answer.status, body) == (404, b"")


def test_names_of_others_that_lead_here_are_refused(address: str) -> None:
    port = urlsplit(address).port
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1:{port}.evil.example", ""):
        assert ask(address, Host=host)[0].status == 421
        assert ask(address, "POST", "choose?device=kindle", Host=host)[0].status == 421
    assert ask(address, Host=f"localhost:{port}")[0].status == 200


def test_only_a_device_and_a_style_can_be_chosen(address: str) -> None:
    assert ask(address, "POST", "choose?device=kindle")[0].status == 204
    assert ask(address, "POST", "choose?device=none")[0].status == 400
    assert ask(address, "POST", "choose?style=/etc/passwd")[0].status == 400
    assert ask(address, "POST", "choose?style=plain")[0].status == 400  # the book is in none of the styles
    assert ask(address, "POST", "book.json")[0].status == 405
    assert ask(address, "PUT", "choose?device=kindle")[0].status == 405
    assert ask(address, "GET", "choose?device=kindle")[0].status == 404
    answer, body = ask(address, "HEAD", "book.json")
    assert (answer.status, body) == (200, b"")


def test_what_cannot_be_shown_is_one_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    Path("damaged.epub").write_bytes(b"PK\3\4 and no more")
    Path("two.toml").write_text('[[book]]\nname = "a"\n[[book]]\nname = "b"\n')
    Path("empty").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for words, status, said in (
            ("missing.epub", 2, "missing.epub: no such file"),
            ("damaged.epub", 1, "error: damaged.epub: not a readable book"),
            ("b.epub --title Other", 2, "--title: is for inputs"),
            ("b.epub --style plain", 2, "--style: the style of this finished book is none of epubmaker's"),
            (f"b.epub --port {port}", 1, f"port {port}: cannot be listened at"),
            ("-", 2, "-: standard input can be read once"),
            ("empty", 1, "empty: no article in it"),
            ("--config two.toml", 2, "two.toml: has 2 books; choose one with --book: a, b"),
            ("--send-to a@example.org b.epub", 2, "--send-to: no such flag"),
        ):
            done = commandline.here("preview", *words.split())
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1), done.stderr
            assert said in done.stderr


def test_a_change_is_seen_once_the_files_rest(tmp_path: Path) -> None:
    for name in ("in/deep/a.txt", "in/.hidden/b.txt", "in/cache/c.txt", "style.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    watch = Watch([tmp_path / "in", tmp_path / "style.css", tmp_path / "missing"], [tmp_path / "in/cache"])
    before = watch.state()
    for name in ("in/.hidden/b.txt", "in/cache/c.txt"):
        (tmp_path / name).write_text("longer")
        assert watch.state() == before
    for name in ("in/deep/a.txt", "style.css", "missing", "in/new.txt"):
        (tmp_path / name).write_text("longer")
        last, before = before, watch.state()
        assert last != before
    burst = iter(["in/1.txt", "in/2.txt", "in/3.txt", "", ""])
    seen = []

    def pause(_seconds: float) -> bool:
        name = next(burst)
        seen.append(name)
        if name:
            (tmp_path / name).write_text("new")
        return False

    watch.wait(before, pause)
    assert seen == ["in/1.txt", "in/2.txt", "in/3.txt", ""]
    (tmp_path / "in/1.txt").unlink()
    os.utime(tmp_path / "in/2.txt", (1, 1))
    assert watch.state() != before
    watch.wait(before, lambda _seconds: True)  # something else was asked for
