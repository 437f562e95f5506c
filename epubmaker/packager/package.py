"""The package document: EPUB 3.3, section 5, and EPUB Accessibility 1.1, section 2. The only module that knows ebooklib.

ebooklib (0.20) writes the metadata, the guide and the few lines of the manifest that every book has. Left to itself, it
builds one tree of the whole document, of 2 KB and 0.02 ms for each article. Here the lines of chapters and pictures, whose
names are our own and need no escaping, are written without it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import PurePosixPath
from typing import NamedTuple

from ebooklib import epub
from lxml import etree

from epubmaker.model.books import Metadata
from epubmaker.packager.pages import COVER_IMAGE
from epubmaker.packager.toc import Landmark
from epubmaker.text.characters import plain
from epubmaker.text.direction import direction
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute

__all__ = ["NAV", "NCX", "STYLESHEET", "SpineItem", "Statement", "package_document", "statements"]

NAV, NCX, STYLESHEET = "nav.xhtml", "toc.ncx", "style.css"
_COVER_ID = "cover-image"
_IDENTIFIER_ID = "id"
_XHTML = "application/xhtml+xml"
_MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


class SpineItem(NamedTuple):
    """A document of the spine: its file's name, and its manifest properties, with a space between two."""

    name: str
    properties: str = ""

    @property
    def id(self) -> str:
        """Its id in the manifest."""
        return self.name.removesuffix(".xhtml")


def package_document(
    metadata: Metadata,
    spine: Sequence[SpineItem],
    pictures: Collection[str],
    landmarks: Iterable[Landmark],
    *,
    cover: bool,
) -> str:
    """Return the package document; `pictures` are the files of pictures, and `cover` says that there is a cover."""
    return "".join(_Package(metadata, landmarks, cover=cover, pictures=bool(pictures)).pieces(spine, pictures))


class _Package(epub.EpubWriter):  # type: ignore[misc]  # ebooklib has no types
    def __init__(self, metadata: Metadata, landmarks: Iterable[Landmark], *, cover: bool, pictures: bool) -> None:
        book = epub.EpubBook()
        # ebooklib appends Z to whatever time it is given.
        super().__init__(None, book, {"mtime": metadata.modified.astimezone(UTC), "raise_exceptions": True})
        self._language = metadata.language
        book.metadata = {}  # it has a random identifier, and a generator with a version
        for statement in statements(metadata, cover=cover, pictures=pictures):
            namespace = None if statement.element == "meta" else "DC"
            book.add_metadata(namespace, statement.element, statement.value or None, statement.attributes)
        book.items = [
            _manifest_item("nav", NAV, _XHTML, "nav"),
            _manifest_item("ncx", NCX, "application/x-dtbncx+xml"),
            _manifest_item("style", STYLESHEET, "text/css"),
            *([_manifest_item(_COVER_ID, COVER_IMAGE, "image/jpeg", "cover-image")] if cover else []),
        ]
        book.guide = [{"type": mark.guide_type, "title": mark.title, "href": mark.href} for mark in landmarks]

    def pieces(self, spine: Sequence[SpineItem], pictures: Iterable[str]) -> Iterator[str]:
        way = direction(self._language)
        progression = ' page-progression-direction="rtl"' if way == "rtl" else ""
        yield (
            '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
            f'unique-identifier="{_IDENTIFIER_ID}" xml:lang={attribute(self._language)} dir="{way}">\n'
        )
        yield _serialized(_built(self._write_opf_metadata))
        yield "<manifest>\n"
        yield from map(_serialized, _built(self._write_opf_manifest))
        for item in spine:
            properties = f' properties="{item.properties}"' if item.properties else ""
            yield f'<item href="{item.name}" id="{item.id}" media-type="{_XHTML}"{properties}/>\n'
        for name in pictures:
            path = PurePosixPath(name)
            yield f'<item href="{name}" id="i-{path.stem}" media-type="{_MEDIA_TYPES[path.suffix]}"/>\n'
        yield f'</manifest>\n<spine toc="ncx"{progression}>\n'
        for item in spine:
            yield f'<itemref idref="{item.id}"/>\n'
        yield "</spine>\n"
        yield _serialized(_built(self._write_opf_guide))
        yield "</package>\n"


def _manifest_item(uid: str, name: str, media_type: str, properties: str = "") -> epub.EpubItem:
    item = epub.EpubItem(uid=uid, file_name=name, media_type=media_type)
    item.properties = properties.split()
    return item


