"""Turns articles into chapters, for the tests of the chapter builder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from cleanbooks import AssertClean
from lxml import etree
from minibook import write_book

from epubmaker.chapters.draft import draft
from epubmaker.chapters.render import Page, render
from epubmaker.model.articles import Article, Entry, Location
from epubmaker.model.chapters import Document, Draft, LinkSlot
from epubmaker.model.pictures import FetchFailed, PictureRef

LINK = "https://example.com/news/1.html"

_SHORT = 20_000  # bytes of a chapter
_JOINED = 40  # chapters in one document


def article(html: str, title: str = "Title", link: str | None = LINK, published: datetime | None = None) -> Article:
    """Return an article with the body `html`."""
    return Article(Entry("a.txt", Location(""), "a.txt", 0, "a", title, link, published), html)


def markup(drafted: Draft) -> str:
    """Return a draft's text as one string: pictures as `img` elements, links with their addresses."""
    return "".join(
        piece
        if isinstance(piece, str)
        else escape(piece.address)
        if isinstance(piece, LinkSlot)
        else f'{piece.before}<img src="{escape(piece.ref.sources[0])}" alt="{escape(piece.alt)}"/>{piece.after}'
        for part in drafted.parts
        for piece in part
    )


def body(html: str, title: str = "Title", link: str | None = LINK) -> str:
    """Return the text that an article with the body `html` becomes, as `markup` writes it."""
    return markup(draft(article(html, title, link)))


def documents(drafted: Draft, stem: str, entry: Entry | None = None) -> tuple[Document, ...]:
    """Return a draft's final documents, with a placeholder for each picture."""
    page = Page(entry or article("").entry, stem)
    missing = {ref: _missing(ref) for ref in drafted.pictures}
    return render(drafted, page, missing, {}).documents


def _missing(ref: PictureRef) -> FetchFailed:
    return FetchFailed(ref.sources[0], "picture-missing", "not asked for")


def dangling(made: Sequence[Document]) -> list[str]:
    """Return the links between documents that lead to nothing, and the ids that stand twice in one of them."""
    roots = {document.name: etree.fromstring(document.content) for document in made}
    ids = {name: [str(found) for found in root.xpath("//@id")] for name, root in roots.items()}
    found = [f"{name}: {each} twice" for name, every in ids.items() for each in set(every) if every.count(each) > 1]
    for name, root in roots.items():
        for href in map(str, root.xpath("//@href")):
            file, mark, fragment = href.partition("#")
            target = file or name
            if mark and target in ids and fragment not in ids[target]:
                found.append(f"{name}: {href}")
    return found


def complaints(drafts: Iterable[Draft], path: Path, epubcheck: AssertClean) -> list[str]:
    """Return EPUBCheck's messages about the chapters, all in one book that is written at `path`.

    Each message comes with the line that it is about. Short chapters share documents: what costs time is each document.
    """
    whole: list[Document] = []
    short: list[Document] = []
    for number, each in enumerate(drafts):
        made = documents(each, f"c{number}")
        (short if len(made) == 1 and len(made[0].content) < _SHORT else whole).extend(made)
    every = [*whole, *(_joined(short[start : start + _JOINED]) for start in range(0, len(short), _JOINED))]
    (result,) = epubcheck.results(write_book(path, every))
    lines = {f"EPUB/{document.name}": document.content.decode().split("\n") for document in every}
    found = [
        f"{message}\n{lines[message.file][message.line - 1] if message.file in lines and message.line else ''}"
        for message in result.messages
        if message.severity in {"fatal", "error", "warning"}
    ]
    return found or ([] if result.clean else [str(result)])


def _joined(chapters: Sequence[Document]) -> Document:
    """Return the first of some chapters with the contents of the others after its own, under ids of their own."""
    parts = [chapter.content.decode().partition("</header>\n")[2].rpartition("\n<footer>")[0] for chapter in chapters]
    parts = [re.sub(r'( id="| href="#)(s[0-9]+")', rf"\g<1>c{number}-\2", part) for number, part in enumerate(parts)]
    before, _, rest = chapters[0].content.decode().partition("</header>\n")
    inner = "\n".join(parts)
    content = f"{before}</header>\n{inner}\n<footer>{rest.rpartition('<footer>')[2]}"
    properties = frozenset[str]().union(*(chapter.properties for chapter in chapters))
    return Document(chapters[0].name, content.encode(), properties)
