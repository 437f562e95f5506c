"""Damages of every kind to a real cache, different ones each time: the book is always that of a build without a cache."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import commandline
import pytest
import webserver
from archives import write_archive
from cleanbooks import AssertClean
from effort import effort
from pictures import jpeg
from rebuilt import Archive
from webserver import WebServer

from epubmaker.collector.cache.store import Cache
from epubmaker.collector.web.fetch import Fetcher
from epubmaker.model.pictures import Fetched, Picture, PictureRef, PictureRequest
from epubmaker.reuse.store import BOOKS, FILES, HEADS, Store
from epubmaker.storage.database import Database

pytestmark = pytest.mark.slow

COUNT = 4
TRIALS = effort(300)  # of each kind, with up to 200 changed bytes in each
TITLES = ("A title", "Another")
SAID = {"cache-damaged", "cache-unusable"}
MOST_SECONDS = 60  # of one trial, which must not hang on a pipe or a loop of pages
INDEX, STORE = "index-3.sqlite3", "rebuild-7.sqlite3"
# What SQLite may hold in any column, whatever that is declared as.
VALUES: tuple[object, ...] = (
    *(None, 0, -1, 2**62, -(2**62), 1e308, float("inf"), "", "x", "\0", "../../x", "/etc/passwd", "CON", "[[", "{}"),
    *(b"", b"\xff\xfe\xff", bytes(5), "9" * 100_000, b"[" * 100_000),
)
# Values that a row may hold in place of another, with a right checksum. No other whole numbers: any is valid.
POISON: tuple[object, ...] = (
    *(None, -1, True, 1e308, "", "\0", "../../x", "/x", "C:\\x", "CON", "x" * 5000, "<p>", "\ud800", [], {}, [[]]),
)
# How many bytes of a row's record come before its JSON: the checksum of a book, the version of the program.
PREFIXES = {BOOKS: 64, HEADS: 16}

Files = Mapping[str, bytes]


@pytest.fixture
def dice(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        for number in range(COUNT):
            running.add(f"/{number}", webserver.cacheable(jpeg(90 + number, 60), {"Cache-Control": "max-age=36000"}))
        yield running


class Model:
    """A folder of articles with a cache as real builds leave it, and the books that builds without one make."""

    def __init__(self, folder: Path, pictures: str | None) -> None:
        write_archive(folder / "in", COUNT, pictures=pictures)
        self.archive = Archive(folder)
        self.cache = folder / "cache"
        while True:  # heads are kept of files that nobody has written to for two seconds
            for title in TITLES:
                self.archive.build(title=title)
            with Store(self.cache) as store:
                if store.count(FILES) == COUNT and store.count(BOOKS):
                    break
            time.sleep(0.1)
        self.books = {title: self.archive.from_nothing(title=title) for title in TITLES}
        self.last = self.archive.output.read_bytes()
        self.files = {
            str(path.relative_to(self.cache)): path.read_bytes()
            for path in self.cache.rglob("*")
            if path.is_file() and not path.name.endswith("-journal")  # empty
        }

    def restore(self) -> None:
        """Put the cache and the last book back as they were."""
        for path in self.cache.rglob("*"):
            if path.is_file() and str(path.relative_to(self.cache)) not in self.files:
                path.unlink()
        for name, data in self.files.items():
            path = self.cache / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != data:
                path.write_bytes(data)
        (self.cache / "parts").mkdir(exist_ok=True)
        self.archive.output.write_bytes(self.last)

    def assert_made(self, title: str, what: str) -> None:
        with limit():
            report = self.archive.build(title=title)
        assert self.archive.output.read_bytes() == self.books[title], what
        assert {issue.code for issue in report.issues} <= SAID, what


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return Model(tmp_path_factory.mktemp("texts"), None)


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory, server: WebServer) -> Model:
    return Model(tmp_path_factory.mktemp("pictured"), server.address)


@contextmanager
def limit() -> Iterator[None]:
    """Raise TimeoutError after `MOST_SECONDS`."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# --- damages ---------------------------------------------------------------------------------------------------------


