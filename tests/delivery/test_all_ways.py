"""Shelf, copy, mail and command: each is tried, whatever becomes of the others, and each failure is a line."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from itertools import product
from pathlib import Path

import commandline
import pytest
from archives import write_article
from mailserver import USER, MailServer, stay_in

WAYS = ("shelf", "copy", "mail", "then")
THEN = "import sys; open('called', 'w').close(); sys.exit(len(sys.argv) - 2)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an article; what is remembered lies there, too. Nothing must outlive a power cut."""
    stay_in(tmp_path, monkeypatch)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    write_article(Path("in/a.txt"), "One")
    Path("reader").mkdir()
    return tmp_path


def build(server: MailServer, *flags: str, then: str = "") -> subprocess.CompletedProcess[str]:
    command = f'"{sys.executable}" -c "{THEN}"{then}'
    done = commandline.here(
        *("build", "in", "-o", "b.epub", "--title", "T", "--no-cover", "--cache", "cache", "--report", "r.json"),
        *("--shelf", "shelf", "--copy-to", "reader", "--send-to", "me@example.net", "--then", command),
        *("--mail-host", "localhost", "--mail-port", str(server.port), "--mail-from", USER, "--mail-user", USER),
        *flags,
    )
    assert "Traceback" not in done.stderr
    return done


def break_shelf() -> None:
    """Let the catalog of the shelf have no place, which is known only once a book is put there."""
    Path("shelf/catalog").mkdir(parents=True)
    Path("shelf/catalog/README.txt").touch()
    Path("shelf/opds.json/mine").mkdir(parents=True)


@pytest.mark.parametrize(
    "fails", [*product((False, True), repeat=4)], ids=lambda each: "".join("-x"[way] for way in each)
)
def test_each_way_of_delivery_is_tried_whatever_becomes_of_the_others(fails: tuple[bool, ...]) -> None:
    shelf_fails, copy_fails, mail_fails, then_fails = fails
    if shelf_fails:
        break_shelf()
    if copy_fails:
        Path("reader").rmdir()
    with MailServer() as server:
        server.replies = ["550 5.7.1 No"] if mail_fails else []

        done = build(server, "--new", then=" fail" if then_fails else "")

        said = [
            each["code"] for each in json.loads(Path("r.json").read_bytes())["issues"] if each["severity"] == "error"
        ]
        assert said == [f"delivery-{way}" for way, failed in zip(WAYS, fails, strict=True) if failed], done.stderr
        assert done.stderr.count("error: ") == sum(fails)
        assert done.returncode == (6 if any(fails) else 0)
        assert json.loads(Path("r.json").read_bytes())["shelved"] == (
            [] if shelf_fails else [str(Path("shelf/T.epub"))]
        )
        assert Path("reader/T.epub").exists() is not copy_fails
        assert bool(server.received) is not mail_fails
        assert Path("called").exists()
        again = build(server, "--new")
    assert ("in an earlier book" in again.stdout) is not shelf_fails


def test_articles_that_cannot_be_remembered_are_an_error_once_the_book_is_where_it_was_to_go() -> None:
    with MailServer() as server:
        flags = ("--new", "--state", "state.db")
        build(server, *flags)
        write_article(Path("in/b.txt"), "Two", link="https://example.org/2")
        with sqlite3.connect("state.db") as state:
            state.execute("CREATE TRIGGER full BEFORE INSERT ON book BEGIN SELECT RAISE(FAIL, 'no room'); END")
        state.close()
        Path("called").unlink()

        done = build(server, *flags)

        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert (
            "the book is made, but its articles cannot be remembered, and the next one repeats them: no room"
            in done.stderr
        )
        whole = Path("b.epub").read_bytes()
        assert whole in [path.read_bytes() for path in Path("shelf").glob("*.epub")]
        assert whole in [path.read_bytes() for path in Path("reader").iterdir()]
        assert whole == server.received[-1].book
        assert Path("called").exists()


def test_an_outbox_that_cannot_be_written_keeps_no_copy_back() -> None:
    with MailServer() as server:
        build(server)
        write_article(Path("in/b.txt"), "Two", link="https://example.org/2")
        with sqlite3.connect("state/epubmaker/mail/outbox.db") as outbox:
            outbox.execute("CREATE TRIGGER full BEFORE INSERT ON mail BEGIN SELECT RAISE(FAIL, 'no room'); END")
        outbox.close()

        done = build(server, "--new")

        assert (done.returncode, done.stderr.count("\n")) == (6, 1), done.stderr
        assert "the book is written, but not sent: no room" in done.stderr
        assert Path("b.epub").read_bytes() in [path.read_bytes() for path in Path("reader").iterdir()]
        assert len(server.received) == 1
        assert "in an earlier book" not in build(server, "--new").stdout


# Interrupts a run that begins to write a file of the shelf.
_INTERRUPTED = """
import os, signal
from epubmaker.cli import main
fsync = os.fsync
def interrupted(handle):
    fsync(handle)
    if "/shelf/" in os.readlink(f"/proc/self/fd/{handle}"):
        os.kill(os.getpid(), signal.SIGTERM)
os.fsync = interrupted
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the files of handles are known from /proc")
def test_an_interrupt_once_the_book_is_written_says_so() -> None:
    command = [sys.executable, "-c", _INTERRUPTED, "build", "in", "-o", "b.epub", "--no-cover", "--shelf", "shelf"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (130, "interrupted; the book is written\n")
    assert Path("b.epub").is_file()
