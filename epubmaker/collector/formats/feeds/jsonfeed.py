"""JSON Feed, versions 1 and 1.1: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from epubmaker.collector.formats.collection import Record, plain_html
from epubmaker.collector.formats.feeds.media import Attachment, clock, with_attachments
from epubmaker.collector.formats.format import Item
from epubmaker.collector.formats.jsonvalues import first_name, joined, mappings, moment_of, parsed, string
from epubmaker.text.addresses import resolve

__all__ = ["records"]


def records(item: Item) -> Iterator[Record]:
    """Yield the entries of a feed. Raises UnreadableError."""
    feed = parsed(item)
    feed = feed if isinstance(feed, dict) else {}
    source = string(feed.get("title"))
    language = string(feed.get("language"))
    base = resolve(item.link, string(feed.get("home_page_url")) or string(feed.get("feed_url")))
    authors = _authors(feed)
    for entry in mappings(feed.get("items")):
        link = resolve(base, string(entry.get("url")) or string(entry.get("external_url")))
        text, where = _text(entry)
        yield Record(
            title=string(entry.get("title")),
            link=link,
            html=with_attachments(text, list(_attachments(entry)), link or base),
            published=moment_of(entry, "date_published", "date_modified"),
            source=source,
            author=_authors(entry) or authors,
            tag=first_name(entry.get("tags")),
            id=string(entry.get("id")),
            language=string(entry.get("language")) or language,
            base=None if link else base,
            origins=(
                ("title", "title"),
                ("link", "url" if entry.get("url") else "external_url"),
                ("published", "date_published" if entry.get("date_published") else "date_modified"),
                ("source", "title of the feed"),
                ("author", "authors" if _authors(entry) else "authors of the feed"),
                ("tag", "tags"),
                ("text", where),
            ),
        )


def _text(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return an entry's text as HTML, and the field that has it."""
    if html := string(entry.get("content_html")):
        return html, "content_html"
    for name in ("content_text", "summary"):
        if text := string(entry.get(name)):
            return plain_html(text), name
    return "", ""


def _authors(entry: Mapping[str, Any]) -> str:
    found = [*mappings(entry.get("authors")), *mappings([entry.get("author")])]
    return joined(string(author.get("name")) for author in found)


def _attachments(entry: Mapping[str, Any]) -> Iterable[Attachment]:
    for name in ("image", "banner_image"):
        if address := string(entry.get(name)):
            yield Attachment(address, "image", is_preview=name == "banner_image")
    for one in mappings(entry.get("attachments")):
        if address := string(one.get("url")):
            seconds = one.get("duration_in_seconds")
            duration = clock(str(int(seconds))) if isinstance(seconds, int | float) and 0 < seconds < 10**6 else ""
            yield Attachment(address, string(one.get("mime_type")), string(one.get("title")), duration=duration)