def damage(dice: random.Random, folder: Path, files: Files) -> str:
    """Damage one file of a cache in one way; return a description."""
    name = dice.choice([name for name in files if name.endswith("sqlite3")] * 3 + sorted(files))
    path = folder / name
    kinds = [flip, flip, flip, cut, grow] + [nonsense] * 3 * name.endswith("sqlite3")
    kind = dice.choice(kinds)
    return f"{name}: {kind.__name__} {kind(dice, path)}"


def flip(dice: random.Random, path: Path) -> str:
    """Set some bytes, all over the file or in one page of it, to others."""
    data = bytearray(path.read_bytes()) or bytearray(1)
    start, stop = 0, len(data)
    if dice.random() < 0.5 and stop > 4096:
        start = dice.randrange(stop // 4096) * 4096
        stop = start + dice.choice((100, 4096))
    places = [dice.randrange(start, stop) for _ in range(dice.choice((1, 1, 3, 20, 200)))]
    for place in places:
        data[place] = dice.choice((data[place] ^ 1 << dice.randrange(8), dice.randrange(256), 0, 255))
    path.write_bytes(data)
    return f"{places}"


def cut(dice: random.Random, path: Path) -> str:
    data = path.read_bytes()
    length = dice.randrange(len(data) or 1)
    path.write_bytes(data[:length])
    return f"{length}"


def grow(dice: random.Random, path: Path) -> str:
    with path.open("ab") as file:
        file.write(dice.randbytes(dice.choice((1, 4096, 100_000))))
    return ""


def nonsense(dice: random.Random, path: Path) -> str:
    """Set a column of rows to a value that it should never have."""
    what = ""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(path)) as rows,
        rows,
    ):  # damaged already; two rows with one key
        kind = dice.choice([kind for (kind,) in rows.execute("SELECT DISTINCT kind FROM entry ORDER BY kind")])
        column = dice.choice([row[1] for row in rows.execute("PRAGMA table_info(entry)")])
        value = dice.choice(VALUES)
        term = dice.choice(("?1", "CAST(?1 AS TEXT)", "CAST(?1 AS BLOB)"))
        one = dice.choice(
            ("key", "(SELECT min(key) FROM entry WHERE kind = ?2)", "(SELECT max(key) FROM entry WHERE kind = ?2)")
        )
        what = f"{kind}: {column} = {term} {value!r:.40} where key = {one}"
        rows.execute(f"UPDATE entry SET {column} = {term} WHERE kind = ?2 AND key = {one}", (value, kind))
    return what


# --- the trials ------------------------------------------------------------------------------------------------------


def test_a_damaged_store_never_changes_a_book(texts: Model, dice: random.Random) -> None:
    files = {name: data for name, data in texts.files.items() if name == STORE}
    for _ in range(TRIALS):
        texts.restore()
        what = damage(dice, texts.cache, files)
        texts.assert_made(dice.choice(TITLES), what)


def test_damaged_pictures_never_come_out_of_a_cache(pictured: Model, server: WebServer, dice: random.Random) -> None:
    files = {name: data for name, data in pictured.files.items() if name != STORE}
    with closing(sqlite3.connect(f"file:{pictured.cache / INDEX}?mode=ro", uri=True)) as rows:
        keys = [key for (key,) in rows.execute("SELECT key FROM entry WHERE kind = 'processed'")]
    pictured.restore()
    with Cache(pictured.cache) as cache:
        ready = {key: cache.get_processed(key, "http://x/") for key in keys}
        bytes_of = {file.path: file.path.read_bytes() for one in ready.values() for file in getattr(one, "files", ())}
    work = pictured.archive.folder / "work"
    work.mkdir()
    for _ in range(TRIALS):
        pictured.restore()
        what = damage(dice, pictured.cache, files)
        with limit(), Cache(pictured.cache) as cache, Fetcher(pictured.archive.options.network, work, cache) as fetcher:
            for key in keys:
                found = cache.get_processed(key, "http://x/")
                assert found in {None, ready[key]}, what
                for file in found.files if isinstance(found, Picture) else ():
                    assert file.path.read_bytes() == bytes_of[file.path], what
            for number in range(COUNT):
                request = PictureRequest(PictureRef((f"{server.address}/{number}",)), None, work, work)
                body = fetcher.fetch(request)
                assert isinstance(body, Fetched), what
                assert body.path.read_bytes() == jpeg(90 + number, 60), what
            assert {issue.code for issue in cache.issues} <= SAID, what


