"""Unchanged books: the last build's report still holds, and nothing needs to be made.

key       hash of the program, the options, the files that they name, and the plan with the hash of each article
record    when the answers about pictures expire, the local pictures and the books with their hashes, the report
"""

from __future__ import annotations

import json
import os
import stat
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from epubmaker.model.articles import Entry, FileState, Issue, Severity
from epubmaker.model.books import Book, BookStatus
from epubmaker.model.pictures import FailureKind
from epubmaker.options import Options
from epubmaker.order import Order
from epubmaker.report import ArticleRecord, PictureRecord, Report
from epubmaker.reuse.fingerprints import file_hash, key_of, program_fingerprint
from epubmaker.reuse.store import BOOKS, Store
from epubmaker.storage.database import CACHE_DAMAGED, CACHE_UNUSABLE
from epubmaker.storage.validation import (
    InvalidValueError,
    amount,
    counts,
    hexadecimal,
    items,
    maybe_text,
    moment,
    one_of,
    parse,
    text,
    texts,
)
from epubmaker.text.documents import first_document, key_in
from epubmaker.text.outputnames import OutputName

if TYPE_CHECKING:
    from epubmaker.collector.pictures.candidates import LocalFile

__all__ = ["IRRELEVANT_TO_BYTES", "Books", "book_key"]

# Options that change how, where and how fast a book is made, or which articles it has, but no other byte of it.
# `allow_private` is not one: it decides which pictures can be fetched.
IRRELEVANT_TO_BYTES = (
    "inputs",
    "form",
    "full_text",
    "since",
    "until",
    "sources",
    "match",
    "exclude",
    "limit",
    "state",
    "max_missing",
    "output",
    "output_at",
    "jobs",
    "check",
    "report",
    "cache",
    "make_folder",
    "force",
    "prune",
    "fail_if_warnings",
    "fail_if_empty",
    "shelf",
    "shelf_keep",
    "then",
    "copy_to",
    "send_to",
    "send_again",
    "mail",
)
_IRRELEVANT_NETWORK = ("connections", "per_host", "timeout", "retries", "backoff", "delay", "deadline", "refresh")
_MOST = 1 << 28  # bytes of one record


class Books:
    """The books of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, output: Path) -> bool:
        """Tell whether a build of the book at a path is kept."""
        return bool(self._store.which(BOOKS, (_name(output),)))

    def unchanged(self, order: Order, key: str) -> Report | None:
        """Return the report of the last build if a build with this key would make the same book, else None."""
        output = order.output
        row = self._store.get(BOOKS, _name(output))
        if row is None:
            return None
        build = parse(_load, row.record, key, order.plan.entries)
        now = time.time()
        if build is None or not build.made <= now < build.until or not _is_of(build, order):
            return None
        if build.local != _found(build.local, order.options.network.max_bytes):
            return None
        books = build.report.books
        marks = [self._still_there(book, mark, now) for book, mark in zip(books, build.marks, strict=True)]
        if None in marks:
            return None
        if marks != build.marks:
            self._write(output, build, marks)
        else:
            self._store.touch(BOOKS, row)
        return build.report

    def keep(self, output: Path, key: str, report: Report, local_files: Mapping[LocalFile, str], until: float) -> None:
        """Keep the report of a build.

        `until`, in seconds since the epoch, is when the first answer about a picture expires. `local_files` are the files
        that articles name as pictures, with their hash, or the issue code where there is no picture.
        """
        now = time.time()
        local = [(str(file.path), str(file.root), outcome) for file, outcome in local_files.items()]
        if now < until:
            # No signatures yet: files written just now cannot be recognized by their times.
            self._write(output, _Build(key, now, until, local, [], report), [""] * len(report.books))

    def _write(self, output: Path, build: _Build, marks: Sequence[str | None]) -> None:
        self._store.put(BOOKS, _name(output), _dump(build, marks))

    def _still_there(self, book: Book, mark: str, now: float) -> str | None:
        """Return the signature of a book's file, "" if it is too recent; None when the file is not the same any more."""
        try:
            status = book.path.stat()
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        state = FileState.of(status)
        found = state.signature(now)
        if mark and found == mark:
            return mark
        return (found or "") if state.size == book.size and file_hash(book.path) == book.sha256 else None


