"""A book on the shelf, read from what its EPUB says of itself."""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import unescape
from pathlib import Path

from epubmaker.storage.epubfile import Package, TooLargeError, opened, read_package
from epubmaker.text.characters import plain

__all__ = ["ShelvedBook", "cover_bytes", "read_book"]

_MOST_COVER = 20_000_000  # bytes
_MOST_SUBJECTS = _MOST_AUTHORS = 20
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_TAG = re.compile(r"<[^<>]*>")
_EARLIEST_YEAR = 1000  # calibre writes the year 101 for a date that it does not know


@dataclass(frozen=True, slots=True)
class ShelvedBook:
    """A book on the shelf: the name and size of its file, and what it says of itself; "" is what it does not say.

    `day` is that of its date; `position` is its number in the series. `cover` names the files of its cover: it changes with
    the picture.
    """

    name: str
    size: int
    identifier: str
    title: str
    language: str
    modified: datetime
    day: date | None = None
    authors: tuple[str, ...] = ()
    publisher: str = ""
    description: str = ""
    series: str = ""
    position: str = ""
    subjects: tuple[str, ...] = ()
    cover: str = ""


def read_book(path: Path) -> ShelvedBook:
    """Return what a book says of itself. Raises InputError where it is none, or cannot be read."""
    with opened(path) as book:
        package = read_package(book)
        values = package.values
        status = path.stat()
        day = next(filter(None, map(_day_of, values("date"))), None)
        series, position = package.series()
        return ShelvedBook(
            name=path.name,
            size=status.st_size,
            identifier=package.identifier(),
            title=next(iter(values("title")), "") or path.stem,
            language=next(filter(_LANGUAGE.fullmatch, values("language")), "und"),
            modified=_modified(package) or _midnight(day) or datetime.fromtimestamp(int(status.st_mtime), UTC),
            day=day,
            authors=tuple(values("creator")[:_MOST_AUTHORS]),
            publisher=next(iter(values("publisher")), ""),
            description=_without_tags(next(iter(values("description")), "")),
            series=series,
            position=position,
            subjects=tuple(values("subject")[:_MOST_SUBJECTS]),
            cover=_cover_name(book, package.cover),
        )


def cover_bytes(path: Path) -> bytes:
    """Return the file of a book's cover. Raises InputError where there is none, or where it cannot be read."""
    with opened(path) as book:
        entry = book.getinfo(read_package(book).cover)
        if entry.file_size > _MOST_COVER:
            raise TooLargeError("cover")
        return book.read(entry)


def _cover_name(book: zipfile.ZipFile, path: str) -> str:
    """Return a name for the files of a cover, which changes with the picture; "" where there is none."""
    try:
        entry = book.getinfo(path)
    except KeyError:
        return ""
    return f"{entry.CRC:08x}-{entry.file_size:x}"


def _modified(package: Package) -> datetime | None:
    for value in package.values("dcterms:modified"):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value).replace(microsecond=0)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _day_of(text: str) -> date | None:
    found = _DAY.match(text)
    if found is None or int(found[1]) < _EARLIEST_YEAR:
        return None
    with suppress(ValueError):
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _without_tags(text: str) -> str:
    """Return a description as text: some programs, such as calibre, write HTML."""
    is_html = text.startswith("<") and text.endswith(">")
    return plain(unescape(_TAG.sub(" ", text))) if is_html else text