def test_a_damaged_cache_never_changes_a_book_with_pictures(pictured: Model, dice: random.Random) -> None:
    for _ in range(effort(40)):
        pictured.restore()
        what = "; ".join(damage(dice, pictured.cache, pictured.files) for _ in range(dice.choice((1, 1, 4))))
        pictured.assert_made(dice.choice(TITLES), what)


def test_the_command_makes_the_book_from_a_damaged_cache(pictured: Model, dice: random.Random) -> None:
    inputs, output = pictured.archive.inputs, pictured.archive.output
    for _ in range(10):
        pictured.restore()
        what = "; ".join(damage(dice, pictured.cache, pictured.files) for _ in range(3))
        title = dice.choice(TITLES)
        given: list[str | Path] = ["build", inputs, "-o", output, "-t", title, "--cache", pictured.cache, "-q"]
        with limit():
            done = commandline.run(*given, "--no-cover", "--allow-private-network", cwd=pictured.archive.folder)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), what
        assert output.read_bytes() == pictured.books[title], what


def poisoned(dice: random.Random, values: Any) -> Any:
    """Return JSON values with one of them replaced."""
    if not isinstance(values, list | dict) or not values or dice.random() < 0.1:
        return dice.choice(POISON)
    copy = values.copy()
    place = dice.choice(list(copy) if isinstance(copy, dict) else range(len(copy)))
    copy[place] = poisoned(dice, copy[place])
    return copy


def poison(dice: random.Random, folder: Path) -> str:
    """Put other values into one row, with a right checksum."""
    store = dice.random() < 0.5
    with Store(folder) if store else Database(folder / INDEX, "cache") as rows:
        with closing(sqlite3.connect(rows.path)) as tables:
            kinds = [kind for (kind,) in tables.execute("SELECT DISTINCT kind FROM entry ORDER BY kind")]
        kind, row = dice.choice([(kind, row) for kind in kinds for row in rows.all(kind) if row.record])
        packed, size = kind == BOOKS, PREFIXES.get(kind, 0)
        head, record = row.record[:size], row.record[size:]
        record = zlib.decompress(record) if packed else record
        other = json.dumps(poisoned(dice, json.loads(record))).encode()
        rows.put(kind, row.key, head + (zlib.compress(other) if packed else other), row.body)
    return f"{kind} {other!r:.300}"


def test_a_poisoned_row_names_no_file_and_spoils_no_book(
    pictured: Model, dice: random.Random, tmp_path: Path, assert_clean: AssertClean
) -> None:
    names = {title: set(zipfile.ZipFile(pictured.archive.output).namelist()) for title in TITLES}
    books = []
    for number in range(effort(50)):
        pictured.restore()
        what = poison(dice, pictured.cache)
        title = dice.choice(TITLES)
        with limit():
            pictured.archive.build(title=title)
        with zipfile.ZipFile(pictured.archive.output) as book:
            assert book.testzip() is None, what
            assert set(book.namelist()) == names[title], what
        if pictured.archive.output.read_bytes() != pictured.books[title]:
            books.append((tmp_path / f"{number}.epub", what))
            shutil.copyfile(pictured.archive.output, books[-1][0])
    for result, (_, what) in zip(assert_clean.results(*(path for path, _ in books)), books, strict=True):
        found = [message for message in result.messages if message.severity in {"fatal", "error", "warning"}]
        assert found == [], what
