"""Reads the metadata and contents of a finished book, for `epubmaker inspect`."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from epubmaker.errors import InputError
from epubmaker.report import human_size
from epubmaker.storage.publish import is_epub

__all__ = ["BookFacts", "facts_about", "is_book", "lines_about"]

_HEAD = 200  # bytes that tell an EPUB from other files
_MAX_XML = 50_000_000  # bytes, unpacked, of one XML file in a book
_NAMES = ("title", "creator", "contributor", "language", "identifier", "publisher", "rights", "date")
_CHECK = "run `epubmaker check` on it for details"
_DC = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_OCF = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"


def is_book(path: Path) -> bool:
    """Tell whether a path leads to an EPUB."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            return is_epub(file.read(_HEAD))
    except OSError:
        return False


class BookFacts(NamedTuple):
    """What is in a book: its metadata by name, each in order; `bytes` are those of its pictures.

    `contents` are the titles of the table of contents with their depths, from 1; None without an NCX.
    """

    metadata: Mapping[str, Sequence[str]]
    documents: int
    pictures: int
    bytes: int
    contents: Sequence[tuple[int, str]] | None


def facts_about(path: Path) -> BookFacts:
    """Return what is in a book. Raises InputError when it cannot be read."""
    try:
        with zipfile.ZipFile(path) as book:
            package_path = _package_path(book)
            package = _xml(book, package_path)
            folder = posixpath.dirname(package_path)
            items = list(package.iter(f"{_OPF}item"))
            pictures = [_place(folder, item) for item in items if item.get("media-type", "").startswith("image/")]
            present = set(book.namelist())
            return BookFacts(
                _metadata(package),
                sum(item.get("media-type") == "application/xhtml+xml" for item in items),
                len(pictures),
                sum(book.getinfo(name).file_size for name in pictures if name in present),
                _contents(book, items, folder),
            )
    except (zipfile.BadZipFile, KeyError, ET.ParseError, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(path, f"not a readable book ({error})", _CHECK) from error


def lines_about(path: Path) -> Iterator[str]:
    """Yield lines about the metadata, the pictures and the table of contents of a book. Raises as `facts_about`."""
    facts = facts_about(path)
    for name, values in facts.metadata.items():
        yield from (f"{name:<10} {value}" for value in values)
    yield f"documents  {facts.documents:,}"
    yield f"pictures   {facts.pictures:,} ({human_size(facts.bytes)})"
    if facts.contents is None:
        yield "contents   no NCX"
        return
    yield "contents"
    yield from (f"{'  ' * depth}{title}" for depth, title in facts.contents)


def _package_path(book: zipfile.ZipFile) -> str:
    rootfile = _xml(book, "META-INF/container.xml").find(f".//{_OCF}rootfile")
    if rootfile is None:
        raise InputError("META-INF/container.xml", "names no package document", _CHECK)
    return rootfile.attrib["full-path"]


def _xml(book: zipfile.ZipFile, name: str) -> ET.Element:
    if book.getinfo(name).file_size > _MAX_XML:
        raise InputError(name, "too large to be read", _CHECK)
    return ET.fromstring(book.read(name))  # noqa: S314 - expat limits entity expansion; sizes are limited above


def _place(folder: str, item: ET.Element) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))


def _metadata(package: ET.Element) -> dict[str, list[str]]:
    values = {name: [(each.text or "").strip() for each in package.iter(f"{_DC}{name}")] for name in _NAMES}
    # Of EPUB 3's series alone: calibre's says the same.
    properties = {meta.get("property"): (meta.text or "").strip() for meta in package.iter(f"{_OPF}meta")}
    series = properties.get("belongs-to-collection"), properties.get("group-position")
    values["series"] = [" ".join(filter(None, series))] if series[0] else []
    return {name: texts for name, texts in values.items() if texts}


def _contents(book: zipfile.ZipFile, items: Iterable[ET.Element], folder: str) -> list[tuple[int, str]] | None:
    ncx = next((item for item in items if item.get("media-type") == "application/x-dtbncx+xml"), None)
    if ncx is None:
        return None
    found = []
    document = _xml(book, _place(folder, ncx))
    stack = [(1, point) for point in reversed(document.findall(f"{_NCX}navMap/{_NCX}navPoint"))]
    while stack:
        depth, point = stack.pop()
        title = point.findtext(f"{_NCX}navLabel/{_NCX}text") or ""
        found.append((depth, title.strip()))
        stack.extend((depth + 1, child) for child in reversed(point.findall(f"{_NCX}navPoint")))
    return found