def book_key(order: Order, hashes: Sequence[str | None], fonts: str) -> str | None:
    """Return the key of a book; None when an article, or a file that the options name, cannot be read.

    `hashes` are those of the files of the plan's entries, in order; `fonts` is the state of the fonts for its cover.
    """
    options, plan = order.options, order.plan
    named = [Path(options.style), *options.css, *([options.cover] if options.cover else [])]
    contents = list(map(file_hash, named))
    files = [sha256 for sha256 in hashes if sha256 is not None]
    if None in contents[1:] or len(files) < len(hashes):
        return None
    network = {name: value for name, value in asdict(options.network).items() if name not in _IRRELEVANT_NETWORK}
    clock = os.environ.get("SOURCE_DATE_EPOCH")
    # The rest of an article's head is what its file says, whose hash is among these already. The date is in a time zone.
    groups = [
        [group.keys, *((entry.key, entry.label, entry.title, entry.format, entry.date) for entry in group.entries)]
        for group in plan.groups
    ]
    settings = (_shaping(options), network, contents, fonts if options.draw_cover and not options.cover else "", clock)
    identity = order.output, order.title, order.volume, order.name
    return key_of(program_fingerprint(), identity, settings, plan.grouped_by, groups, files)


def _shaping(options: Options) -> dict[str, object]:
    names = (item.name for item in fields(Options) if item.name not in {*IRRELEVANT_TO_BYTES, "network"})
    return {name: getattr(options, name) for name in names}


def _name(output: Path) -> str:
    return os.fsdecode(os.path.realpath(output)).encode("utf-8", "backslashreplace").decode()


def _is_of(build: _Build, order: Order) -> bool:
    """Tell whether all input folders and books in a record are among those of an order."""
    roots = {entry.location.root for entry in order.plan.entries}
    count = len(build.report.books)
    name = order.name or OutputName.of(order.output)
    books = {order.output, *(name.part(number, count) for number in range(1, count + 1))}
    return roots.issuperset(root for _, root, _ in build.local) and books.issuperset(
        book.path for book in build.report.books
    )


def _found(local: Sequence[tuple[str, str, str]], max_bytes: int) -> list[tuple[str, str, str]]:
    """Read the local pictures again, as a build does."""
    if not local:
        return []
    from epubmaker.collector.pictures.bodies import read_local  # noqa: PLC0415 - 8 ms, and most books need none of it
    from epubmaker.collector.pictures.held import IS_HELD, mark_of  # noqa: PLC0415 - as above
    from epubmaker.collector.pictures.outcomes import Body  # noqa: PLC0415 - as above

    found = []
    for path, root, outcome in local:
        if outcome.startswith(IS_HELD):
            found.append((path, root, mark_of(Path(path))))
            continue
        body = read_local(Path(path), Path(root), max_bytes)
        found.append((path, root, body.sha256 if isinstance(body, Body) else body.code))
    return found


# --- reports as rows -------------------------------------------------------------------------------------------------


class _Build(NamedTuple):
    """One kept build; `local` has paths, their roots and hashes or issue codes, `marks` the signatures of the books."""

    key: str
    made: float
    until: float
    local: Sequence[tuple[str, str, str]]
    marks: list[str]
    report: Report


def _dump(build: _Build, marks: Sequence[str | None]) -> bytes:
    values = [build.made, build.until, build.local, marks, _plain(build.report)]
    return build.key.encode() + zlib.compress(json.dumps(values).encode(), 1)


