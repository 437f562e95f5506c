"""Finished chapters of earlier builds.

A chapter is found in two steps, since the results of its pictures are part of its key:

    article -> outline     its pictures and links, by the bytes of its file
    outline -> chapter     its documents, deflated, by the outline's key, the pictures' results and the chapter's neighbors
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, get_args

from epubmaker.chapters.render import Page
from epubmaker.model.articles import Entry, Issue
from epubmaker.model.chapters import (
    DEFAULT_SETTINGS,
    DocumentForm,
    Draft,
    DraftSettings,
    LeftOut,
    LinkSlot,
    PackedChapter,
    PackedDocument,
    PictureAnchor,
    Section,
)
from epubmaker.model.pictures import Picture, PictureRef, PictureResult, Referrer
from epubmaker.reuse.fingerprints import key_of, program_fingerprint
from epubmaker.reuse.heads import HeadIndex
from epubmaker.reuse.store import CHAPTERS, OUTLINES, Store
from epubmaker.storage.validation import InvalidValueError, amount, counts, items, one_of, parse, read_all, text, texts
from epubmaker.text.documents import link_key

__all__ = ["ChapterContext", "Chapters", "Outline"]

_PROPERTIES = frozenset({"mathml", "svg"})  # of the manifest: EPUB 3.3, section D.4, those that a chapter may need
_NOTHING = LeftOut()
_REFERRERS = get_args(Referrer)
_ID = re.compile(r"s[0-9]{1,9}")
# As `chapters.language.normalize` returns them: language, script, region, variants (RFC 5646, section 2.1).
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*")


@dataclass(frozen=True, slots=True)
class Outline:
    """The language (BCP 47) of an article, its pictures, the keys (see `text.documents`) of its links, and its sections."""

    key: str
    language: str
    pictures: tuple[PictureRef, ...]
    links: tuple[str, ...]
    sections: Mapping[str, Section]


@dataclass(frozen=True, slots=True)
class ChapterContext:
    """All that a chapter is made of beside its article: its page, the results of its pictures, the links into the book.

    `links` maps the keys of addresses to places in the book.
    """

    page: Page
    pictures: Mapping[PictureRef, PictureResult]
    links: Mapping[str, str]
    form: DocumentForm = "epub"


class Chapters:
    """The outlines and chapters of a store."""

    def __init__(self, store: Store, heads: HeadIndex) -> None:
        self._store = store
        self._heads = heads

    def is_empty(self) -> bool:
        """Whether there are no outlines, and so nothing to find."""
        self._store.flush()
        return self._store.is_empty(OUTLINES)

    def find(self, entries: Sequence[tuple[Entry, DraftSettings]]) -> list[tuple[str, str] | None]:
        """Return the hash of each article's file and the key of its outline; None where no outline is kept.

        With each entry comes what its draft is made by.
        """
        hashes = self._heads.hashes_of([entry for entry, _ in entries])
        found = [
            (sha256, _outline_key(entry, sha256, settings)) if sha256 else None
            for (entry, settings), sha256 in zip(entries, hashes, strict=True)
        ]
        there = self._store.which(OUTLINES, (pair[1] for pair in found if pair))
        return [pair if pair and pair[1] in there else None for pair in found]

    def outlines(self, keys: Iterable[str]) -> dict[str, Outline]:
        """Return the outlines by key; those that another run has removed are missing."""
        found = {}
        rows = self._store.find(OUTLINES, keys)
        for row, record in zip(rows.values(), read_all(row.record for row in rows.values()), strict=True):
            outline = parse(_outline, row.key, record)
            if outline is None:
                self._store.drop(OUTLINES, row.key)
            else:
                self._store.touch(OUTLINES, row)
                found[row.key] = outline
        return found

    def keep_outline(self, entry: Entry, draft: Draft, settings: DraftSettings = DEFAULT_SETTINGS) -> Outline | None:
        """Keep the outline of a draft that was made by `settings`, and return it; None when its origin is unknown."""
        if draft.origin is None or not self._store.usable:
            return None
        self._heads.read_whole(entry.path, draft.origin)
        key = _outline_key(entry, draft.origin.sha256, settings)
        outline = Outline(key, draft.language, draft.pictures, _links(draft), draft.sections)
        pictures = [(ref.sources, ref.referrer) for ref in outline.pictures]
        record = json.dumps([draft.language, pictures, outline.links, draft.sections])
        self._store.put(OUTLINES, outline.key, record.encode())
        return outline

    def chapters(self, wanted: Sequence[tuple[Outline, ChapterContext]]) -> list[PackedChapter | None]:
        """Return the finished chapters; None for each that is not kept."""
        keys = [_chapter_key(outline, context) for outline, context in wanted]
        rows = self._store.find(CHAPTERS, keys)
        known = dict(zip(rows, read_all(row.record for row in rows.values()), strict=True))
        found: list[PackedChapter | None] = []
        for key, (outline, context) in zip(keys, wanted, strict=True):
            row = rows.get(key)
            chapter = None
            if row is not None:
                chapter = parse(_load, known[key], row.body, context, outline)
                if chapter is None:
                    self._store.drop(CHAPTERS, key)
                else:
                    self._store.touch(CHAPTERS, row)
            found.append(chapter)
        return found

    def keep_chapter(self, outline: Outline, context: ChapterContext, chapter: PackedChapter) -> None:
        """Keep a finished chapter."""
        key = _chapter_key(outline, context)
        self._store.put(CHAPTERS, key, *_dump(chapter))


def _links(draft: Draft) -> tuple[str, ...]:
    addresses = {piece.address: None for part in draft.parts for piece in part if isinstance(piece, LinkSlot)}
    return tuple(dict.fromkeys(map(link_key, addresses)))


def _outline_key(entry: Entry, sha256: str, settings: DraftSettings) -> str:
    moments = [moment and moment.isoformat() for moment in (entry.published, entry.archived)]
    named = (entry.format, entry.source, entry.author, entry.language)
    of_source = (
        _repeated_key(settings.repeated_text),
        _repeated_key(settings.repeated_lines),
        sorted(settings.repeated_pictures),
    )
    made_by = (settings.keep_all, settings.whole_page, *of_source, settings.still)
    return key_of(program_fingerprint(), sha256, entry.title, entry.link, *moments, *named, *made_by)


@cache
def _repeated_key(repeated: frozenset[int]) -> str:
    return key_of(sorted(repeated)) if repeated else ""


def _chapter_key(outline: Outline, context: ChapterContext) -> str:
    page = context.page
    return key_of(
        outline.key,
        context.form,
        page.entry.title or page.entry.label,
        (page.stem, page.stylesheet, page.contents, page.previous, page.following),
        (page.opens, page.closes, page.entry.page),
        [_shown(context.pictures[ref]) for ref in outline.pictures],
        [(link, context.links[link]) for link in outline.links if link in context.links],
    )


def _shown(result: PictureResult) -> object:
    """Return the part of a picture's result that changes the chapter."""
    if isinstance(result, Picture):
        return [result.scale, *((file.name, file.width, file.height) for file in result.files)]
    return result.status, result.url


