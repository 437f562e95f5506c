"""Writes a book: documents and pictures into the container as they come, then the pages and lists around them.

Nothing of a chapter but the names of its files is kept in memory. ebooklib's own writer is not used for this: it parses
every chapter again, deflates pictures again, stamps entries with the wall clock, writes straight to the final path and
holds the whole book.

The spine: cover, title page, table of contents, then each group's opener and articles, and last the list of pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from epubmaker.model.books import Book, CoverPicture, Metadata
from epubmaker.model.chapters import (
    Chapter,
    Document,
    DocumentForm,
    PackedChapter,
    PackedDocument,
    PictureAnchor,
    Weight,
)
from epubmaker.packager.container import Container, entry_size, pack, unpack
from epubmaker.packager.contents import CONTENTS_PAGE, Contents, ContentsItem
from epubmaker.packager.forms import adapt
from epubmaker.packager.package import NAV, NCX, STYLESHEET, SpineItem, package_document
from epubmaker.packager.pages import COVER_IMAGE, COVER_PAGE, TITLE_PAGE, Page, Pages
from epubmaker.packager.toc import Landmark, nav_document, ncx, outline
from epubmaker.storage.publish import OpenFile, PendingFile, output_errors
from epubmaker.text.words import words

__all__ = ["BookWriter", "pack_chapter", "weigh"]

_FOLDER = "EPUB"
_PACKAGE = f"{_FOLDER}/package.opf"
_CONTAINER_XML = f"""<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{_PACKAGE}" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_ELEMENTS = {"svg": b"<svg", "mathml": b"<math"}  # by the manifest property that says that a document has them


class BookWriter:
    """Writes one book to `output`: `add_chapter` for each chapter, then `complete` and `publish`.

    Leaving the context without `publish` leaves an older book there as it was. Every method raises `OutputError` when
    the book cannot be written.
    """

    def __init__(
        self, output: Path, stylesheet: bytes, *, form: DocumentForm = "epub", open_file: OpenFile | None = None
    ) -> None:
        """Open a file beside `output`; `stylesheet` is the CSS, which all documents know as `STYLESHEET`.

        `form` is the form of all documents. `open_file` opens a path for writing.
        """
        self._output = output
        self._form: DocumentForm = form
        self._documents: dict[str, tuple[SpineItem, ...]] = {}  # by the name of the first; see `_keep_documents`
        self._pictures: dict[str, None] = {}  # the names of their files, in the order in which they came
        self._shared: list[PackedDocument] = []  # the parts of a page that are there before the last
        self._title, self._articles = "", 0
        with output_errors(output), ExitStack() as undo:
            self._pending = PendingFile(output, open_file)
            undo.callback(self._pending.discard)
            self._container = Container(self._pending.file)
            self._container.add("META-INF/container.xml", _CONTAINER_XML.encode())
            self._add(STYLESHEET, stylesheet)
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

    def add_chapter(self, chapter: Chapter | PackedChapter, *, only_list: bool = False) -> None:
        """Write a chapter's documents, and those of its pictures that no earlier chapter had.

        With `only_list`, nothing is written but its lines in the lists of `complete`.
        """
        packed = pack_chapter(chapter, self._form) if isinstance(chapter, Chapter) else chapter
        documents = self._joined(packed) if packed.entry.page else packed.documents
        files = [file for picture in packed.pictures for file in picture.files if file.name not in self._pictures]
        if not only_list:
            with output_errors(self._output):
                for document in documents:
                    self._container.add_packed(f"{_FOLDER}/{document.name}", document)
                for name, path in {file.name: file.path for file in files}.items():
                    self._container.add_file(f"{_FOLDER}/{name}", path)
        self._pictures.update((file.name, None) for file in files)
        if documents:
            self._keep_documents(
                [SpineItem(document.name, " ".join(sorted(document.properties))) for document in documents]
            )

    def _joined(self, chapter: PackedChapter) -> Sequence[PackedDocument]:
        """Return the page that an article shares with those before it, if it is the last of them."""
        self._shared += chapter.documents
        if not chapter.closes:
            return ()
        content = b"".join(map(unpack, self._shared))
        properties = frozenset(chain.from_iterable(document.properties for document in self._shared))
        self._shared = []
        return (_packed(Document(chapter.documents[0].name, content, properties), self._form),)

    def _keep_documents(self, documents: Sequence[SpineItem]) -> None:
        """Note the documents of a chapter for the spine; for most, the name of the first one says all."""
        first = documents[0]
        if len(documents) > 1 or first.properties:
            self._documents[first.name] = tuple(documents)

    def complete(
        self,
        metadata: Metadata,
        contents: Contents,
        *,
        cover: CoverPicture | None = None,
        missing: int = 0,
        minutes: int = 0,
        headlines: Sequence[ContentsItem] = (),
        pictures: Sequence[PictureAnchor] = (),
        every_article: bool = False,
    ) -> None:
        """Write all that is not a chapter, so that `size` is the book's.

        `contents` names every chapter that was added, in reading order. `missing` is the number of pictures that could
        not be fetched, `minutes` how long the book takes to read; `headlines` are the articles that the title page
        names; `pictures` are to be listed at the end of the book. With `every_article`, all tables of contents name
        every article, as those of smaller books do.
        """
        contents = contents.with_openers()
        language = metadata.language
        with output_errors(self._output):
            if pictures:
                names = self._write(Pages(metadata, contents, STYLESHEET).picture_list(pictures))
                self._keep_documents([SpineItem(name) for name in names])
                item = ContentsItem.of(words(language)["picture_list"], names[0], language)
                contents = replace(contents, after=(item,))
            pages = Pages(metadata, contents, STYLESHEET)
            if notes := pages.notes(missing):
                item = ContentsItem.of(notes.title, self._write([notes])[0], language)
                contents = replace(contents, after=(*contents.after, item))
            table = list(pages.table_of_contents(every_article=every_article))
            front = [pages.title_page(len(self._pictures), minutes, headlines), *table]
            if cover is not None:
                self._container.add_stored(f"{_FOLDER}/{COVER_IMAGE}", cover.data)
                front.insert(0, pages.cover(cover.size))
            spine = [SpineItem(name) for name in self._write(front)]
            if cover is not None and cover.size is not None:
                spine[0] = SpineItem(COVER_PAGE, "svg")
            spine += self._write_openers(pages, contents)
            landmarks = _landmarks(contents, language, cover=cover is not None)
            listed = [ContentsItem.of(page.title, page.name, language) for page in table]
            entries = outline(contents, listed, language, every_article=every_article)
            self._add(NAV, nav_document(entries, landmarks, language, STYLESHEET).encode())
            self._add(NCX, ncx(entries, metadata.title, metadata.identifier, language).encode())
            package = package_document(metadata, spine, self._pictures, landmarks, cover=cover is not None)
            self._container.add(_PACKAGE, package.encode())
        self._title, self._articles = metadata.title, sum(1 for _ in contents.articles)

    def publish(self) -> Book:
        """Put the book, which is complete, in its place."""
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

    def _write_openers(self, pages: Pages, contents: Contents) -> Iterator[SpineItem]:
        """Write the openers; yield the documents of the spine from the first group on."""
        for group in contents.groups:
            yield from map(SpineItem, self._write(pages.opener(group)) if group.has_opener else ())
            for item in group.items:
                yield from self._documents.get(item.href, (SpineItem(item.href),))
        for item in contents.after:
            yield from self._documents.get(item.href, (SpineItem(item.href),))

    def _write(self, pages: Iterable[Page]) -> list[str]:
        """Write pages; return their names."""
        names = []
        for page in pages:
            self._add(page.name, adapt(page.markup.encode(), self._form))
            names.append(page.name)
        return names

    def _add(self, name: str, content: bytes) -> None:
        self._container.add(f"{_FOLDER}/{name}", content)


