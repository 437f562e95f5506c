"""Exports in JSON: wallabag, Omnivore, Readeck, Karakeep (Hoarder), Linkwarden.

wallabag has the texts of its articles in the file, Omnivore and Readeck beside it: in `content/` for many records, in
`container/` for the one of `info.json`. Linkwarden may have them as plain text; Karakeep has only those of notes. What an
export has no text of is an address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from epubmaker.collector.formats.collection import Record, plain_html
from epubmaker.collector.formats.encoding import decode
from epubmaker.collector.formats.feeds.media import Attachment, with_attachments
from epubmaker.collector.formats.format import Item
from epubmaker.collector.formats.jsonvalues import first_name, joined, mappings, moment_of, parsed, string

__all__ = ["Service", "records", "service_of"]

_WALLABAG_FAILED = "wallabag can't retrieve contents for this article"  # what stands in the place of a text
_FAILED_WITHIN = 300  # characters
_LARGEST_TEXT = 32_000_000  # bytes


class Service(NamedTuple):
    """A service: the first character of its export, names of fields that stand in the first bytes, and what reads it."""

    opening: bytes
    fields: tuple[bytes, ...]
    records: Callable[[object, Item], Iterator[Record]]


def records(item: Item) -> Iterator[Record]:
    """Yield the records that have an address or a text. Raises UnreadableError."""
    service = service_of(item.start)
    for record in service.records(parsed(item), item) if service else ():
        if record.link or record.html:
            yield record


def service_of(start: bytes) -> Service | None:
    opening = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return next(
        (
            service
            for service in _SERVICES
            if service.opening == opening and all(b'"%s"' % field in start for field in service.fields)
        ),
        None,
    )


# --- services --------------------------------------------------------------------------------------------------------


def _wallabag(found: object, item: Item) -> Iterator[Record]:
    del item
    for entry in mappings(found):
        link = string(entry.get("url"))
        picture = string(entry.get("preview_picture"))
        text = string(entry.get("content"))
        if _WALLABAG_FAILED in text[:_FAILED_WITHIN]:
            text = ""
        yield Record(
            string(entry.get("title")),
            link,
            with_attachments(text, [Attachment(picture, "image", is_preview=True)], link) if picture and text else text,
            published=moment_of(entry, "published_at"),
            archived=moment_of(entry, "created_at"),
            source=string(entry.get("domain_name")).removeprefix("www."),
            author=joined(map(string, _list(entry.get("published_by")))),
            tag=first_name(entry.get("tags")),
            id=string(entry.get("id")),
            language=string(entry.get("language")).replace("_", "-"),
            origins=(("title", "title"), ("published", "published_at"), ("text", "content")),
        )


def _omnivore(found: object, item: Item) -> Iterator[Record]:
    for entry in mappings(found):
        slug = string(entry.get("slug"))
        text = item.beside(f"content/{slug}.html", _LARGEST_TEXT) if slug else None
        link = string(entry.get("url"))
        yield Record(
            string(entry.get("title")),
            link,
            decode(text).text.replace("\0", "") if text else "",
            published=moment_of(entry, "publishedAt"),
            archived=moment_of(entry, "savedAt"),
            author=string(entry.get("author")),
            tag=first_name(entry.get("labels")),
            id=string(entry.get("id")) or slug,
            origins=(("title", "title"), ("published", "publishedAt"), ("text", "content/")),
        )


def _readeck(found: object, item: Item) -> Iterator[Record]:
    entry = found if isinstance(found, dict) else {}
    text = item.beside("container/index.html", _LARGEST_TEXT)
    yield Record(
        string(entry.get("Title")),
        string(entry.get("URL")),
        # Its pictures lie in the same folder, and are looked for from that of the record.
        decode(text).text.replace("\0", "").replace("./_resources/", "container/_resources/") if text else "",
        published=moment_of(entry, "Published"),
        archived=moment_of(entry, "Created"),
        source=string(entry.get("SiteName")),
        author=joined(map(string, _list(entry.get("Authors")))),
        tag=first_name(entry.get("Labels")),
        id=string(entry.get("UID")),
        language=string(entry.get("Lang")),
        origins=(("title", "Title"), ("published", "Published"), ("text", "container/index.html")),
    )


def _karakeep(found: object, item: Item) -> Iterator[Record]:
    del item
    for entry in mappings(found.get("bookmarks") if isinstance(found, dict) else None):
        content = entry.get("content")
        content = content if isinstance(content, dict) else {}
        yield Record(
            string(entry.get("title")),
            string(content.get("url")) or string(content.get("sourceUrl")),
            plain_html(string(content.get("text"))),
            archived=moment_of(entry, "createdAt"),
            source=joined(map(string, _list(entry.get("tags")))),
            tag=first_name(entry.get("tags")),
            origins=(("title", "title"), ("archived", "createdAt"), ("source", "tags"), ("text", "content")),
        )


def _linkwarden(found: object, item: Item) -> Iterator[Record]:
    del item
    for collection in mappings(found.get("collections") if isinstance(found, dict) else None):
        for entry in mappings(collection.get("links")):
            yield Record(
                string(entry.get("name")) or string(entry.get("description")),
                string(entry.get("url")),
                plain_html(string(entry.get("textContent"))),
                archived=moment_of(entry, "importDate", "createdAt"),
                source=string(collection.get("name")),
                tag=first_name(entry.get("tags")),
                id=string(entry.get("id")),
                origins=(("title", "name"), ("archived", "createdAt"), ("source", "collection")),
            )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


_SERVICES = (
    Service(b"[", (b"url", b"title", b"is_archived"), _wallabag),
    Service(b"[", (b"slug", b"url", b"readingProgress"), _omnivore),
    Service(b"{", (b"UID", b"InitialURL", b"SiteName"), _readeck),
    Service(b"{", (b"bookmarks", b"createdAt", b"content"), _karakeep),
    Service(b"{", (b"collections", b"links"), _linkwarden),
)
