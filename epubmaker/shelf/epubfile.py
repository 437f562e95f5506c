"""Reads what an EPUB says of itself: EPUB 3.3, section 5, and EPUB 2.

The file may be a stranger's. Its directory, its package document and its cover are read within bounds, and the document as
a stream, so that neither its length nor its depth takes memory.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import unescape
from io import BufferedReader
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from epubmaker.errors import InputError
from epubmaker.storage.files import open_regular
from epubmaker.text.characters import plain

__all__ = ["ShelvedBook", "cover_bytes", "read_book"]

_CONTAINER = "META-INF/container.xml"
_MOST_PIECE = 30_000_000  # bytes of the ZIP file's directory: 300,000 files, which take 200 MB of memory
_MOST_XML = 50_000_000  # bytes of an XML file, unpacked
_MOST_COVER = 20_000_000
_MOST_TEXT = 10_000  # characters of one value
_MOST_VALUES = 1_000  # of one kind
_MOST_SUBJECTS = _MOST_AUTHORS = 20
_PIECE = 1 << 16
_DC, _OPF = "{http://purl.org/dc/elements/1.1/}", "{http://www.idpf.org/2007/opf}"
_ROOTFILE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_TAG = re.compile(r"<[^<>]*>")
_EARLIEST_YEAR = 1000  # calibre writes the year 101 for a date that it does not know
_DAMAGES = (
    zipfile.BadZipFile,
    ET.ParseError,
    LookupError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    EOFError,
    OSError,
    zlib.error,
    struct.error,
)


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
    with _opened(path) as book:
        package = _package(book)
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
            modified=package.modified() or _midnight(day) or datetime.fromtimestamp(int(status.st_mtime), UTC),
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
    with _opened(path) as book:
        entry = book.getinfo(_package(book).cover)
        if entry.file_size > _MOST_COVER:
            raise _TooLargeError("cover")
        return book.read(entry)


class _TooLargeError(ValueError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is too large")


class _BoundedReader(BufferedReader):
    """A file of which no large piece is read at once: `zipfile` reads a directory as one."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _MOST_PIECE:
            raise _TooLargeError("directory")
        return super().read(size)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an EPUB; what goes wrong meanwhile is raised as InputError."""
    try:
        with _BoundedReader(open_regular(path)) as file, zipfile.ZipFile(file) as book:
            yield book
    except _DAMAGES as error:
        cause = f"not a readable book ({str(error)[:200] or type(error).__name__})"
        raise InputError(path, cause, "run `epubmaker check` on it for details") from error


def _package(book: zipfile.ZipFile) -> _Package:
    container = _Container()
    _parse(book, _CONTAINER, container)
    package = _Package(posixpath.dirname(container.path))
    _parse(book, container.path, package)
    return package


def _parse(book: zipfile.ZipFile, name: str, target: _Container | _Package) -> None:
    entry = book.getinfo(name)
    if entry.file_size > _MOST_XML:
        raise _TooLargeError(name)
    parser = ET.XMLParser(target=target)  # noqa: S314 - expat bounds what entities expand to; the rest is bounded here
    with book.open(entry) as file:
        while piece := file.read(_PIECE):
            parser.feed(piece)
    parser.close()


class _Container:
    """The path of the package document."""

    path = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == _ROOTFILE and not self.path:
            self.path = attributes.get("full-path", "")

    def close(self) -> None:
        """Do nothing: the path is all."""


class _Package:
    """The values of a package document, as its elements come; `cover` is the path of the cover in the book, or ""."""

    def __init__(self, folder: str) -> None:
        self.cover = ""
        self._folder = folder
        self._identifier_id: str | None = None
        self._values: dict[str, list[str]] = {}  # by the name of an element of Dublin Core, or of a property
        self._ids: dict[str, str] = {}  # of identifiers
        self._series_id: str | None = None
        self._cover_id: str | None = None
        self._open: tuple[str, Mapping[str, str]] | None = None
        self._text: list[str] = []
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == f"{_OPF}package":
            self._identifier_id = attributes.get("unique-identifier")
        elif tag == f"{_OPF}item":
            self._item(attributes)
        elif tag == f"{_OPF}meta" and "name" in attributes:
            self._keep(attributes["name"], attributes.get("content", ""))
            if attributes["name"] == "cover" and self._cover_id is None:
                self._cover_id = attributes.get("content")
        elif tag == f"{_OPF}meta" or tag.startswith(_DC):
            self._open, self._text, self._length = (tag, attributes), [], 0

    def data(self, text: str) -> None:
        if self._open and self._length < _MOST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def end(self, tag: str) -> None:
        if self._open is None or tag != self._open[0]:
            return
        attributes, self._open = self._open[1], None
        text = "".join(self._text)
        if tag == f"{_DC}identifier" and "id" in attributes and len(self._ids) < _MOST_VALUES:
            self._ids[attributes["id"]] = plain(text)
        if tag.startswith(_DC):
            self._keep(tag.removeprefix(_DC), text)
        elif "refines" not in attributes:
            self._keep(attributes.get("property", ""), text)
            if attributes.get("property") == "belongs-to-collection" and self._series_id is None:
                self._series_id = attributes.get("id")
        elif attributes.get("property") == "group-position" and attributes["refines"] == f"#{self._series_id}":
            self._keep("group-position", text)

    def close(self) -> None:
        """Do nothing: all is kept."""

    def _keep(self, name: str, value: str) -> None:
        value = plain(value[:_MOST_TEXT])
        kept = self._values.setdefault(name, []) if len(self._values) < _MOST_VALUES else self._values.get(name)
        if value and kept is not None and len(kept) < _MOST_VALUES:
            kept.append(value)

    def _item(self, attributes: Mapping[str, str]) -> None:
        is_cover = "cover-image" in attributes.get("properties", "").split()
        is_named = self._cover_id is not None and attributes.get("id") == self._cover_id
        if is_cover or (is_named and not self.cover):
            self.cover = posixpath.normpath(posixpath.join(self._folder, unquote(attributes.get("href", ""))))

    def values(self, name: str) -> list[str]:
        """Return the values of a name, in order."""
        return self._values.get(name, [])

    def identifier(self) -> str:
        """Return the identifier that is marked as the book's, else the first; "" without one."""
        return self._ids.get(self._identifier_id or "") or next(iter(self.values("identifier")), "")

    def modified(self) -> datetime | None:
        for value in self.values("dcterms:modified"):
            with suppress(ValueError):
                moment = datetime.fromisoformat(value).replace(microsecond=0)
                return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return None

    def series(self) -> tuple[str, str]:
        """Return the series and the number in it: EPUB 3's, else calibre's."""
        for name, position in (("belongs-to-collection", "group-position"), ("calibre:series", "calibre:series_index")):
            if self.values(name):
                return self.values(name)[0], next(iter(self.values(position)), "")
        return "", ""


def _cover_name(book: zipfile.ZipFile, path: str) -> str:
    """Return a name for the files of a cover, which changes with the picture; "" where there is none."""
    try:
        entry = book.getinfo(path)
    except KeyError:
        return ""
    return f"{entry.CRC:08x}-{entry.file_size:x}"


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
