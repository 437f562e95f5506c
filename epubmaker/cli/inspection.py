"""Tells what was understood of an article or a folder of them, or what is in a book: `epubmaker inspect`."""

from __future__ import annotations

import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from epubmaker.chapters.draft import draft
from epubmaker.collector.scan import Scan, parse, scan
from epubmaker.errors import InputError
from epubmaker.model.articles import Entry, Issue
from epubmaker.model.chapters import PictureSlot
from epubmaker.report import human_size
from epubmaker.text.addresses import site

__all__ = ["inspect"]

_MOST = 20  # lines of a list; more are counted
_MAX_XML = 50_000_000  # bytes of one XML file that a book may have unpacked
_CHECK = "run `epubmaker check` on it for details"
_DC = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_OCF = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"


def inspect(path: Path) -> Iterator[str]:
    """Yield lines for people about a book, an article file, or a folder of articles; reads nothing from the network.

    Raises InputError when `path` is none of these.
    """
    if path.is_file() and zipfile.is_zipfile(path):
        return _book(path)
    found = scan([path])
    if path.is_file() and len(found.entries) == 1:
        return _article(found.entries[0])
    return _folder(path, found)


# --- articles --------------------------------------------------------------------------------------------------------


def _article(entry: Entry) -> Iterator[str]:
    article = parse(entry)
    chapter = draft(article)
    yield f"title      {entry.title}"
    yield f"link       {entry.link or 'none'}"
    yield f"published  {entry.published or 'unknown'}"
    yield f"archived   {entry.archived or 'unknown'}"
    yield f"language   {chapter.language}"
    text = sum(len(piece) for part in chapter.parts for piece in part if isinstance(piece, str))
    yield f"text       {text:,} characters of mark-up in {len(chapter.parts)} part{'s'[: len(chapter.parts) > 1]}"
    slots = [piece for part in chapter.parts for piece in part if isinstance(piece, PictureSlot)]
    yield f"pictures   {len(slots)}"
    for slot in slots[:_MOST]:
        yield f"           {slot.ref.sources[0][:200]}"
        if slot.alt:
            yield f"             {slot.alt}"
    yield from _issues((*entry.issues, *article.issues, *chapter.issues))


def _folder(path: Path, found: Scan) -> Iterator[str]:
    entries = found.entries
    if not entries and not found.issues:
        raise InputError(path, "no article in it", "name a folder with .txt files in the archive form")
    yield f"articles   {len(entries):,}"
    dates = [entry.date for entry in entries if entry.date]
    if dates:
        yield f"dates      {min(dates).date()} to {max(dates).date()}; {len(entries) - len(dates)} without one"
    for source, count in Counter(site(entry.link) or "no link" for entry in entries).most_common(_MOST):
        yield f"source     {source} ({count:,})"
    yield from _issues((*found.issues, *(issue for entry in entries for issue in entry.issues)))


def _issues(issues: tuple[Issue, ...]) -> Iterator[str]:
    for issue in issues[:_MOST]:
        yield f"{issue.severity:<10} {issue.where}: {issue.message} [{issue.code}]"
    if len(issues) > _MOST:
        yield f"           and {len(issues) - _MOST:,} more"


# --- books -----------------------------------------------------------------------------------------------------------


def _book(path: Path) -> Iterator[str]:
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
