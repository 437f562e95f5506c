"""Reads the metadata and contents of a finished book, for `epubmaker inspect`."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from epubmaker.errors import InputError
from epubmaker.report import human_size
from epubmaker.storage.publish import is_epub

__all__ = ["is_book", "lines_about"]

_HEAD = 200  # bytes that tell an EPUB from other files
_MAX_XML = 50_000_000  # bytes, unpacked, of one XML file in a book
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


def lines_about(path: Path) -> Iterator[str]:
    """Yield lines about the metadata, the pictures and the table of contents of a book.

    Raises InputError when the book cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as book:
            package_path = _package_path(book)
            package = _xml(book, package_path)
            folder = posixpath.dirname(package_path)
            yield from _metadata(package)
            yield from _pictures(book, package, folder)
            yield from _contents(book, package, folder)
    except (zipfile.BadZipFile, KeyError, ET.ParseError, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(path, f"not a readable book ({error})", _CHECK) from error


def _package_path(book: zipfile.ZipFile) -> str:
    rootfile = _xml(book, "META-INF/container.xml").find(f".//{_OCF}rootfile")
    if rootfile is None:
        raise InputError("META-INF/container.xml", "names no package document", _CHECK)
    return rootfile.attrib["full-path"]


def _xml(book: zipfile.ZipFile, name: str) -> ET.Element:
    if book.getinfo(name).file_size > _MAX_XML:
        raise InputError(name, "too large to be read", _CHECK)
    return ET.fromstring(book.read(name))  # noqa: S314 - expat limits entity expansion; sizes are limited above


def _metadata(package: ET.Element) -> Iterator[str]:
    for name in ("title", "creator", "language", "identifier", "publisher", "date"):
        for element in package.iter(f"{_DC}{name}"):
            yield f"{name:<10} {(element.text or '').strip()}"


def _pictures(book: zipfile.ZipFile, package: ET.Element, folder: str) -> Iterator[str]:
    items = list(package.iter(f"{_OPF}item"))
    chapters = sum(item.get("media-type") == "application/xhtml+xml" for item in items)
    pictures = [item for item in items if item.get("media-type", "").startswith("image/")]
    names = [posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "")))) for item in pictures]
    present = set(book.namelist())
    size = sum(book.getinfo(name).file_size for name in names if name in present)
    yield f"documents  {chapters:,}"
    yield f"pictures   {len(pictures):,} ({human_size(size)})"


def _contents(book: zipfile.ZipFile, package: ET.Element, folder: str) -> Iterator[str]:
    ncx = next(
        (item for item in package.iter(f"{_OPF}item") if item.get("media-type") == "application/x-dtbncx+xml"), None
    )
    if ncx is None:
        yield "contents   no NCX"
        return
    yield "contents"
    document = _xml(book, posixpath.normpath(posixpath.join(folder, unquote(ncx.get("href", "")))))
    stack = [(0, point) for point in reversed(document.findall(f"{_NCX}navMap/{_NCX}navPoint"))]
    while stack:
        depth, point = stack.pop()
        title = point.findtext(f"{_NCX}navLabel/{_NCX}text") or ""
        yield f"{'  ' * (depth + 1)}{title.strip()}"
        stack.extend((depth + 1, child) for child in reversed(point.findall(f"{_NCX}navPoint")))
