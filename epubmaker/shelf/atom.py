"""A page of the catalog as an Atom feed: OPDS 1.2, https://specs.opds.io/opds-1.2. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from epubmaker.shelf.catalog import ROOT, Kind, Page, Section, atom_id, cover_path, thumbnail_path
from epubmaker.shelf.shelvedbook import ShelvedBook
from epubmaker.text.timezones import iso
from epubmaker.text.xhtml import attribute, text

__all__ = ["AUTHOR", "EPUB", "atom_feed"]

AUTHOR = "<author><name>epubmaker</name></author>"
"""The line of each feed that says who has written it."""

EPUB = "application/epub+zip"
_ATOM = "application/atom+xml;profile=opds-catalog;kind="
_OPDS = "http://opds-spec.org"
_NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/terms/" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:schema="http://schema.org"'
)


def atom_feed(page: Page, ids: Mapping[str, str], covers: Collection[str]) -> str:
    """Return the feed; `ids` are the identifiers of the books by their files, `covers` those that have pictures."""
    return "".join(f"{line}\n" for line in _lines(page, ids, covers))


def _lines(page: Page, ids: Mapping[str, str], covers: Collection[str]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f"<feed {_NAMESPACES} xml:lang={attribute(page.language)}>"
    yield f"<id>{atom_id(page.path)}</id>"
    yield f"<title>{text(page.title)}</title>"
    yield f"<updated>{iso(page.updated)}</updated>"
    yield AUTHOR
    yield _link("self", page, page.path, page.kind)
    yield _link("start", page, ROOT, "navigation")
    if page.path != ROOT:
        yield _link("up", page, page.up, "navigation")
    for relation, path in page.neighbors():
        yield _link(relation, page, path, page.kind)
    if page.books and page.number == 1:
        yield f"<opensearch:totalResults>{page.total}</opensearch:totalResults>"
    for entry in page.entries:
        yield from _section(page, entry) if isinstance(entry, Section) else _book(page, entry, ids, covers)
    yield "</feed>"


def _link(relation: str, page: Page, path: str, kind: Kind) -> str:
    return f'<link rel="{relation}" href="{page.href(f"{path}.xml")}" type="{_ATOM}{kind}"/>'


def _section(page: Page, section: Section) -> Iterator[str]:
    relation = f"{_OPDS}/sort/new" if section is page.top[0] else "subsection"
    yield f"<entry><id>{atom_id(section.path)}</id><title>{text(section.title)}</title>"
    yield f'<updated>{iso(section.updated)}</updated><content type="text">{section.count}</content>'
    yield f"{_link(relation, page, section.path, section.kind)}</entry>"


def _book(page: Page, book: ShelvedBook, ids: Mapping[str, str], covers: Collection[str]) -> Iterator[str]:
    yield f"<entry><id>{text(ids[book.name])}</id><title>{text(book.title)}</title>"
    yield f"<updated>{iso(book.modified)}</updated>"
    yield from (f"<author><name>{text(name)}</name></author>" for name in book.authors)
    yield f"<dc:language>{text(book.language)}</dc:language>"
    if book.day:
        yield f"<published>{book.day}T00:00:00Z</published>"
        yield f"<dc:issued>{book.day}</dc:issued>"
    if book.publisher:
        yield f"<dc:publisher>{text(book.publisher)}</dc:publisher>"
    if book.series:
        position = f" schema:position={attribute(book.position)}" if book.position else ""
        yield f"<schema:Series schema:name={attribute(book.series)}{position}/>"
    yield from (f"<category term={attribute(subject)} label={attribute(subject)}/>" for subject in book.subjects)
    if book.description:
        yield f'<summary type="text">{text(book.description)}</summary>'
    if book.name in covers:
        yield f'<link rel="{_OPDS}/image" href="{page.href(cover_path(book))}" type="image/jpeg"/>'
        yield f'<link rel="{_OPDS}/image/thumbnail" href="{page.href(thumbnail_path(book))}" type="image/jpeg"/>'
    yield (
        f'<link rel="{_OPDS}/acquisition/open-access" href="{page.href(book.name)}" type="{EPUB}" '
        f'length="{book.size}"/></entry>'
    )
