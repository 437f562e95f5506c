"""A page of the catalog as JSON: OPDS 2.0, https://drafts.opds.io/opds-2.0. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from epubmaker.shelf.atom import EPUB
from epubmaker.shelf.catalog import ROOT, Page, Section, cover_path, position, thumbnail_path
from epubmaker.shelf.shelvedbook import ShelvedBook
from epubmaker.text.timezones import iso

__all__ = ["json_feed"]

_TYPE = "application/opds+json"


def json_feed(page: Page, ids: Mapping[str, str], covers: Collection[str]) -> str:
    """Return the feed; `ids` are the identifiers of the books by their files, `covers` those that have pictures."""
    metadata: dict[str, Any] = {"title": page.title, "modified": iso(page.updated)}
    if page.number == 1:
        metadata["numberOfItems"] = page.total
    if page.count > 1:
        metadata["currentPage"] = page.number
    links = [_link("self", page, page.path), _link("start", page, ROOT)]
    if page.path != ROOT:
        links.append(_link("up", page, page.up))
    links += [_link(relation, page, path) for relation, path in page.neighbors()]
    feed: dict[str, Any] = {"metadata": metadata, "links": links}
    if page.books:
        feed["publications"] = [
            _publication(page, book, ids[book.name], has_cover=book.name in covers) for book in page.books
        ]
    else:  # a feed must have something: one without books leads back
        feed["navigation"] = [_section(page, each) for each in page.lists] or [
            {"title": page.title, **_link("up", page, page.up)}
        ]
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _link(relation: str, page: Page, path: str) -> dict[str, Any]:
    return {"rel": relation, "href": page.href(f"{path}.json"), "type": _TYPE}


def _section(page: Page, section: Section) -> dict[str, Any]:
    relation = "http://opds-spec.org/sort/new" if section is page.top[0] else "subsection"
    link = _link(relation, page, section.path)
    return {"title": section.title, **link, "properties": {"numberOfItems": section.count}}


def _publication(page: Page, book: ShelvedBook, identifier: str, *, has_cover: bool) -> dict[str, Any]:
    number = position(book)
    number = int(number) if number.is_integer() else number
    series = {"name": book.series, **({"position": number} if number else {})}
    metadata = {
        "@type": "http://schema.org/Book",
        "identifier": identifier,
        "title": book.title,
        "author": list(book.authors),
        "publisher": book.publisher,
        "language": book.language,
        "modified": iso(book.modified),
        "published": book.day.isoformat() if book.day else "",
        "description": book.description,
        "subject": list(book.subjects),
        "belongsTo": {"series": [series]} if book.series else {},
    }
    acquisition = {"rel": "http://opds-spec.org/acquisition/open-access", "href": page.href(book.name), "type": EPUB}
    found: dict[str, Any] = {
        "metadata": {name: value for name, value in metadata.items() if value},
        "links": [acquisition],
    }
    if has_cover:
        pictures = {"image": cover_path(book), "image/thumbnail": thumbnail_path(book)}
        found["images"] = [
            {"rel": f"http://opds-spec.org/{relation}", "href": page.href(path), "type": "image/jpeg"}
            for relation, path in pictures.items()
        ]
    return found
