"""The names of articles' documents in the package, and the place in the book for each article's address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from epubmaker.model.articles import Entry, Location
from epubmaker.text.addresses import identity, names_article, without_form
from epubmaker.text.notes import by_address, is_note, place_named

if TYPE_CHECKING:  # an unchanged book does without its module
    from epubmaker.model.chapters import Section

__all__ = ["LinksFrom", "anchor", "document", "first_document", "key_in", "link_key", "links_to", "stem"]

_TEXT_FRAGMENT = ":~:"  # what follows names words of a page: https://wicg.github.io/scroll-to-text-fragment/


def stem(entry: Entry) -> str:
    """Return the common beginning of the names of an article's documents: letters, digits and a hyphen."""
    return entry.page.stem if entry.page else f"a-{entry.key}"


def anchor(entry: Entry) -> str:
    """Return the id by which an article is found on a page that it shares."""
    return f"p-{entry.key}"


def key_in(place: str) -> str:
    """Return the key of the article whose place, as `first_document` returns it, is given."""
    return place.removesuffix(".xhtml").rpartition("-")[2]


def document(stem: str, part: int) -> str:
    """Return the name of a part of a chapter, counted from 1, by the beginning that all of them share."""
    return f"{stem}.xhtml" if part == 1 else f"{stem}-{part}.xhtml"


def first_document(entry: Entry) -> str:
    """Return the name of an article's first document, with its place there (`#id`) if it shares it with others."""
    place = f"#{anchor(entry)}" if entry.page else ""
    return f"{stem(entry)}.xhtml{place}"


def link_key(address: str) -> str:
    """Return the key of an address for `LinksFrom`: its identity (see `addresses`), and its fragment if it has one."""
    if is_note(address):
        return address
    fragment = address.partition("#")[2]
    return f"{identity(address)}#{fragment}" if fragment else identity(address)


def links_to(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return each article by the identity of its address, without what names a form of its page (see `addresses`).

    Left out are articles without an address, and those whose address is a site's front page. Where two have pages that
    differ by their form alone, the second has its whole identity.
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        name = identity(entry.link) if entry.link else ""
        if names_article(name):
            bare = without_form(name)
            found[name if bare in found else bare] = entry
    return found


class LinksFrom(Mapping[str, str]):
    """Where links from the articles of one location lead in a book: to `web`, as `links_to` gives it, and to notes.

    Keys are those that `link_key` makes of addresses.
    """

    def __init__(
        self,
        location: Location,
        entries: Iterable[Entry],
        web: Mapping[str, Entry],
        sections: Callable[[Entry], Mapping[str, Section]],
    ) -> None:
        """`sections` returns those of an article's draft. It is asked for each link to a section."""
        self._location = location
        self._entries = entries
        self._web = web
        self._sections = sections

    def __getitem__(self, key: str) -> str:
        address, _, fragment = key.partition("#")
        entry = self._article(address)
        if entry is None:
            raise KeyError(key)
        section = _section(self._sections(entry), fragment) if fragment else None
        if section is None:
            return first_document(entry)
        if entry.page:
            return f"{first_document(entry)}-{section.id}"
        return f"{document(stem(entry), section.part)}#{section.id}"

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._article(key.partition("#")[0]) is not None

    def __iter__(self) -> Iterator[str]:
        return iter({**self._web, **dict.fromkeys(self._notes, "")})

    def __len__(self) -> int:
        return len(self._web) + len(self._notes)

    def _article(self, address: str) -> Entry | None:
        if is_note(address):
            return self._notes.get(address)
        return self._web.get(address) or self._web.get(without_form(address))

    @cached_property
    def _notes(self) -> Mapping[str, Entry]:
        here = (entry for entry in self._entries if entry.location == self._location and not entry.member)
        return by_address((entry.name, entry) for entry in here)


def _section(sections: Mapping[str, Section], fragment: str) -> Section | None:
    """Return the section that a fragment names, however often it is percent-encoded; a note's own are hashes of it."""
    written = fragment.partition(_TEXT_FRAGMENT)[0]
    decoded = unquote(written)
    names = (written, decoded, unquote(decoded), place_named(decoded))
    return next((sections[name] for name in names if name in sections), None)
