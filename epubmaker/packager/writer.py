"""Write the book: the only module that knows ebooklib.

ebooklib (0.20) makes the package document; the rest of its writing is replaced, since it parses every chapter again,
deflates pictures again, stamps entries with the wall clock, writes straight to the final path and holds the whole book.
Chapters and pictures go into the container as they come, and nothing of their bytes is kept.

The spine: cover, front page, contents, then for each group its opener and its articles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import NamedTuple, Self, TypeAlias

from ebooklib import epub
from lxml import etree

from epubmaker.model.books import Book, Metadata
from epubmaker.model.chapters import Chapter, Document, PackedChapter, PackedDocument, PictureAnchor, Weight
from epubmaker.packager.container import Container, entry_size, pack
from epubmaker.packager.markup import PageFrame
from epubmaker.packager.package import COVER_ID, IDENTIFIER_ID, statements
from epubmaker.packager.pages import (
    CONTENTS,
    COVER_IMAGE,
    COVER_PAGE,
    FRONT_PAGE,
    Page,
    Pages,
    has_opener,
    with_openers,
)
from epubmaker.packager.toc import Contents, ContentsItem, Landmark, write_nav, write_ncx
from epubmaker.storage.publish import OpenFile, PendingFile, output_errors
from epubmaker.text.direction import direction
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute

__all__ = ["CONTENTS", "STYLESHEET", "Adapt", "BookWriter", "weigh"]

STYLESHEET = "style.css"
_FOLDER = "EPUB"
_PACKAGE = f"{_FOLDER}/package.opf"
_CONTAINER_XML = f"""<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{_PACKAGE}" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_XHTML = "application/xhtml+xml"
_MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}
_ELEMENTS = {"svg": b"<svg", "mathml": b"<math"}  # the element that a manifest property stands for

Adapt: TypeAlias = Callable[[bytes], bytes]


