"""Finished chapters of earlier builds, found again by all that went into them.

A chapter is looked up in two steps, since what became of its pictures is part of its key:

    article  | outline: which pictures and links it names     by the bytes it was read from
    pictures | chapter: its documents, deflated               by the outline's key, the pictures, the place in the book
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from epubmaker.addresses import identity
from epubmaker.chapters.render import Page
from epubmaker.model.articles import Entry, Issue
from epubmaker.model.chapters import Draft, LinkSlot, PackedChapter, PackedDocument, PicturePlace
from epubmaker.model.pictures import Picture, PictureRef, PictureResult
from epubmaker.rebuild.heads import Heads
from epubmaker.rebuild.keys import key_of
from epubmaker.rebuild.maker import maker
from epubmaker.rebuild.store import Store, read_all

__all__ = ["Chapters", "Outline", "Place"]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a chapter depends on beside its article: its pictures, and the identities (`addresses`) of what it links to."""

    key: str
    pictures: tuple[PictureRef, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chapter stands, and what is known around it: with its outline, all that it is made of.

    `links` leads from the identity of each article in the book to its document, `form` names how documents are adapted.
    """

    page: Page
    pictures: Mapping[PictureRef, PictureResult]
    links: Mapping[str, str]
    form: str = ""


class Chapters:
    """The outlines and chapters of a store."""

    def __init__(self, store: Store, heads: Heads) -> None:
        self._store = store
        self._heads = heads

    def is_empty(self) -> bool:
        """Whether nothing can be found, so that it is no use to look."""
        self._store.flush()
        return self._store.one("SELECT 1 FROM outlines LIMIT 1") is None

    def find(self, entries: Iterable[Entry]) -> list[tuple[str, str] | None]:
        """Return the hash of each article's file and the key of its outline; None for those never drafted."""
        hashes = [(entry, self._heads.hash_of(entry)) for entry in entries]
        found = [(sha256, _outline_key(entry, sha256)) if sha256 else None for entry, sha256 in hashes]
        keys = [pair[1] for pair in found if pair]
        there = {key for (key,) in self._store.rows("SELECT key FROM outlines WHERE key IN (...)", keys)}
        return [pair if pair and pair[1] in there else None for pair in found]

    def outlines(self, keys: Iterable[str]) -> dict[str, Outline]:
        """Return the outlines of keys, but for those that another run has removed since they were found."""
        found = {}
        rows = list(self._store.rows("SELECT key, used, record FROM outlines WHERE key IN (...)", keys))
        for (key, used, _), record in zip(rows, read_all(row[2] for row in rows), strict=True):
            if record is None:
                continue
            self._store.use("outlines", "key", key, used)
            pictures, links = record
            found[key] = Outline(key, tuple(PictureRef(tuple(sources)) for sources in pictures), tuple(links))
        return found

    def keep_outline(self, entry: Entry, draft: Draft) -> Outline | None:
        """Keep what a draft names, and return it; None when nobody knows what the draft was made of."""
        if draft.origin is None or not self._store.usable:
            return None
        self._heads.read_whole(entry.path, draft.origin)
        outline = Outline(_outline_key(entry, draft.origin.sha256), draft.pictures, _links(draft))
        record = json.dumps([[ref.sources for ref in outline.pictures], outline.links])
        self._store.write("INSERT OR REPLACE INTO outlines VALUES (?, ?, ?)", outline.key, record, time.time())
        return outline

    def chapters(self, places: Sequence[tuple[Outline, Place]]) -> list[PackedChapter | None]:
        """Return the finished chapters; None for each that was never made, or by others."""
        keys = [_chapter_key(outline, place) for outline, place in places]
        query = "SELECT key, record, body, used FROM chapters WHERE key IN (...)"
        rows = list(self._store.rows(query, keys))
        records = read_all(row[1] for row in rows)
        known = {key: (record, body, used) for (key, _, body, used), record in zip(rows, records, strict=True)}
        found: list[PackedChapter | None] = []
        for key, (outline, place) in zip(keys, places, strict=True):
            record, body, used = known.get(key) or (None, b"", 0.0)
            chapter = _load(record, body, place, outline) if record else None
            if chapter:
                self._store.use("chapters", "key", key, used)
            found.append(chapter)
        return found

    def keep_chapter(self, outline: Outline, place: Place, chapter: PackedChapter) -> None:
        """Keep a finished chapter."""
        key = _chapter_key(outline, place)
        record, body = _dump(chapter)
        statement = "INSERT OR REPLACE INTO chapters VALUES (?, ?, ?, ?)"
        self._store.write(statement, key, record, time.time(), body)


def _links(draft: Draft) -> tuple[str, ...]:
    addresses = {piece.address: None for part in draft.parts for piece in part if isinstance(piece, LinkSlot)}
    return tuple(dict.fromkeys(map(identity, addresses)))


def _outline_key(entry: Entry, sha256: str) -> str:
    moments = [moment and moment.isoformat() for moment in (entry.published, entry.archived)]
    return key_of(maker(), sha256, entry.title, entry.link, *moments)


def _chapter_key(outline: Outline, place: Place) -> str:
    page = place.page
    return key_of(
        outline.key,
        place.form,
        page.entry.title or page.entry.label,
        (page.stem, page.stylesheet, page.contents, page.previous, page.following),
        [_shown(place.pictures[ref]) for ref in outline.pictures],
        [(link, place.links[link]) for link in outline.links if link in place.links],
    )


def _shown(result: PictureResult) -> object:
    """Return what a chapter shows of a picture."""
    if isinstance(result, Picture):
        return [(file.name, file.width, file.height) for file in result.files]
    return result.status, result.url


# --- as rows ---------------------------------------------------------------------------------------------------------

# Lists and not dictionaries: they are shorter, and there is one for each article of a book.


def _dump(chapter: PackedChapter) -> tuple[str, bytes]:
    body = b"".join(document.deflated for document in chapter.documents)
    documents = [
        (document.name, sorted(document.properties), document.crc, document.size, len(document.deflated))
        for document in chapter.documents
    ]
    places = [(place.caption, place.href, place.language) for place in chapter.places]
    # Where they are to be found is the next build's to say: the folder may have been moved.
    issues = [(issue.code, issue.severity, issue.message) for issue in chapter.issues]
    return json.dumps([zlib.crc32(body), chapter.language, chapter.excerpt, documents, places, issues]), body


def _load(values: Sequence[Any], body: bytes, place: Place, outline: Outline) -> PackedChapter | None:
    """Return what was dumped; None where a page of the file went bad."""
    crc, language, excerpt, documents, places, issues = values
    if zlib.crc32(body) != crc:
        return None
    entry = place.page.entry
    results = [place.pictures[ref] for ref in outline.pictures]
    return PackedChapter(
        entry=entry,
        language=language,
        documents=tuple(_documents(documents, body)),
        pictures=tuple(dict.fromkeys([result for result in results if isinstance(result, Picture)])),
        places=tuple([PicturePlace(*row) for row in places]),
        excerpt=excerpt,
        issues=tuple([Issue(code, severity, entry.label, message) for code, severity, message in issues]),
    )


def _documents(rows: list[tuple[str, list[str], int, int, int]], body: bytes) -> Iterator[PackedDocument]:
    start = 0
    for name, properties, crc, size, length in rows:
        yield PackedDocument(name, body[start : start + length], crc, size, frozenset(properties))
        start += length
