"""Feeds, lists of addresses and exports: how each is told from other files.

What reads them is imported when there is such a file: an archive of texts needs none of it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from epubmaker.collector.formats.archiveform import ArchiveForm
from epubmaker.collector.formats.collection import Collection, Record
from epubmaker.collector.formats.format import HEAD_BYTES, Body, Format, Head, Item, NoArticleError

__all__ = [
    "AddressList",
    "Bookmarks",
    "ExportedText",
    "JsonFeed",
    "Opml",
    "RecordExport",
    "Shortcut",
    "TableExport",
    "XmlFeed",
]

_SPACE = b"\xef\xbb\xbf \t\r\n"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0?\0", b"\0<\0?", b"<\0r\0", b"\0<\0r")
_FEEDS = (".atom", ".rdf", ".rss", ".xml")
_FEED_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|(?:[\w-]{1,20}:)?(?:rss|channel|feed|RDF))\b", re.IGNORECASE)
_FEED = re.compile(
    rb"<(?:(?:\w{1,20}:)?(?:rss|channel|feed)[\s>]"
    rb"|(?:\w{1,20}:)?RDF\s(?=[^>]{0,4000}(?:purl\.org/rss/1\.0|my\.netscape\.com/rdf|channel/)))",
    re.IGNORECASE,
)
_NO_FEED = re.compile(rb"<(?:html|opml|svg|plist|urlset|sitemapindex|kml|gpx|project)[\s>]", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_OPML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<(?:\?|!)[^>]{0,2000}>\s*)*<opml[\s>]", re.IGNORECASE)
_NETSCAPE = b"<!doctype netscape-bookmark-file-1"
_EXPORTS = (b"<title>pocket export</title>", b"<title>instapaper: export</title>")
_PAGES = (".htm", ".html")


class XmlFeed(Collection):
    """A feed in XML."""

    name = "feed"
    title = "RSS or Atom"
    suffixes = frozenset(_FEEDS)
    no_records = "a feed without entries"

    def fits(self, name: str, start: bytes) -> bool:
        """By the root element, whatever the ending."""
        start = _ascii(start)
        if not _FEED_BEGINS.match(start) and not name.lower().endswith(_FEEDS):
            return False
        if b"<!--" in start:
            start = _COMMENT.sub(b"", start)
        root = _FEED.search(start)
        return root is not None and not _NO_FEED.search(start, 0, root.start())

    def records(self, item: Item) -> Iterator[Record]:
        """Return the entries."""
        from epubmaker.collector.formats.feeds.xmlfeed import records

        return records(item)


class JsonFeed(Collection):
    """A feed in JSON."""

    name = "json-feed"
    title = "JSON Feed"
    suffixes = frozenset({".json"})
    no_records = "a feed without entries"

    def fits(self, name: str, start: bytes) -> bool:
        """By the address of its version, which stands in front of the entries, whatever the ending."""
        del name
        return start.lstrip(_SPACE)[:1] == b"{" and b"jsonfeed.org/version/" in start.replace(b"\\/", b"/")

    def records(self, item: Item) -> Iterator[Record]:
        """Return the entries."""
        from epubmaker.collector.formats.feeds.jsonfeed import records

        return records(item)


class Opml(Collection):
    """An outline with addresses of feeds and pages."""

    name = "opml"
    title = "OPML"
    suffixes = frozenset({".opml", ".xml"})
    no_records = "an outline without addresses"

    def fits(self, name: str, start: bytes) -> bool:
        """By the root element, whatever the ending."""
        del name
        return _OPML.match(_ascii(start)) is not None

    def records(self, item: Item) -> Iterator[Record]:
        """Return the outlines that have an address: a feed's, else a page's."""
        from epubmaker.collector.formats.links.opml import records

        return records(item)


class AddressList(Collection):
    """A text with an address in each line; empty lines and those that begin with "#" count for nothing."""

    name = "addresses"
    title = "a list of addresses"
    suffixes = frozenset({".txt"})
    no_records = "a list without addresses"

    def fits(self, name: str, start: bytes) -> bool:
        """By the first lines, all of which are addresses or notes."""
        if start.lstrip(_SPACE)[:1] not in {b"h", b"H", b"#"} or not name.lower().endswith(".txt"):
            return False
        from epubmaker.collector.formats.links.addresses import is_list

        return is_list(start.decode("utf-8", "replace"), is_cut=len(start) >= HEAD_BYTES)

    def records(self, item: Item) -> Iterator[Record]:
        """Yield the addresses. Raises UnreadableError where a later line is none."""
        from epubmaker.collector.formats.links.addresses import in_lines

        return in_lines(item)


class Shortcut(Collection):
    """A file with one address: `.url` of Windows, `.webloc` of macOS."""

    name = "shortcut"
    title = "a shortcut to a page"
    suffixes = frozenset({".url", ".webloc"})
    no_records = "no web address"
    max_bytes = 1_000_000

    def fits(self, name: str, start: bytes) -> bool:
        """By the ending."""
        del start
        return name.lower().endswith((".url", ".webloc"))

    def records(self, item: Item) -> Iterator[Record]:
        """Yield the address, under the name of the file."""
        from epubmaker.collector.formats.links.addresses import in_shortcut

        return in_shortcut(item)


class Bookmarks(Collection):
    """A file of bookmarks."""

    name = "bookmarks"
    title = "bookmarks of a browser, Pocket, Instapaper or Raindrop in HTML"
    suffixes = frozenset(_PAGES)
    no_records = "bookmarks without addresses"

    def fits(self, name: str, start: bytes) -> bool:
        """By the document type, or the title of an export."""
        if start.lstrip(_SPACE)[: len(_NETSCAPE)].lower() == _NETSCAPE:
            return True
        if not name.lower().endswith(_PAGES):
            return False
        top = start[:1000].lower()
        return any(title in top for title in _EXPORTS)

    def records(self, item: Item) -> Iterator[Record]:
        """Return the bookmarks of pages."""
        from epubmaker.collector.formats.links.bookmarks import records

        return records(item)


class TableExport(Collection):
    """A table of addresses of one of the services."""

    name = "csv"
    title = "export of Pocket, Instapaper, Raindrop, Readwise Reader, Matter, Readeck or Omnivore in CSV"
    suffixes = frozenset({".csv"})
    no_records = "a table without addresses"

    def fits(self, name: str, start: bytes) -> bool:
        """By the names of the columns."""
        if not name.lower().endswith(".csv"):
            return False
        from epubmaker.collector.formats.exports.tables import table_of

        return table_of(start.decode("utf-8-sig", "replace")) is not None

    def records(self, item: Item) -> Iterator[Record]:
        """Return the rows that have an address."""
        from epubmaker.collector.formats.exports.tables import records

        return records(item)


class RecordExport(Collection):
    """Records of one of the services."""

    name = "json"
    title = "export of wallabag, Omnivore, Readeck, Karakeep or Linkwarden in JSON"
    suffixes = frozenset({".json"})
    no_records = "an export without addresses"

    def fits(self, name: str, start: bytes) -> bool:
        """By the names of the first record's fields."""
        if not name.lower().endswith(".json"):
            return False
        from epubmaker.collector.formats.exports.records import service_of

        return service_of(start) is not None

    def records(self, item: Item) -> Iterator[Record]:
        """Return the records that have an address or a text."""
        from epubmaker.collector.formats.exports.records import records

        return records(item)


class ExportedText(Format):
    """The text of an article that has its record in another file of an export, of Omnivore or Readeck."""

    name = "exported-text"
    title = "a text of an export"
    suffixes = frozenset({".html"})

    def fits(self, name: str, start: bytes) -> bool:
        """By the folder, and for Omnivore the element that Readability puts around a text."""
        folders = name.split("/")[:-1]
        if folders[-1:] == ["content"]:
            return name.endswith(".html") and b'id="readability-' in start
        return name.endswith("/container/index.html") and folders[-3:-2] == ["bookmarks"]

    def heads(self, item: Item) -> Iterable[Head]:
        """Return the head of a file that the user named."""
        if not item.is_named:
            raise NoArticleError(self.title)
        return [head._replace(doubt=self.title) for head in ArchiveForm().heads(item)]

    def body(self, item: Item, member: str) -> Body:
        """Return the whole text."""
        return ArchiveForm().body(item, member)


def _ascii(start: bytes) -> bytes:
    """Return the first bytes of a file so that the ASCII in them can be searched, though it be in UTF-16."""
    return start[2 * (start[:1] in b"\xfe\xff") :].replace(b"\0", b"") if start.startswith(_UTF16) else start