class BookWriter:
    """Writes one book to `output`. Leaving the context without `finish` leaves an older book there as it was.

    Every method raises `OutputError` when the book cannot be written.
    """

    def __init__(
        self, output: Path, stylesheet: bytes, *, adapt: Adapt | None = None, open_file: OpenFile | None = None
    ) -> None:
        """Open a file beside `output`; `stylesheet` is the CSS of all documents, which call it `STYLESHEET`.

        `adapt` returns the form of a document's bytes that goes into the book, such as `kepub.add_spans`; what
        of a document's manifest properties it does away with is not stated. `open_file`
        opens the path that it is given for writing.
        """
        self._output = output
        self._adapt = adapt or _as_it_is
        self._manifest_exceptions: dict[str, tuple[_Place, ...]] = {}  # by the name of a chapter's first document
        self._pictures: dict[str, None] = {}  # the names of their files, in the order in which they came
        self._title, self._articles = "", 0
        with output_errors(output), ExitStack() as undo:
            self._pending = PendingFile(output, open_file)
            undo.callback(self._pending.discard)
            self._container = Container(self._pending.file)
            self._container.add("META-INF/container.xml", _CONTAINER_XML.encode())
            self._container.add(f"{_FOLDER}/{STYLESHEET}", stylesheet)
            self._undo = undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._undo.close()

    @property
    def size(self) -> int:
        """Bytes of the book, if nothing more were written."""
        return self._container.size

    def pack(self, chapter: Chapter) -> PackedChapter:
        """Return a chapter as it goes into this book: its documents in the form of the book, deflated."""
        return PackedChapter(
            entry=chapter.entry,
            language=chapter.language,
            documents=tuple(map(self._packed, chapter.documents)),
            pictures=chapter.pictures,
            anchors=chapter.anchors,
            excerpt=chapter.excerpt,
            issues=chapter.issues,
        )

    def add_chapter(self, chapter: Chapter | PackedChapter, *, only_list: bool = False) -> None:
        """Write a chapter's documents, and those of its pictures that no earlier chapter had.

        With `only_list`, nothing is written but its lines in the lists of `complete`.
        """
        packed = self.pack(chapter) if isinstance(chapter, Chapter) else chapter
        with output_errors(self._output):
            for document in () if only_list else packed.documents:
                self._container.add_packed(f"{_FOLDER}/{document.name}", document)
            for picture in packed.pictures:
                for file in picture.files:
                    if file.name not in self._pictures:
                        self._pictures[file.name] = None
                        if not only_list:
                            self._container.add_file(f"{_FOLDER}/{file.name}", file.path)
        places = tuple(_Place(document.name, " ".join(sorted(document.properties))) for document in packed.documents)
        if places != (_Place(places[0].name),):  # of most chapters the first document's name says all
            self._manifest_exceptions[places[0].name] = places

    def _packed(self, document: Document) -> PackedDocument:
        content = self._adapt(document.content)
        properties = frozenset(name for name in document.properties if _ELEMENTS.get(name, b"<") in content)
        return pack(Document(document.name, content, properties))

    def finish(
        self,
        metadata: Metadata,
        contents: Contents,
        *,
        cover: bytes | None = None,
        missing: int = 0,
        pictures: Sequence[PictureAnchor] = (),
    ) -> Book:
        """Write the rest and publish the book; see `complete`."""
        self.complete(metadata, contents, cover=cover, missing=missing, pictures=pictures)
        return self.publish()

    def complete(
        self,
        metadata: Metadata,
        contents: Contents,
        *,
        cover: bytes | None = None,
        missing: int = 0,
        pictures: Sequence[PictureAnchor] = (),
    ) -> None:
        """Write all that is not a chapter, so that `size` is the book's.

        `contents` names every chapter that was added, in reading order. `cover` is a JPEG file's bytes; `missing` counts
        the pictures that could not be had, for the front page; `pictures` are to be listed at the end of the book.
        """
        contents = with_openers(contents)
        with output_errors(self._output):
            if pictures:
                contents = replace(contents, after=(self._write_picture_list(metadata, contents, pictures),))
            spine = self._write_pages(metadata, contents, cover, missing)
            landmarks = _landmarks(metadata, contents, has_cover=cover is not None)
            nav = write_nav(contents, landmarks, metadata.language, PageFrame(metadata.language, STYLESHEET))
            self._container.add(f"{_FOLDER}/nav.xhtml", "".join(nav).encode())
            ncx = write_ncx(contents, metadata.title, metadata.identifier, metadata.language)
            self._container.add(f"{_FOLDER}/toc.ncx", "".join(ncx).encode())
            package = _Package(metadata, spine, self._pictures, landmarks)
            self._container.add(_PACKAGE, "".join(package.pieces()).encode())
        self._title, self._articles = metadata.title, sum(len(group.items) for group in contents.groups)

    def publish(self) -> Book:
        """Publish the book, which is complete."""
        with output_errors(self._output):
            self._container.close()
            published = self._pending.publish()
        return Book(
            path=self._output,
            title=self._title,
            size=published.size,
            sha256=published.sha256,
            articles=self._articles,
            pictures=len(self._pictures),
            status=published.status,
        )

    def _write_pages(self, metadata: Metadata, contents: Contents, cover: bytes | None, missing: int) -> _Spine:
        """Write the pages that are not chapters; return the names of all documents in reading order."""
        pages = Pages(metadata, contents, STYLESHEET)
        front = []
        if cover is not None:
            self._container.add_stored(f"{_FOLDER}/{COVER_IMAGE}", cover)
            front.append(self._write_page(pages.cover()))
        front.append(self._write_page(pages.front(len(self._pictures), missing)))
        front.extend(self._write_page(page) for page in pages.contents())
        openers = {
            group.href: tuple(self._write_page(page) for page in pages.opener(group))
            for group in contents.groups
            if has_opener(group)
        }
        return _Spine(tuple(front), openers, contents, self._manifest_exceptions)

    def _write_picture_list(
        self, metadata: Metadata, contents: Contents, pictures: Sequence[PictureAnchor]
    ) -> ContentsItem:
        pages = Pages(metadata, contents, STYLESHEET).picture_list(pictures)
        first, *others = [self._write_page(page) for page in pages]
        self._manifest_exceptions[first] = tuple(map(_Place, (first, *others)))
        return ContentsItem.of(words(metadata.language)["picture_list"], first, metadata.language)

    def _write_page(self, page: Page) -> str:
        self._container.add(f"{_FOLDER}/{page.name}", self._adapt(page.markup.encode()))
        return page.name


def weigh(chapter: PackedChapter) -> Weight:
    """Return what a chapter adds to a book, beside its lines in the lists."""
    return Weight(
        sum(entry_size(f"{_FOLDER}/{document.name}", len(document.deflated)) for document in chapter.documents),
        {
            file.name: entry_size(f"{_FOLDER}/{file.name}", file.size)
            for picture in chapter.pictures
            for file in picture.files
        },
    )


def _as_it_is(content: bytes) -> bytes:
    return content


