"""The names of articles' documents in the package, and the place in the book for each article's address."""

from __future__ import annotations

from collections.abc import Iterable

from epubmaker.model.articles import Entry
from epubmaker.text.addresses import identity, names_article

__all__ = ["anchor", "first_document", "key_in", "links_to", "stem"]


def stem(entry: Entry) -> str:
    """Return the common beginning of the names of an article's documents: letters, digits and a hyphen."""
    return entry.page.stem if entry.page else f"a-{entry.key}"


def anchor(entry: Entry) -> str:
    """Return the id by which an article is found on a page that it shares."""
    return f"p-{entry.key}"


def key_in(place: str) -> str:
    """Return the key of the article whose place, as `first_document` returns it, is given."""
    return place.removesuffix(".xhtml").rpartition("-")[2]


def first_document(entry: Entry) -> str:
    """Return the name of an article's first document, with its place there (`#id`) if it shares it with others."""
    place = f"#{anchor(entry)}" if entry.page else ""
    return f"{stem(entry)}.xhtml{place}"


def links_to(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the first document of each article by the identity of its address (see `addresses`).

    Left out are articles without an address, and those whose address is a site's front page.
    """
    found = ((identity(entry.link), first_document(entry)) for entry in entries if entry.link)
    return {name: document for name, document in found if names_article(name)}
