"""What the documents of articles are called in the package, and which address leads to which of them."""

from __future__ import annotations

from collections.abc import Iterable

from epubmaker.model.articles import Entry
from epubmaker.text.addresses import identity, names_article

__all__ = ["first_document", "links_to", "stem"]


def stem(entry: Entry) -> str:
    """Return what the names of an article's documents begin with: letters, digits and a hyphen."""
    return f"a-{entry.key}"


def first_document(entry: Entry) -> str:
    """Return the name of the document that the contents lead to."""
    return f"{stem(entry)}.xhtml"


def links_to(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the first document of each article that has an address of its own, by its identity (see `addresses`)."""
    found = ((identity(entry.link), first_document(entry)) for entry in entries if entry.link)
    return {name: document for name, document in found if names_article(name)}
