"""OPML 1.0 and 2.0, in which programs exchange lists of feeds and links: http://opml.org/spec2.opml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from epubmaker.collector.formats.collection import Collection, Record
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.collector.formats.xmltext import ascii_start, mended, utf8
from epubmaker.text.moments import parse_date

__all__ = ["Opml"]

_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<(?:\?|!)[^>]{0,2000}>\s*)*<opml[\s>]", re.IGNORECASE)
_LONGEST = 500
_MOST_OUTLINES = 500_000


class Opml(Collection):
    """An outline with addresses of feeds and pages."""

    name = "opml"
    title = "OPML"
    suffixes = frozenset({".opml", ".xml"})
    no_records = "an outline without addresses"

    def fits(self, name: str, start: bytes) -> bool:
        """By the root element, whatever the ending."""
        del name
        return _ROOT.match(ascii_start(start)) is not None

    def records(self, item: Item) -> Iterator[Record]:
        """Yield the outlines that have an address: a feed's, else a page's."""
        from lxml import etree  # noqa: PLC0415 - a book of other articles needs none

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
    from lxml import etree  # noqa: PLC0415 - as above

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
        if count > 2 * _MOST_OUTLINES:
            raise UnreadableError("article-too-large", f"more than {_MOST_OUTLINES:,} outlines")
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
