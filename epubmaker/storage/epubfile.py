"""Reads what an EPUB says of itself: EPUB 3.3, sections 5 and 7, and EPUB 2.

The file may be a stranger's. Its directory and its XML files are read within bounds, and these as streams, so that neither
their length nor their depth takes memory.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html.entities import name2codepoint
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from epubmaker.errors import InputError
from epubmaker.storage.files import open_regular
from epubmaker.text.characters import plain

__all__ = [
    "DAMAGES",
    "MOST_XML",
    "Heading",
    "Item",
    "Package",
    "TooLargeError",
    "opened",
    "read_contents",
    "read_package",
]

DAMAGES = (
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
"""What is raised where a file of a book is damaged, encrypted or too large."""

MOST_XML = 50_000_000
"""The bytes of an XML file, unpacked, up to which it is read."""

_MOST_PIECE = 30_000_000  # bytes of the ZIP file's directory: 300,000 files, which take 200 MB of memory
_MOST_ITEMS = 300_000
_MOST_TEXT = 10_000  # characters of one value
_MOST_VALUES = 1_000  # of one kind
_PIECE = 1 << 16
_ENTITIES = {name: chr(code) for name, code in name2codepoint.items()}  # of EPUB 2's DTD
_CONTAINER = "META-INF/container.xml"
_DC, _OPF = "{http://purl.org/dc/elements/1.1/}", "{http://www.idpf.org/2007/opf}"
_ROOTFILE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_XHTML, _NCX = "{http://www.w3.org/1999/xhtml}", "{http://www.daisy.org/z3986/2005/ncx/}"
_TYPE = "{http://www.idpf.org/2007/ops}type"


class Item(NamedTuple):
    """A file of a book, by its manifest; `path` is the one in the container."""

    path: str
    media_type: str
    properties: frozenset[str]


class Heading(NamedTuple):
    """An entry of a table of contents: its depth, from 1, and the path in the container, "" for one that leads nowhere."""

    depth: int
    title: str
    path: str
    fragment: str = ""


class TooLargeError(ValueError):
    """A part of a book is larger than any that is known."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is too large")


class _BoundedReader(BufferedReader):
    """A file of which no large piece is read at once: `zipfile` reads a directory as one."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _MOST_PIECE:
            raise TooLargeError("directory")
        return super().read(size)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an EPUB; what goes wrong meanwhile is raised as InputError."""
    try:
        with _BoundedReader(open_regular(path)) as file, zipfile.ZipFile(file) as book:
            yield book
    except DAMAGES as error:
        cause = f"not a readable book ({str(error)[:200] or type(error).__name__})"
        raise InputError(path, cause, "run `epubmaker check` on it for details") from error


def read_package(book: zipfile.ZipFile) -> Package:
    """Return what the package document says. Raises one of `DAMAGES`."""
    container = _Container()
    _parse(book, _CONTAINER, container)
    package = Package(posixpath.dirname(container.path))
    _parse(book, container.path, package)
    return package


def read_contents(book: zipfile.ZipFile, package: Package) -> Sequence[Heading] | None:
    """Return the table of contents: that of the nav document, else the NCX's; None without either.

    Raises one of `DAMAGES`.
    """
    items = package.items.values()
    for found, kind in (
        ((item for item in items if "nav" in item.properties), _Navigation),
        ((item for item in items if item.media_type == "application/x-dtbncx+xml"), _NavigationControl),
    ):
        for item in found:
            target = kind(posixpath.dirname(item.path))
            _parse(book, item.path, target)
            return target.headings
    return None