def pack_chapter(chapter: Chapter, form: DocumentForm) -> PackedChapter:
    """Return a chapter with its documents in a form, deflated.

    A part of a page that several articles share gets that form with the rest of the page.
    """
    packed = pack if chapter.entry.page else partial(_packed, form=form)
    return PackedChapter.of(chapter, map(packed, chapter.documents))


def _packed(document: Document, form: DocumentForm) -> PackedDocument:
    content = adapt(document.content, form)
    # The other form may have no formulas any more, which must not be declared then.
    properties = frozenset(name for name in document.properties if _ELEMENTS.get(name, b"<") in content)
    return pack(Document(document.name, content, properties))


def weigh(chapter: PackedChapter) -> Weight:
    """Return how many bytes a chapter adds to a book, beside its lines in the lists."""
    return Weight(
        sum(entry_size(f"{_FOLDER}/{document.name}", len(document.deflated)) for document in chapter.documents),
        {
            file.name: entry_size(f"{_FOLDER}/{file.name}", file.size)
            for picture in chapter.pictures
            for file in picture.files
        },
    )


def _landmarks(contents: Contents, language: str, *, cover: bool) -> tuple[Landmark, ...]:
    own = words(language)
    first = contents.groups[0]
    start = first.href if first.has_opener else first.items[0].href
    return (
        *([Landmark("cover", "cover", own["cover"], COVER_PAGE)] if cover else []),
        Landmark("titlepage", "title-page", own["title_page"], TITLE_PAGE),
        Landmark("toc", "toc", own["contents"], CONTENTS_PAGE),
        Landmark("bodymatter", "text", own["start"], start),
    )
