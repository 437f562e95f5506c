"""OPML 1.0 and 2.0, in which programs exchange lists of feeds and links: http://opml.org/spec2.opml."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from epubmaker.collector.formats.collection import MOST_RECORDS, Record, too_many
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.collector.formats.xmltext import mended, utf8
from epubmaker.text.moments import parse_date

__all__ = ["records"]

_LONGEST = 500


def records(item: Item) -> Iterator[Record]:
    """Return the outlines of a file that have an address. Raises UnreadableError."""
    data = utf8(item.read())
    try:
        return iter(list(_outlines(data, recover=False)))
    except (etree.XMLSyntaxError, UnicodeDecodeError):
        pass
    try:
        return iter(list(_outlines(mended(data), recover=True)))
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        raise UnreadableError("article-unreadable", f"not valid XML: {str(error)[:200]}") from error


def _outlines(data: bytes, *, recover: bool) -> Iterator[Record]:
    folders: list[str] = []
    events = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        tag="outline",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for count, (event, element) in enumerate(events):
        if count > 2 * MOST_RECORDS:
            raise too_many()
        if event == "end":
            folders.pop()
            element.clear()
            continue
        named = {name.lower(): value.strip() for name, value in element.attrib.items() if isinstance(name, str)}
        title = (named.get("title") or named.get("text") or "")[:_LONGEST]
        link = next((named[name] for name in ("xmlurl", "url", "htmlurl") if named.get(name)), "")
        if link:
            yield Record(
                title,
                link,
                archived=parse_date(named["created"][:100]) if named.get("created") else None,
                source=next(filter(None, reversed(folders)), ""),
                origins=(("title", "text"), ("source", "outline")),
            )
        folders.append("" if link else title)
