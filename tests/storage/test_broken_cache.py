"""Caches that are damaged, replaced or gone: the book is that of a build without one, and a warning says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import webserver
from archives import write_archive
from pictures import jpeg
from rebuilt import Archive
from webserver import WebServer

from epubmaker.pipeline.build import Progress, build
from epubmaker.storage.files import CACHE_TAG

COUNT = 4
FRESH = {"Cache-Control": "max-age=36000"}
FILES = ("index-3.sqlite3", "rebuild-7.sqlite3")

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        for number in range(COUNT):
            running.add(f"/{number}", webserver.cacheable(jpeg(90 + number, 60), FRESH))
        yield running


@pytest.fixture(scope="module")
def model(server: WebServer, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A folder of articles with pictures, built once: its cache is to be copied, not used."""
    folder = tmp_path_factory.mktemp("model")
    write_archive(folder / "in", COUNT, pictures=server.address)
    archive = Archive(folder)
    archive.build()
    return archive


@pytest.fixture
def archive(model: Archive, tmp_path: Path) -> Archive:
    """The same articles with a copy of the cache, and another title: chapters and pictures are found, the book is made."""
    copy = Archive(tmp_path)
    copy.options = replace(model.options, cache=tmp_path / "cache", output=tmp_path / "book.epub", title="Another")
    shutil.copytree(model.folder / "cache", tmp_path / "cache")
    return copy


@pytest.fixture(scope="module")
def expected(model: Archive) -> bytes:
    return model.from_nothing(title="Another")


def codes(archive: Archive) -> set[str]:
    return {issue.code for issue in archive.build().issues}


# --- what lies in a file's place -------------------------------------------------------------------------------------

PLACES: dict[str, Damage] = {
    "a folder": lambda path: path.mkdir(),
    "a folder with something in it": lambda path: (path / "x").mkdir(parents=True),
    "a pipe": lambda path: os.mkfifo(path),  # noqa: PLW0108 - Windows has none
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a file": lambda path: path.symlink_to(path.parent.parent / "mine"),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "no database": lambda path: path.write_bytes(b"no database" * 1000),
    "zeros": lambda path: path.write_bytes(bytes(5000)),
}

ENDINGS = ("", "-journal", "-wal", "-shm")
OF_DATABASES = tuple(f"{file}{ending}" for file in FILES for ending in ENDINGS)
NAMES = (*OF_DATABASES, CACHE_TAG, "parts", "blobs")
SOME = {
    "pictures": FILES[:1],
    "chapters": FILES[1:],
    "beside databases": tuple(name for name in OF_DATABASES if name not in FILES),
    "beside them": (CACHE_TAG, "parts", "blobs"),
}

# The issue that it causes, and in the place of which files. Anything else is removed and costs nothing.
SAID = {
    "a folder with something in it": ("cache-unusable", OF_DATABASES),
    "no database": ("cache-damaged", FILES),
    "zeros": ("cache-damaged", FILES),
}


def put_in_place(archive: Archive, place: str, *names: str) -> None:
    for name in names:
        path = archive.folder / "cache" / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        PLACES[place](path)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and links of POSIX")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "names",
    [
        pytest.param(NAMES, id="all"),
        *(pytest.param(names, id=which, marks=pytest.mark.slow) for which, names in SOME.items()),
    ],
)
def test_anything_in_the_place_of_a_cache_file_leaves_the_book_as_it_is(
    archive: Archive, expected: bytes, place: str, names: tuple[str, ...]
) -> None:
    mine = archive.folder / "mine"
    mine.write_bytes(b"mine")
    put_in_place(archive, place, *names)

    code, files = SAID.get(place, ("", ()))
    assert codes(archive) == ({code} if {*files} & {*names} else set())
    assert archive.output.read_bytes() == expected
    assert mine.read_bytes() == b"mine"


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_old_files_in_a_folder_that_a_link_leads_to_are_not_swept(archive: Archive, expected: bytes) -> None:
    mine = archive.folder / "mine"
    mine.mkdir()
    file = mine / "part-1"
    file.write_bytes(b"mine")
    os.utime(file, (1e9, 1e9))
    parts = archive.folder / "cache" / "parts"
    parts.rmdir()
    parts.symlink_to(mine)

    archive.build()
    assert archive.output.read_bytes() == expected
    assert file.read_bytes() == b"mine"


# --- databases that are none of ours ---------------------------------------------------------------------------------

SCHEMAS = {
    "a view": ["ALTER TABLE entry RENAME TO other", "CREATE VIEW entry AS SELECT * FROM other"],
    "a trigger": ["CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END"],
    "no index": ["DROP INDEX entry_by_use"],
    "another column": ["ALTER TABLE entry RENAME COLUMN record TO other"],
    "one table more": ["CREATE TABLE other (x)"],
    "a log": ["PRAGMA journal_mode = WAL"],
}


@pytest.mark.parametrize("change", SCHEMAS)
def test_a_database_with_another_schema_is_thrown_away(archive: Archive, expected: bytes, change: str) -> None:
    for file in FILES:
        with closing(sqlite3.connect(archive.folder / "cache" / file)) as rows:
            for statement in SCHEMAS[change]:
                rows.execute(statement).fetchall()

    assert codes(archive) == (set() if change == "a log" else {"cache-damaged"})
    assert archive.output.read_bytes() == expected
    assert codes(archive) == set()


@pytest.mark.slow  # it waits for the lock
def test_a_database_that_another_process_locks_is_not_used(archive: Archive, expected: bytes) -> None:
    with closing(sqlite3.connect(archive.folder / "cache" / FILES[1])) as rows:
        rows.execute("BEGIN EXCLUSIVE")
        assert codes(archive) == {"cache-unusable"}
    assert archive.output.read_bytes() == expected


def test_a_cache_that_goes_away_while_the_book_is_made_is_done_without(archive: Archive, expected: bytes) -> None:
    cache = archive.folder / "cache"

    def show(progress: Progress) -> None:
        if progress.phase == "articles":
            shutil.rmtree(cache, ignore_errors=True)

    report = build(archive.options, show)

    assert archive.output.read_bytes() == expected
    assert [(issue.code, issue.where) for issue in report.issues] == [("cache-unusable", str(cache))]
