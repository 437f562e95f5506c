"""The formats that articles are read in, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence

from epubmaker.collector.formats.archiveform import ArchiveForm
from epubmaker.collector.formats.exports.records import OmnivoreText, RecordExport
from epubmaker.collector.formats.exports.tables import TableExport
from epubmaker.collector.formats.feeds.jsonfeed import JsonFeed
from epubmaker.collector.formats.feeds.xmlfeed import XmlFeed
from epubmaker.collector.formats.format import Format
from epubmaker.collector.formats.links.addresses import AddressList, Shortcut
from epubmaker.collector.formats.links.bookmarks import Bookmarks
from epubmaker.collector.formats.links.opml import Opml
from epubmaker.collector.formats.webpage import WebPage

__all__ = ["FORMATS", "FORMAT_NAMES", "SUFFIXES", "format_named", "recognized"]

FORMATS: Sequence[Format] = (
    XmlFeed(),
    JsonFeed(),
    Opml(),
    AddressList(),
    Shortcut(),
    Bookmarks(),
    TableExport(),
    RecordExport(),
    OmnivoreText(),
    WebPage(),
    ArchiveForm(),
)

SUFFIXES = frozenset[str]().union(*(each.suffixes for each in FORMATS))
"""Endings of the files that are looked at inside folders and archives; a file named by itself may have any."""

_BY_NAME = {each.name: each for each in FORMATS}

FORMAT_NAMES = tuple(_BY_NAME)


def recognized(name: str, start: bytes) -> Format | None:
    """Return the format of a file, by its name and its first bytes; None where it is of no format."""
    return next((each for each in FORMATS if each.fits(name, start)), None)


def format_named(name: str) -> Format:
    """Return the format with a name; raises KeyError."""
    return _BY_NAME[name]