def _load(record: bytes, key: str, entries: Sequence[Entry]) -> _Build:
    """Decode the record of a key, whose articles are `entries`; raises ValueError if it has another key."""
    if not record.startswith(key.encode()):
        raise InvalidValueError(key)
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(record[len(key) :], _MOST)
    except zlib.error as error:
        raise InvalidValueError(record) from error
    made, until, local, marks, report = items(json.loads(unpacked), 5)
    return _Build(
        key,
        moment(made),
        moment(until),
        [(text(path), text(root), text(found)) for path, root, found in items(local)],
        [text(mark) for mark in items(marks)],
        _report(report, entries),
    )


def _plain(report: Report) -> dict[str, Any]:
    of_the_cache = {CACHE_DAMAGED, CACHE_UNUSABLE}  # these concern one build only
    return {
        "books": [{**book._asdict(), "path": str(book.path)} for book in report.books],
        "languages": [record.language for record in report.articles],
        "shown": [record.pictures for record in report.articles],
        "dropped": [record.dropped for record in report.articles],
        "left_out": [[[*record.left_out.items()], record.left_out_characters] for record in report.articles],
        "places": _places(report),
        "repeating": report.repeating,
        "pictures": [record._asdict() for record in report.pictures],
        "issues": [issue._asdict() for issue in report.issues if issue.code not in of_the_cache],
    }


def _places(report: Report) -> list[str]:
    """Return where the articles are, in reading order; nothing where each has a chapter in the order of the plan."""
    places = [record.chapter for record in report.articles]
    return places if any("#" in place for place in places) else []


def _report(values: dict[str, Any], entries: Sequence[Entry]) -> Report:
    """Return the report that the next build would give: nothing written, pictures from the cache.

    `entries` are those of the plan; the key ensures that they are the same.
    """
    columns = "languages", "shown", "dropped", "left_out"
    languages, shown, dropped, lacking = (items(values[name], len(entries)) for name in columns)
    if places := texts(values["places"]):
        by_key = {entry.key: entry for entry in entries}
        entries = [by_key[key_in(place)] for place in places]
    else:
        places = tuple(map(first_document, entries))
    return Report(
        books=tuple(_book(record) for record in items(values["books"])),
        articles=tuple(
            ArticleRecord.of(entry, text(language), place, amount(count), amount(gone)).without(
                counts(kinds), amount(characters)
            )
            for entry, language, place, count, gone, (kinds, characters) in zip(
                entries, languages, places, shown, dropped, lacking, strict=True
            )
        ),
        pictures=tuple(_picture(record) for record in items(values["pictures"])),
        issues=tuple(_issue(record) for record in items(values["issues"])),
        repeating=texts(values["repeating"]),
    )


def _book(values: dict[str, Any]) -> Book:
    return Book(
        path=Path(text(values["path"])),
        title=text(values["title"]),
        size=amount(values["size"]),
        sha256=hexadecimal(values["sha256"]),
        articles=amount(values["articles"]),
        pictures=amount(values["pictures"]),
        status=BookStatus.UNCHANGED,
    )


def _picture(values: dict[str, Any]) -> PictureRecord:
    url = text(values["url"])
    status: Literal["embedded", "missing", "skipped"] = one_of(values["status"], ("embedded", "missing", "skipped"))
    return PictureRecord(
        url=url,
        status=status,
        reason=maybe_text(values["reason"]),
        file=maybe_text(values["file"]),
        from_cache=status == "embedded" and url.startswith(("http:", "https:")),
        bytes_in=amount(values["bytes_in"]),
        bytes_out=amount(values["bytes_out"]),
        width=amount(values["width"]),
        height=amount(values["height"]),
        code=maybe_text(values["code"]),
        kind=one_of(values["kind"], (None, *get_args(FailureKind))),
    )


def _issue(values: dict[str, Any]) -> Issue:
    severity: Severity = one_of(values["severity"], ("warning", "error"))
    return Issue(text(values["code"]), severity, text(values["where"]), text(values["message"]))
