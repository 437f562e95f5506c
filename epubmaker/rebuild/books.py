"""Whole books that nothing has changed for: what the last build reported is still true.

key       hash of: what makes books, the options and the files that they name, the plan with each article's hash
record    when the pictures' answers are due to be asked about, the local pictures with their hashes, the books with
          theirs, the report
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from epubmaker.config import Options
from epubmaker.documents import first_document
from epubmaker.model.articles import Entry, FileState, Issue, Plan
from epubmaker.model.books import Book, BookStatus
from epubmaker.packager.fontfolders import fonts_state
from epubmaker.rebuild.keys import key_of
from epubmaker.rebuild.maker import maker
from epubmaker.rebuild.signature import SETTLED, signature
from epubmaker.rebuild.store import Store
from epubmaker.report import ArticleRecord, PictureRecord, Report

if TYPE_CHECKING:
    from epubmaker.collector.origins.candidates import LocalFile

__all__ = ["Books", "Job", "book_key"]

# What says how, where to and how fast a book is made, but not what is in it.  `allow_private` is not among them.
_FREE = ("inputs", "output", "jobs", "check", "report", "cache", "make_folder", "force")
_FREE_NETWORK = ("connections", "per_host", "timeout", "retries", "backoff", "delay", "deadline", "refresh")
_PIECE = 1 << 20


class Books:
    """The books of a store."""

    def __init__(self, store: Store, settled: float = SETTLED) -> None:
        self._store = store
        self._settled = settled

    def known(self, output: Path) -> bool:
        """Tell whether anything is remembered of the book at a path."""
        return self._store.one("SELECT 1 FROM books WHERE path = ?", _name(output)) is not None

    def unchanged(self, job: Job, key: str) -> Report | None:
        """Return the report of the last build where another with this key would make the same, else None."""
        output = job.output
        row = self._store.one("SELECT record, used FROM books WHERE path = ? AND key = ?", _name(output), key)
        if row is None:
            return None
        try:
            record = json.loads(zlib.decompress(row[0]))
        except (ValueError, zlib.error):
            return None
        now = time.time()
        if not record["made"] <= now < record["until"]:
            return None
        if record["local"] != _found(record["local"], job.options.network.max_bytes):
            return None
        report = _report(record["report"], job.plan.entries)
        marks = [self._still_there(book, mark, now) for book, mark in zip(report.books, record["marks"], strict=True)]
        if None in marks:
            return None
        if marks != record["marks"]:
            record["marks"] = marks
            self._write(output, key, record)
        else:
            self._store.use("books", "path", _name(output), row[1])
        return report

    def keep(self, output: Path, key: str, report: Report, local_files: Mapping[LocalFile, str], until: float) -> None:
        """Remember a build; until `until`, in seconds since the epoch, its pictures need not be asked about.

        `local_files` are those that pictures were looked for in, with the hash or the code of failure that was found.
        """
        now = time.time()
        record = {
            "made": now,
            "until": until,
            "local": [[str(file.path), str(file.root), outcome] for file, outcome in local_files.items()],
            "marks": [""] * len(report.books),  # they were written just now, which proves nothing
            "report": _plain(report),
        }
        if now < until:
            self._write(output, key, record)

    def _write(self, output: Path, key: str, record: dict[str, Any]) -> None:
        packed = zlib.compress(json.dumps(record).encode(), 1)
        self._store.write("INSERT OR REPLACE INTO books VALUES (?, ?, ?, ?)", _name(output), key, packed, time.time())

    def _still_there(self, book: Book, mark: str, now: float) -> str | None:
        """Return a mark for a book's file by which it is known next time without reading it; None when it is another."""
        try:
            state = FileState.of(book.path.stat())
        except OSError:
            return None
        found = signature(state, now, self._settled)
        if mark and found == mark:
            return mark
        return (found or "") if state.size == book.size and _hash_of(book.path) == book.sha256 else None


@dataclass(frozen=True, slots=True)
class Job:
    """What one build is to make: a book called `title` at `output`; `found` are the issues of the scan."""

    options: Options
    plan: Plan
    title: str
    output: Path
    found: tuple[Issue, ...]


def book_key(job: Job, hashes: Sequence[str | None]) -> str | None:
    """Return the key of a book; None when an article, or a file that the options name, cannot be read.

    `hashes` are those of the files of the plan's entries, in order.
    """
    options, plan = job.options, job.plan
    named = [Path(options.style), *options.css, *([options.cover] if options.cover else [])]
    contents = [_hash_of(path) if path.is_file() else None for path in named]
    files = [sha256 for sha256 in hashes if sha256 is not None]
    if None in contents[1:] or len(files) < len(hashes):
        return None
    fonts = fonts_state() if options.draw_cover and not options.cover else ""
    network = {name: value for name, value in asdict(options.network).items() if name not in _FREE_NETWORK}
    clock = os.environ.get("SOURCE_DATE_EPOCH")
    # The rest of an article's head is what its file says, whose hash is among these already.
    groups = [[group.key, *((entry.key, entry.label, entry.title) for entry in group.entries)] for group in plan.groups]
    settings = (_shaping(options), network, contents, fonts, clock)
    return key_of(maker(), job.output, settings, job.found, plan.issues, plan.grouped_by, groups, files)


def _shaping(options: Options) -> dict[str, object]:
    names = (item.name for item in fields(Options) if item.name not in {*_FREE, "network"})
    return {name: getattr(options, name) for name in names}


def _name(output: Path) -> str:
    return os.fsdecode(os.path.realpath(output)).encode("utf-8", "backslashreplace").decode()


def _found(local: Iterable[tuple[str, str, str]], max_bytes: int) -> list[list[str]]:
    """Look for local pictures again, as they are looked for in a build."""
    found = []
    for path, root, _ in local:
        from epubmaker.collector.outcomes.bodies import Body, read_local  # noqa: PLC0415 - most books have no such pictures

        body = read_local(Path(path), Path(root), max_bytes)
        found.append([path, root, body.sha256 if isinstance(body, Body) else body.code])
    return found


def _hash_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


# --- reports as rows -------------------------------------------------------------------------------------------------


def _plain(report: Report) -> dict[str, Any]:
    return {
        "books": [{**asdict(book), "path": str(book.path)} for book in report.books],
        "languages": [record.language for record in report.articles],
        "shown": [record.pictures for record in report.articles],
        "pictures": [_values(record) for record in report.pictures],
        "issues": [_values(issue) for issue in report.issues],
    }


def _report(values: dict[str, Any], entries: Sequence[Entry]) -> Report:
    """Return a report as the next build would give it: with nothing written, and pictures out of the cache.

    `entries` are those of the plan, which its key vouches for.
    """
    pictures = (PictureRecord(**record) for record in values["pictures"])
    return Report(
        books=tuple(_book(record) for record in values["books"]),
        articles=tuple(
            ArticleRecord.of(entry, language, first_document(entry), shown)
            for entry, language, shown in zip(entries, values["languages"], values["shown"], strict=True)
        ),
        pictures=tuple(replace(record, from_cache=_was_fetched(record)) for record in pictures),
        issues=tuple(Issue(**record) for record in values["issues"]),
    )


def _book(values: dict[str, Any]) -> Book:
    issues = tuple(Issue(**issue) for issue in values["issues"])
    return Book(**{**values, "path": Path(values["path"]), "status": BookStatus.UNCHANGED, "issues": issues})


def _was_fetched(record: PictureRecord) -> bool:
    return record.status == "embedded" and record.url.startswith(("http:", "https:"))


def _values(record: ArticleRecord | PictureRecord | Issue) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}
