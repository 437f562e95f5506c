"""What the documents of articles are called in the package, and which address leads to which of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from epubmaker.addresses import KEY_LENGTH, article_key, identity
from epubmaker.model.articles import Entry

if TYPE_CHECKING:
    from epubmaker.model.chapters import PackedDocument

__all__ = ["Links", "first_document", "particular", "stem"]


def stem(entry: Entry) -> str:
    """Return what the names of an article's documents begin with: letters, digits and a hyphen."""
    return f"a-{entry.key}"


def first_document(entry: Entry) -> str:
    """Return the name of the document that the contents lead to."""
    return f"{stem(entry)}.xhtml"


def particular(documents: Sequence[PackedDocument]) -> tuple[tuple[str, str], ...]:
    """Return the names of a chapter's documents, each with its manifest properties.

    Nothing for most chapters: of an only document without properties, `first_document` tells all.
    """
    if len(documents) == 1 and not documents[0].properties:
        return ()
    return tuple((document.name, " ".join(sorted(document.properties))) for document in documents)


class Links(Mapping[str, str]):
    """Leads from the identity (see `addresses`) of each article in the book to its first document.

    Since the keys of articles are made of their identities, only these are kept: a dictionary of identities and names
    would take 0.15 KB more for each article.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.key[:KEY_LENGTH]: entry for entry in entries if entry.link}

    def __getitem__(self, name: str) -> str:
        """Return the name of a document; raises KeyError where the book has none for that identity."""
        entry = self._entries.get(article_key(name))
        if entry is None or not entry.link or identity(entry.link) != name:  # two may share a key, in theory
            raise KeyError(name)
        return first_document(entry)

    def __iter__(self) -> Iterator[str]:
        return (identity(entry.link) for entry in self._entries.values() if entry.link)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def articles(self) -> AbstractSet[str]:
        """The keys (see `addresses`) of all articles that links may lead to."""
        return self._entries.keys()
