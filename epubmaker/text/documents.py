"""The names of articles' documents in the package, and the document for each article's address."""

from __future__ import annotations

from collections.abc import Iterable

from epubmaker.model.articles import Entry
from epubmaker.text.addresses import identity, names_article

__all__ = ["first_document", "links_to", "stem"]


def stem(entry: Entry) -> str:
    """Return the common beginning of the names of an article's documents: letters, digits and a hyphen."""
    return f"a-{entry.key}"


def first_document(entry: Entry) -> str:
    """Return the name of an article's first document, which the table of contents links to."""
    return f"{stem(entry)}.xhtml"


def links_to(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the first document of each article by the identity of its address (see `addresses`).

    Left out are articles without an address, and those whose address is a site's front page.
    """
    found = ((identity(entry.link), first_document(entry)) for entry in entries if entry.link)
    return {name: document for name, document in found if names_article(name)}