class _Place(NamedTuple):
    """One document of the spine."""

    name: str
    properties: str = ""

    @property
    def id(self) -> str:
        return self.name.removesuffix(".xhtml")


@dataclass(frozen=True, slots=True)
class _Spine:
    """The documents in reading order. Nothing but names is kept, and the places are made as they are asked for.

    `manifest_exceptions` holds, by the name of its first document, the documents of each chapter that has several, or whose
    only one has manifest properties.
    """

    front: tuple[str, ...]
    openers: Mapping[str, tuple[str, ...]]
    contents: Contents
    manifest_exceptions: Mapping[str, tuple[_Place, ...]]

    def __iter__(self) -> Iterator[_Place]:
        yield from map(_Place, self.front)
        for group in self.contents.groups:
            yield from map(_Place, self.openers.get(group.href, ()))
            for item in group.items:
                yield from self.manifest_exceptions.get(item.href) or (_Place(item.href),)
        for item in self.contents.after:
            yield from self.manifest_exceptions.get(item.href) or (_Place(item.href),)


def _landmarks(metadata: Metadata, contents: Contents, *, has_cover: bool) -> tuple[Landmark, ...]:
    own = words(metadata.language)
    first = contents.groups[0]
    start = first.href if has_opener(first) else first.items[0].href
    marks = [Landmark("cover", "cover", own["cover"], COVER_PAGE)] if has_cover else []
    return (
        *marks,
        Landmark("titlepage", "title-page", own["about"], FRONT_PAGE),
        Landmark("toc", "toc", own["contents"], CONTENTS),
        Landmark("bodymatter", "text", own["start"], start),
    )


class _Package(epub.EpubWriter):  # type: ignore[misc]  # ebooklib has no types
    """ebooklib's writer of the package document, made to yield it in pieces.

    Left to itself it builds one tree, of 2 KB and 0.02 ms for each article. Here it writes all but the lines of documents
    and pictures, whose names are our own and need no care.
    """

    def __init__(
        self, metadata: Metadata, spine: _Spine, pictures: Collection[str], landmarks: tuple[Landmark, ...]
    ) -> None:
        book = epub.EpubBook()
        # ebooklib appends Z to whatever time it is given.
        super().__init__(None, book, {"mtime": metadata.modified.astimezone(UTC), "raise_exceptions": True})
        self._language = metadata.language
        self._spine = spine
        self._pictures = pictures
        self._has_cover = COVER_PAGE in spine.front
        book.metadata = {}  # it holds a random identifier and a generator with a version
        for statement in statements(metadata, cover=self._has_cover, pictures=bool(pictures)):
            namespace = None if statement.element == "meta" else "DC"
            book.add_metadata(namespace, statement.element, statement.value or None, statement.attributes)
        book.guide = [{"type": mark.guide_type, "title": mark.title, "href": mark.href} for mark in landmarks]

    def pieces(self) -> Iterator[str]:
        """Yield the package document: EPUB 3.3, section 5."""
        way = direction(self._language)
        progression = ' page-progression-direction="rtl"' if way == "rtl" else ""
        yield (
            '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
            f'unique-identifier="{IDENTIFIER_ID}" xml:lang={attribute(self._language)} dir="{way}">\n'
        )
        yield _serialized(_built(self._write_opf_metadata))
        yield "<manifest>\n"
        self.book.items = [*self._items()]
        yield from map(_serialized, _built(self._write_opf_manifest))
        for place in self._spine:
            properties = f' properties="{place.properties}"' if place.properties else ""
            yield f'<item href="{place.name}" id="{place.id}" media-type="{_XHTML}"{properties}/>\n'
        for name in self._pictures:
            path = PurePosixPath(name)
            yield f'<item href="{name}" id="i-{path.stem}" media-type="{_MEDIA_TYPES[path.suffix]}"/>\n'
        yield f'</manifest>\n<spine toc="ncx"{progression}>\n'
        for place in self._spine:
            yield f'<itemref idref="{place.id}"/>\n'
        yield "</spine>\n"
        yield _serialized(_built(self._write_opf_guide))
        yield "</package>\n"

    def _items(self) -> Iterator[epub.EpubItem]:
        yield _item("nav", "nav.xhtml", _XHTML, "nav")
        yield _item("ncx", "toc.ncx", "application/x-dtbncx+xml")
        yield _item("style", STYLESHEET, "text/css")
        if self._has_cover:
            yield _item(COVER_ID, COVER_IMAGE, "image/jpeg", "cover-image")


def _item(uid: str, name: str, media_type: str, properties: str = "") -> epub.EpubItem:
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