def _built(write: Callable[[etree._Element], object]) -> etree._Element:
    """Return the element that one of ebooklib's methods makes."""
    root = etree.Element("package")
    write(root)
    return root[0]


def _serialized(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode", pretty_print=True))


# --- metadata --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """An element of the package's metadata.

    `element` is one of Dublin Core ("title"), or "meta" for anything else. The order of `attributes` is kept: the Nook
    finds a cover only if `name` precedes `content`.
    """

    element: str
    value: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def statements(metadata: Metadata, *, cover: bool, pictures: bool) -> Iterator[Statement]:
    """Yield the book's metadata, without `dcterms:modified`, which ebooklib writes.

    `cover` says that there is a cover picture, `pictures` that there are pictures in the text.
    """
    yield Statement("identifier", plain(metadata.identifier), {"id": _IDENTIFIER_ID})
    yield Statement("title", plain(metadata.title), {"id": "title"})
    yield Statement("language", metadata.language)
    for number, author in enumerate(filter(None, map(plain, metadata.authors or metadata.sources)), start=1):
        yield Statement("creator", author, {"id": f"creator{number}"})
        yield _refined(f"creator{number}", "role", "aut", scheme="marc:relators")
    for number, name in enumerate(filter(None, map(plain, metadata.contributors)), start=1):
        # "aut" would make them the book's authors in readers that are built on Readium.
        yield Statement("contributor", name, {"id": f"contributor{number}"})
        yield _refined(f"contributor{number}", "role", "ctb", scheme="marc:relators")
    for element, value in (
        ("publisher", metadata.publisher),
        ("description", metadata.description or metadata.excerpt),
        ("rights", metadata.rights),
    ):
        if value and plain(value):
            yield Statement(element, plain(value))
    if metadata.date is not None:
        yield Statement("date", metadata.date.date().isoformat())
    for subject in filter(None, map(plain, metadata.subjects)):
        yield Statement("subject", subject)
    yield from _sorting(metadata)
    yield from _series(metadata)
    if cover:
        yield Statement("meta", "", {"name": "cover", "content": _COVER_ID})
    yield from _accessibility(metadata.language, visual=cover or pictures)


def _sorting(metadata: Metadata) -> Iterator[Statement]:
    if metadata.sort_title and plain(metadata.sort_title):
        yield _refined("title", "file-as", plain(metadata.sort_title))
        yield Statement("meta", "", {"name": "calibre:title_sort", "content": plain(metadata.sort_title)})


def _series(metadata: Metadata) -> Iterator[Statement]:
    """Yield the series in EPUB 3's form, for Kavita and KOReader, and in calibre's, which more software reads."""
    series = plain(metadata.series or "")
    if not series:
        return
    yield Statement("meta", series, {"property": "belongs-to-collection", "id": "series"})
    yield _refined("series", "collection-type", "series")
    if metadata.series_index:
        yield _refined("series", "group-position", metadata.series_index)
    yield Statement("meta", "", {"name": "calibre:series", "content": series})
    if metadata.series_index:
        yield Statement("meta", "", {"name": "calibre:series_index", "content": metadata.series_index})


def _accessibility(language: str, *, visual: bool) -> Iterator[Statement]:
    """Yield the accessibility metadata that is true of every book that the program writes.

    It claims neither conformance nor `alternativeText`, since only a person can judge whether the alternative texts of web
    pages are good. For the same reason text alone is called sufficient only in a book without pictures.
    """
    yield _property("schema:accessMode", "textual")
    if visual:
        yield _property("schema:accessMode", "visual")
    yield _property("schema:accessModeSufficient", "textual,visual" if visual else "textual")
    for feature in ("tableOfContents", "readingOrder", "structuralNavigation", "displayTransformability", "unlocked"):
        yield _property("schema:accessibilityFeature", feature)
    yield _property("schema:accessibilityHazard", "none")  # no picture moves, and there is no sound
    yield _property("schema:accessibilitySummary", words(language)["summary"])


def _property(name: str, value: str) -> Statement:
    return Statement("meta", value, {"property": name})


def _refined(target: str, name: str, value: str, scheme: str | None = None) -> Statement:
    more = {"scheme": scheme} if scheme else {}
    return Statement("meta", value, {"refines": f"#{target}", "property": name, **more})