# --- as rows ---------------------------------------------------------------------------------------------------------

# Rows are lists and not dictionaries, which would be longer.


def _outline(key: str, values: object) -> Outline:
    language, pictures, links, sections = items(values, 4)
    refs = tuple([_picture(items(row, 2)) for row in items(pictures)])
    if not all(ref.sources for ref in refs):
        raise InvalidValueError(values)
    return Outline(key, _language(language), refs, texts(links), _sections(sections) if sections else {})


def _sections(found: object) -> Mapping[str, Section]:
    if not isinstance(found, dict):
        raise InvalidValueError(found)
    sections = {name: Section(*items(place, 2)) for name, place in found.items()}
    if not all(type(part) is int and part > 0 and _ID.fullmatch(text(name)) for part, name in sections.values()):
        raise InvalidValueError(found)
    return sections


def _picture(row: list[Any]) -> PictureRef:
    return PictureRef(texts(row[0]), one_of(row[1], _REFERRERS))


def _dump(chapter: PackedChapter) -> tuple[bytes, bytes]:
    body = b"".join(document.deflated for document in chapter.documents)
    documents = [
        (document.name, sorted(document.properties), document.crc, document.size, len(document.deflated))
        for document in chapter.documents
    ]
    anchors = [(anchor.caption, anchor.href, anchor.language, anchor.file) for anchor in chapter.anchors]
    # Issues are kept without their place: the folder of the articles may move.
    issues = [(issue.code, issue.severity, issue.message) for issue in chapter.issues]
    left_out = chapter.left_out.counts, chapter.left_out.characters
    values = [
        chapter.language,
        chapter.excerpt,
        documents,
        anchors,
        issues,
        chapter.seconds,
        chapter.dropped,
        *left_out,
        chapter.standfirst,
    ]
    return json.dumps(values).encode(), body


