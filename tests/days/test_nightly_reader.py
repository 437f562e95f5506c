"""Three weeks of a reader abroad: each article in one book, whatever becomes of the network, the disk and the run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import commandline
import pytest
from archives import write_article
from cleanbooks import AssertClean
from openbook import OpenBook
from pictures import photo_file
from webserver import WebServer, after, picture

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="kills, and limits of the shell")]

FIRST = datetime(2022, 3, 1, 18, tzinfo=UTC)
NIGHTS = range(1, 22)
QUIET = {2, 4, 8}
LATE = {6: 2, 12: 9}  # the nights, and the days that their late articles are of
OUTAGE, FULL, KILLED, MOVED = 13, 15, 17, 20
SETTINGS = """
inputs = ["in"]
output = "today.epub"
series = "Morning news"
new = true
state = "seen.sqlite"
cache = "cache"
timezone = "{}"
retries = 0
allow-private-network = true
"""
ADDRESS = "https://www.news.example.org/{}"
COMMAND = ["build", "--config", "epubmaker.toml"]
PICTURES = 6  # of an article
OTHER_ADDRESSES = {  # of an article that comes again, the first one gone
    4: "https://news.example.org/{}?utm_medium=rss",
    7: ADDRESS + "?utm_source=feed&fbclid=7",
    8: "http://m.news.example.org/{}",
}


class Reader:
    """The folder of a reader, the nights, and what each book had."""

    def __init__(self, folder: Path, server: WebServer) -> None:
        self.folder = folder
        self.server = server
        self.arrived: list[str] = []
        self.books: dict[int, list[str]] = {}
        self.settle("Europe/Berlin")

    def settle(self, zone: str) -> None:
        (self.folder / "epubmaker.toml").write_text(SETTINGS.format(zone), encoding="utf-8")

    def write(self, name: str, day: int, *, link: str = ADDRESS, again: bool = False) -> Path:
        """Let an article of a day come in; one that comes again is no new one."""
        shown = "".join(f'<img src="{self.server.address}/{name}/{index}.jpg">' for index in range(PICTURES))
        body = f"<p>What happened on day {day}, as {name} tells it.</p>{shown}"
        place = self.folder / "in" / f"{name}{'-again' if again else ''}.txt"
        if not again:
            self.arrived.append(name)
            for index in range(PICTURES):
                self.server.add(
                    f"/{name}/{index}.jpg", picture(photo_file(80, 60, seed=len(self.arrived) * 10 + index))
                )
        return write_article(place, name, link=link.format(name), body=body, moment=FIRST + timedelta(days=day - 1))

    def environment(self, night: int) -> dict[str, str]:
        return {"SOURCE_DATE_EPOCH": str(int((FIRST + timedelta(days=night, hours=-12)).timestamp()))}

    def run(self, night: int) -> subprocess.CompletedProcess[str]:
        return commandline.run(*COMMAND, cwd=self.folder, fresh=False, **self.environment(night))

    def book(self) -> bytes:
        return (self.folder / "today.epub").read_bytes()

    def keep(self, night: int) -> None:
        """Take the book of a night along."""
        taken = self.folder / "shelf" / f"{night:02}.epub"
        taken.parent.mkdir(exist_ok=True)
        shutil.copy(self.folder / "today.epub", taken)
        book = OpenBook.read(taken)
        self.books[night] = [book.tree(name).findtext(".//{*}h1", "") for name in book.chapters]
        assert len(book.pictures) >= PICTURES * len(book.chapters)  # the cover may be one more


@contextmanager
def outage(server: WebServer) -> Iterator[None]:
    server.resets_connections = True
    try:
        yield
    finally:
        server.resets_connections = False


def run_on_a_full_disk(reader: Reader, night: int) -> subprocess.CompletedProcess[str]:
    """Run a night on which no file can become as large as the book."""
    line = 'ulimit -f 100; exec "$@"'
    return subprocess.run(
        ["bash", "-c", line, "bash", *commandline.COMMAND, *COMMAND],
        cwd=reader.folder,
        env={**os.environ, **reader.environment(night)},
        check=False,
        capture_output=True,
        text=True,
    )


def kill_in_the_middle(reader: Reader, night: int, name: str) -> None:
    """Start a night and kill it while it waits for a picture."""
    address, held = f"/{name}/0.jpg", threading.Event()
    reader.server.add(address, after(held, picture(photo_file(80, 60, seed=night))))
    running = commandline.start(COMMAND, cwd=reader.folder, environment=reader.environment(night))
    while address not in reader.server.paths:
        assert running.returncode is None
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    held.set()


def test_three_weeks_of_nights(tmp_path: Path, assert_clean: AssertClean) -> None:
    expected: dict[int, list[str]] = {}
    with WebServer() as server:
        reader = Reader(tmp_path, server)
        for night in NIGHTS:
            before = len(reader.arrived)
            if night == MOVED:
                reader.settle("Asia/Tokyo")
            come_in(reader, night)
            news = sorted(reader.arrived[before:])
            stood = reader.book() if night > 1 else b""
            if night == OUTAGE:
                with outage(server):
                    done = reader.run(night)
                assert (done.returncode, done.stdout) == (4, "")
                assert re.fullmatch(
                    r"error: today\.epub: the network failed for 12 of 12 pictures \(.*\), and an older book stays; "
                    r"try again later, or give --max-missing 100\n",
                    done.stderr,
                )
            elif night == FULL:
                done = run_on_a_full_disk(reader, night)
                assert (done.returncode, done.stdout) == (1, "")
                assert re.fullmatch(r"error: today\.epub: [^;]*; [^;\n]*\n", done.stderr), done.stderr
            elif night == KILLED:
                kill_in_the_middle(reader, night, news[0])
            else:
                done = reader.run(night)
                assert (done.returncode, done.stderr) == (0, ""), (night, done)
            if night in {OUTAGE, FULL, KILLED}:
                expected[night + 1] = news
                assert reader.book() == stood
            elif news:
                expected[night] = sorted([*expected.get(night, []), *news])
                reader.keep(night)
                assert sorted(reader.books[night]) == expected[night], night
                assert not [path for path in tmp_path.iterdir() if "tmp" in path.name]
            else:
                assert re.fullmatch(
                    r"nothing to do: none is left of \d+ articles: .*\d+ in earlier books.*\n", done.stdout
                )
                assert reader.book() == stood

    assert Counter(name for names in reader.books.values() for name in names) == Counter(reader.arrived)
    assert reader.books.keys() == set(NIGHTS) - QUIET - {OUTAGE, FULL, KILLED}
    shown = commandline.run("state", "show", "--state", "seen.sqlite", cwd=tmp_path).stdout
    assert shown.startswith(
        f"Morning news: {len(reader.arrived)} articles in {len(reader.books)} books, the last 2022-03-22"
    )

    books = {night: OpenBook.read(tmp_path / "shelf" / f"{night:02}.epub") for night in reader.books}
    assert len({book.metadata["identifier"] for book in books.values()}) == len(books)
    assert [days(books[night]) for night in (6, 12)] == [[2, 6], [9, 12]]  # a late one under the day that it is of
    # Six in the evening in London is the next day in Tokyo.
    assert [days(books[night]) for night in (MOVED - 1, MOVED)] == [[MOVED - 1], [MOVED + 1]]
    assert_clean(*sorted((tmp_path / "shelf").iterdir()))


def days(book: OpenBook) -> list[int]:
    """Return the days of the month that a book has articles of."""
    moments = [book.tree(name).find(".//{*}time") for name in book.chapters]
    return sorted({int(re.findall(r"\d+", moment.get("datetime", ""))[2]) for moment in moments if moment is not None})


def come_in(reader: Reader, night: int) -> None:
    """Let in what comes before a night, and take away what is withdrawn."""
    folder = reader.folder / "in"
    if night not in QUIET:
        reader.write(f"morning-{night}", night)
        reader.write(f"evening-{night}", night)
    if night in LATE:
        reader.write(f"late-{night}", LATE[night])
    if night in OTHER_ADDRESSES:
        name = f"morning-{night - 1}"
        (folder / f"{name}.txt").unlink()
        reader.write(name, night - 1, link=OTHER_ADDRESSES[night], again=True)
    match night:
        case 9:
            (folder / "evening-5.txt").unlink()  # it was in a book
        case 10:
            (folder / "evening-10.txt").unlink()  # it never will be
            reader.arrived.remove("evening-10")
        case 11:
            reader.write("evening-5", 5, again=True)
