"""The names of articles' documents in the package, and the place in the book for each article's address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property

from epubmaker.model.articles import Entry, Location
from epubmaker.text.addresses import identity, names_article
from epubmaker.text.notes import by_address, is_note

__all__ = ["LinksFrom", "anchor", "first_document", "key_in", "links_to", "stem"]


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


class LinksFrom(Mapping[str, str]):
    """Where links from the articles of one location lead in a book: `web`, as `links_to` gives it, and notes beside them.

    Keys are identities of addresses, and addresses of notes (see `notes`), with the id of a place there or without.
    """

    def __init__(
        self,
        location: Location,
        entries: Iterable[Entry],
        web: Mapping[str, str],
        places: Callable[[Entry], Collection[str]],
    ) -> None:
        """`places` returns the ids of the places in a note. It is asked once for each note that such a link leads to."""
        self._location = location
        self._entries = entries
        self._web = web
        self._read_places = places
        self._places: dict[str, Collection[str]] = {}

    def __getitem__(self, key: str) -> str:
        if not is_note(key):
            return self._web[key]
        address, _, place = key.partition("#")
        entry = self._notes[address]
        has_place = place and not entry.page and place in self._places_in(entry)
        return f"{first_document(entry)}#{place}" if has_place else first_document(entry)

    def __contains__(self, key: object) -> bool:
        return key in self._web or (isinstance(key, str) and is_note(key) and key.partition("#")[0] in self._notes)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._web, **dict.fromkeys(self._notes, "")})

    def __len__(self) -> int:
        return len(self._web) + len(self._notes)

    @cached_property
    def _notes(self) -> Mapping[str, Entry]:
        here = (entry for entry in self._entries if entry.location == self._location and not entry.member)
        return by_address((entry.name, entry) for entry in here)

    def _places_in(self, entry: Entry) -> Collection[str]:
        if entry.key not in self._places:
            self._places[entry.key] = self._read_places(entry)
        return self._places[entry.key]