def _load(values: object, body: bytes | None, context: ChapterContext, outline: Outline) -> PackedChapter:
    """Decode a chapter; raises ValueError and TypeError."""
    language, excerpt, documents, anchors, issues, seconds, dropped, *left_out, standfirst = items(values, 10)
    lacking, characters = left_out
    if body is None:
        raise InvalidValueError(body)
    entry = context.page.entry
    results = [context.pictures[ref] for ref in outline.pictures]
    pictures = tuple(dict.fromkeys([result for result in results if isinstance(result, Picture)]))
    files = {file.name for picture in pictures for file in picture.files} if anchors else set()
    packed = tuple(_documents(items(documents), body, context.page))
    return PackedChapter(
        entry=entry,
        language=_language(language),
        documents=packed,
        pictures=pictures,
        anchors=tuple([_anchor(row, packed, files) for row in items(anchors)]) if anchors else (),
        excerpt=text(excerpt),
        issues=tuple([_issue(row, entry) for row in items(issues)]) if issues else (),
        dropped=amount(dropped),
        left_out=LeftOut(tuple(counts(lacking).items()), amount(characters)) if lacking else _NOTHING,
        closes=context.page.closes,
        seconds=amount(seconds),
        standfirst=text(standfirst),
    )


def _documents(rows: list[Any], body: bytes, page: Page) -> Iterator[PackedDocument]:
    """Yield the documents; raises InvalidValueError unless their names are those of this page."""
    start = 0
    for number, (name, properties, crc, size, length) in enumerate(rows, start=1):
        # Written out, since `validation.amount` for each number would double the time of a look-up.
        if not (type(crc) is type(size) is type(length) is int and min(crc, size, length) >= 0 and crc <= 0xFFFFFFFF):
            raise InvalidValueError(rows)
        held = frozenset(properties)
        if name != page.document(number) or not held <= _PROPERTIES:
            raise InvalidValueError(rows)
        stop = start + length
        yield PackedDocument(name, body[start:stop], crc, size, held)
        start = stop
    if not rows or start != len(body):
        raise InvalidValueError(rows)


def _anchor(row: list[Any], documents: Sequence[PackedDocument], files: Collection[str]) -> PictureAnchor:
    caption, href, language, file = row
    one_of(text(href).partition("#")[0], [document.name for document in documents])
    return PictureAnchor(text(caption), href, _language(language), one_of(file, files))


@lru_cache
def _language(value: object) -> str:
    if _LANGUAGE.fullmatch(text(value)):
        return text(value)
    raise InvalidValueError(value)


def _issue(row: list[Any], entry: Entry) -> Issue:
    code, severity, message = row
    return Issue(text(code), one_of(severity, ("warning", "error")), entry.label, text(message))