class _Target(Protocol):
    """What the elements of a file go to."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...


def _parse(book: zipfile.ZipFile, name: str, target: _Target) -> None:
    entry = book.getinfo(name)
    if entry.file_size > MOST_XML:
        raise TooLargeError(name)
    parser = ET.XMLParser(target=target)  # noqa: S314 - expat bounds what entities expand to; the rest is bounded here
    parser.entity.update(_ENTITIES)
    with book.open(entry) as file:
        while piece := file.read(_PIECE):
            parser.feed(piece)
    parser.close()


def _resolved(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href)))


class _Container:
    """The path of the package document."""

    path = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == _ROOTFILE and not self.path:
            self.path = attributes.get("full-path", "")

    def close(self) -> None:
        """Do nothing: the path is all."""


class Package:
    """The values of a package document, as its elements come.

    `items` are the files of the book by the manifest's ids, `spine` those ids in reading order. `cover` is the path of the
    cover in the container, or "". `is_rtl`: pages turn from right to left.
    """

    def __init__(self, folder: str) -> None:
        self.cover = ""
        self.items: dict[str, Item] = {}
        self.spine: list[str] = []
        self.is_rtl = False
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
        elif tag == f"{_OPF}itemref":
            self._place(attributes)
        elif tag == f"{_OPF}spine":
            self.is_rtl = attributes.get("page-progression-direction") == "rtl"
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
        if len(self.items) == _MOST_ITEMS:
            raise TooLargeError("manifest")
        path = _resolved(self._folder, attributes.get("href", ""))
        properties = frozenset(attributes.get("properties", "").split())
        self.items[attributes.get("id", "")] = Item(path, attributes.get("media-type", ""), properties)
        is_named = self._cover_id is not None and attributes.get("id") == self._cover_id
        if "cover-image" in properties or (is_named and not self.cover):
            self.cover = path

    def _place(self, attributes: Mapping[str, str]) -> None:
        if len(self.spine) == _MOST_ITEMS:
            raise TooLargeError("spine")
        self.spine.append(attributes.get("idref", ""))

    def values(self, name: str) -> list[str]:
        """Return the values of a name, in order."""
        return self._values.get(name, [])

    def identifier(self) -> str:
        """Return the identifier that is marked as the book's, else the first; "" without one."""
        return self._ids.get(self._identifier_id or "") or next(iter(self.values("identifier")), "")

    def series(self) -> tuple[str, str]:
        """Return the series and the number in it: EPUB 3's, else calibre's."""
        for name, position in (("belongs-to-collection", "group-position"), ("calibre:series", "calibre:series_index")):
            if self.values(name):
                return self.values(name)[0], next(iter(self.values(position)), "")
        return "", ""


class _Contents:
    """The headings of a table of contents, as its elements come; `_depth` and `_text` are those of the one that is open."""

    def __init__(self, folder: str) -> None:
        self.headings: list[Heading] = []
        self._folder = folder
        self._depth = 0
        self._text: list[str] | None = None
        self._length = 0

    def data(self, text: str) -> None:
        if self._text is not None and self._length < _MOST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def close(self) -> None:
        """Do nothing: all is kept."""

    def _open(self) -> None:
        self._text, self._length = [], 0

    def _add(self, href: str) -> None:
        """Add the heading of which the text is read."""
        if len(self.headings) == _MOST_ITEMS:
            raise TooLargeError("contents")
        path, _, fragment = href.partition("#")
        title = plain("".join(self._text or ())[:_MOST_TEXT])
        self.headings.append(Heading(self._depth, title, path and _resolved(self._folder, path), unquote(fragment)))
        self._text = None


class _Navigation(_Contents):
    """The list of the nav document that is the table of contents."""

    _is_inside = False
    _href = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == f"{_XHTML}nav":
            self._is_inside = "toc" in attributes.get(_TYPE, "").split() and not self.headings
        elif self._is_inside and tag == f"{_XHTML}ol":
            self._depth += 1
        elif self._is_inside and self._depth and self._text is None and tag in {f"{_XHTML}a", f"{_XHTML}span"}:
            self._href = attributes.get("href", "")
            self._tag = tag
            self._open()
        elif self._text is not None and tag == f"{_XHTML}img":
            self.data(attributes.get("alt", ""))

    def end(self, tag: str) -> None:
        if tag == f"{_XHTML}nav":
            self._is_inside = False
        elif self._is_inside and tag == f"{_XHTML}ol":
            self._depth -= 1
        elif self._text is not None and tag == self._tag:
            self._add(self._href)


class _NavigationControl(_Contents):
    """The points of an NCX. A point's target stands after its label: its text is kept until then."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == f"{_NCX}navPoint":
            self._depth += 1
        elif tag == f"{_NCX}text" and self._depth:
            self._open()
        elif tag == f"{_NCX}content" and self._depth:
            self._add(attributes.get("src", ""))

    def end(self, tag: str) -> None:
        if tag == f"{_NCX}navPoint":
            self._depth -= 1
